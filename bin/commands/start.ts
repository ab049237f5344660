import { parseSettings } from "#lib/shared/settings.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { type Command, printResult } from "../command.ts";
import { Supervisor } from "../supervisor/supervisor.ts";

export const command: Command = {
  summary: "Start everything: database, web, workers",
  usage: [""],
  async run(input) {
    const env: NodeJS.ProcessEnv = { ...input.env, NODE_ENV: input.env.NODE_ENV ?? "production", NEXT_TELEMETRY_DISABLED: "1" };
    const settings = parseSettings(env);
    const logger = createLogger({ name: "start", level: settings.logLevel, destination: process.stderr });
    const supervisor = new Supervisor({ settings, env, logger });

    const asked = new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
      process.on("disconnect", () => resolve());
    });
    const stopped = asked.then(() => {
      process.stderr.write("stopping: what runs is finished first\n");
      return supervisor.stop();
    });
    try {
      const started = await supervisor.start();
      if (!input.json && started.setupUrl !== null) process.stdout.write(`Set Sluice up (once, within 24 hours): ${started.setupUrl}\n`);
      printResult(input, started, `Sluice is ready at ${started.url}`);
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    await stopped;
    return 0;
  },
};

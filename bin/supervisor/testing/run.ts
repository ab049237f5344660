import { join } from "node:path";
import { toError } from "#lib/shared/errors.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { Supervisor } from "../supervisor.ts";

// A supervisor in a process of its own, with stand-ins for web and worker, so that tests can kill it.
const scripts = { web: join(import.meta.dirname, "web.ts"), worker: join(import.meta.dirname, "worker.ts") };
const logger = createLogger({ name: "start", destination: process.stderr });
const supervisor = new Supervisor({ settings: parseSettings(process.env), env: process.env, logger, scripts });
process.on("SIGTERM", () => void supervisor.stop().then(() => process.exit(0)));
try {
  process.stdout.write(`${JSON.stringify(await supervisor.start())}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: toError(error).message })}\n`);
  await supervisor.stop();
  process.exit(1);
}

import type { Command } from "../command.ts";
import { provideEnvironment } from "../environment.ts";

export const command: Command = {
  summary: "Run one worker process only, for a fleet (needs DATABASE_URL)",
  usage: [""],
  async run(input) {
    await provideEnvironment(input.env);
    await import("../worker.ts");
    return new Promise(() => undefined);
  },
};

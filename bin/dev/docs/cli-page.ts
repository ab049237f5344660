import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "../../command.ts";
import { page } from "./markdown.ts";

const folder = join(import.meta.dirname, "..", "..", "commands");

/** The reference of the command line. */
export async function cliPage(): Promise<string> {
  const names = (await readdir(folder)).filter((file) => /^[a-z-]+\.ts$/.test(file)).map((file) => file.slice(0, -".ts".length));
  return page("Command line", [
    "`npx sluice COMMAND`, or `npm run sluice -- COMMAND`. Every command knows `--help`, and `--json` for scripts. Exit code 0 is done, 1 failed, 2 wrong usage.",
    ...(await Promise.all(names.sort().map(commandPart))),
  ]);
}

async function commandPart(name: string): Promise<string> {
  const { command }: { command: Command } = await import(pathToFileURL(join(folder, `${name}.ts`)).href);
  const forms = command.usage.map((form) => `sluice ${`${name} ${form}`.trimEnd()}`);
  return [`## ${name}`, `${command.summary}.`, `\`\`\`\n${forms.join("\n")}\n\`\`\``].join("\n\n");
}

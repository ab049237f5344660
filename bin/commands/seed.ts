import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Db } from "#lib/db/db.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { type Command, printResult, UsageError } from "../command.ts";
import { withDatabase } from "../database.ts";

/** prisma/seed/scenarios/<name>.ts exports one as `scenario`: deterministic, and safe to run twice. */
export interface Scenario {
  summary: string;
  /** Writes its rows and says which pages of the app show them. */
  seed(context: { db: Db; baseUrl: string }): Promise<{ links: string[] }>;
}

const folder = join(import.meta.dirname, "..", "..", "prisma", "seed", "scenarios");

async function scenarioNames(): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

async function loadScenario(name: string): Promise<Scenario> {
  const module: { scenario: Scenario } = await import(pathToFileURL(join(folder, `${name}.ts`)).href);
  return module.scenario;
}

export const command: Command = {
  summary: "Fill the database with an example to look at",
  usage: ["--list", "[SCENARIO]   without a name: the first of the list"],
  options: { list: { type: "boolean" } },
  async run(input) {
    const names = await scenarioNames();
    if (input.flags.list === true) {
      const scenarios = await Promise.all(names.map(async (name) => ({ name, summary: (await loadScenario(name)).summary })));
      printResult(input, { scenarios }, scenarios.map(({ name, summary }) => `${name.padEnd(24)}${summary}`).join("\n"));
      return 0;
    }
    const name = input.positionals[0] ?? names[0];
    if (name === undefined || !names.includes(name))
      throw new UsageError(`there is no scenario "${name ?? ""}"; --list shows those there are`);
    const scenario = await loadScenario(name);
    const settings = parseSettings(input.env);
    const { links } = await withDatabase(settings, (db) => scenario.seed({ db, baseUrl: settings.baseUrl }));
    printResult(input, { scenario: name, links }, [`seeded ${name}; see`, ...links.map((link) => `  ${link}`)].join("\n"));
    return 0;
  },
};

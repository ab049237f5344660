import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { AppError, toError } from "#lib/shared/errors.ts";
import { SettingsError } from "#lib/shared/settings.ts";
import { type Command, type CommandInput, UsageError } from "./command.ts";

const folder = join(import.meta.dirname, "commands");

/** Every file of bin/commands is a command of that name. */
async function commandNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

async function load(name: string): Promise<Command> {
  const module: { command: Command } = await import(pathToFileURL(join(folder, `${name}.ts`)).href);
  return module.command;
}

/** The command line: finds the command, checks its flags, runs it, and turns what happened into an exit code. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(await overview());
    return name === undefined ? 2 : 0;
  }
  if (!(await commandNames()).includes(name)) {
    process.stderr.write(`sluice: there is no command "${name}"\n\n${await overview()}`);
    return 2;
  }
  return runCommand(name, await load(name), rest);
}

/** Parses what follows a command's name and runs it. */
export async function runCommand(name: string, command: Command, args: string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const input = parseCommand(command, args);
    if (input === "help") {
      process.stdout.write(help(name, command));
      return 0;
    }
    return await command.run(input);
  } catch (thrown) {
    return report(name, command, toError(thrown), json);
  }
}

function parseCommand(command: Command, args: string[]): CommandInput | "help" {
  const options = { ...command.options, help: { type: "boolean", short: "h" }, json: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true });
    const { help: wantsHelp, json, ...flags } = values;
    if (wantsHelp === true) return "help";
    return { positionals, flags, json: json === true, env: process.env };
  } catch (cause) {
    throw new UsageError(toError(cause).message);
  }
}

function report(name: string, command: Command, error: Error, json: boolean): number {
  const known = error instanceof UsageError || error instanceof AppError || error instanceof SettingsError;
  if (json) {
    const code = error instanceof AppError ? error.code : error instanceof UsageError ? "usage" : "failed";
    const problems = error instanceof AppError ? error.problems : [];
    process.stdout.write(`${JSON.stringify({ error: { code, message: error.message, problems } })}\n`);
  }
  process.stderr.write(`sluice ${name}: ${error.message}\n`);
  if (error instanceof AppError) for (const problem of error.problems) process.stderr.write(`  ${problem.path}: ${problem.message}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${help(name, command)}`);
  if (!known && process.env.LOG_LEVEL === "debug") process.stderr.write(`${error.stack}\n`);
  return error instanceof UsageError ? 2 : 1;
}

function help(name: string, command: Command): string {
  const forms = command.usage.map((form, index) => `${index === 0 ? "usage:" : "      "} sluice ${`${name} ${form}`.trimEnd()}\n`).join("");
  return `${command.summary}\n\n${forms}\n--json prints the result as JSON; exit code 0 done, 1 failed, 2 wrong usage.\n`;
}

async function overview(): Promise<string> {
  const lines = await Promise.all((await commandNames()).map(async (name) => `  ${name.padEnd(10)}${(await load(name)).summary}`));
  return `usage: sluice COMMAND [ARGUMENTS]\n\n${lines.join("\n")}\n\nsluice COMMAND --help says more.\n`;
}

import type { ParseArgsOptionsConfig } from "node:util";

export type FlagValue = string | boolean | (string | boolean)[] | undefined;

/** What a command gets: what followed its name on the command line, checked against its options. */
export interface CommandInput {
  positionals: string[];
  flags: Record<string, FlagValue>;
  /** `--json`: the result as one JSON value on standard output, for scripts. */
  json: boolean;
  env: NodeJS.ProcessEnv;
}

/** One command of `npx sluice`, in a file of its own: bin/commands/<name>.ts exports it as `command`. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** What `--help` shows after `usage: sluice <name>`: the forms it can be called in, one a line. */
  usage: string[];
  /** As `parseArgs` wants them; `--help` and `--json` come by themselves. */
  options?: ParseArgsOptionsConfig;
  /** Resolves with the exit code: 0 done, 1 failed. Throws a UsageError for 2, any other error for 1. */
  run(input: CommandInput): Promise<number>;
}

/** The command line makes no sense: exit code 2 and the command's usage. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** A flag that takes a value; undefined when it was not given. */
export function stringFlag(input: CommandInput, name: string): string | undefined {
  const value = input.flags[name];
  return typeof value === "string" ? value : undefined;
}

/** A flag that must be given. */
export function requiredFlag(input: CommandInput, name: string): string {
  const value = stringFlag(input, name);
  if (value === undefined || value === "") throw new UsageError(`--${name} is missing`);
  return value;
}

/** Prints a result: as JSON for scripts, else as the lines a person reads. */
export function printResult(input: CommandInput, result: unknown, text: string): void {
  process.stdout.write(`${input.json ? JSON.stringify(result) : text}\n`);
}

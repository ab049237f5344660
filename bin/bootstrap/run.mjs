import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Says what goes on, on standard error: standard output belongs to the command that follows. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program in the checkout and resolves with its exit code. Its output goes to our standard error. This file, like all
 * of bin/bootstrap, runs on Node 18 and without any package.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options, env: { ...process.env, ...options.env } });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 128));
  });
}

/** Runs a program that must succeed. */
export async function mustRun(what, command, args, options = {}) {
  const code = await run(command, args, options).catch((error) => {
    throw new Error(`${what} failed: ${error.message}`);
  });
  if (code !== 0) throw new Error(`${what} failed (exit code ${code}): the output above says why`);
}

/** Runs npm: the one that runs us, else the one on the PATH, under the Node that runs us. */
export function npm(what, args) {
  const own = process.env.npm_execpath;
  if (own !== undefined && /npm-cli\.c?js$/.test(own)) return mustRun(what, process.execPath, [own, ...args]);
  const path = `${dirname(process.execPath)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}`;
  return mustRun(what, "npm", args, { env: { PATH: path }, shell: process.platform === "win32" });
}

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { npm, root, say } from "./run.mjs";

/** The Node that is installed when the machine's own is too old. */
const pinned = "24.21.0";

/** Whether a version of Node runs TypeScript by itself. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** The npm package that carries Node for a machine. */
export function nodePackage(platform, arch) {
  return `node-${platform === "win32" ? "win" : platform}-${arch}`;
}

/** Installs the pinned Node into .node/ and says where it is. */
export async function installNode() {
  const name = nodePackage(process.platform, process.arch);
  const folder = join(root, ".node", pinned);
  const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  say(`Node ${process.version} is too old for Sluice; installing ${pinned} into .node/ …`);
  await mkdir(folder, { recursive: true });
  await npm(`installing ${name}@${pinned} (or install Node 22.18 or newer yourself)`, [
    ...["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--global=false"],
    `${name}@${pinned}`,
  ]);
  if (!existsSync(binary)) throw new Error(`${name} brought no Node: install Node 22.18 or newer yourself`);
  return binary;
}

/** Goes on under another Node, in our place: passes signals on and ends as it ends. */
export function continueUnder(binary, args) {
  const env = { ...process.env, PATH: `${dirname(binary)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}` };
  // The channel tells the other process when we are killed.
  const child = spawn(binary, args, { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
  // A Ctrl-C reaches both; passing it on a second time does no harm.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

/**
 * Ends us when npm is gone. npm passes a SIGTERM on to the shell it runs us in, and the shell dies of it without passing it
 * on: everything we started would run on, unseen.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}

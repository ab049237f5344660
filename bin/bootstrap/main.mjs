import module from "node:module";
import { join } from "node:path";
import { continueUnder, endWithNpm, installNode, isNewEnough } from "./node.mjs";
import { root, say } from "./run.mjs";

const entry = join(root, "bin", "bootstrap.mjs");

/**
 * What stands before everything: `start`, `test`, or `sluice …`. Makes a fresh clone run, on any Node from 18 on, and goes on
 * with the command itself. Does nothing that is done already.
 */
export async function main(args) {
  endWithNpm();
  let code;
  try {
    code = isNewEnough(process.versions.node) ? await prepareAndRun(args) : await continueUnder(await installNode(), [entry, ...args]);
  } catch (error) {
    say(`sluice: ${error instanceof Error ? error.message : error}`);
    code = 1;
  }
  process.exit(code);
}

/** What Node compiles, with the types stripped, is kept for the processes to come: commands and workers start in half the time. */
function keepCompiled() {
  process.env.NODE_COMPILE_CACHE ??= join(root, ".cache", "compile");
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
}

async function prepareAndRun(args) {
  const [task, ...rest] = args;
  const command = task === "sluice" ? rest : args;
  keepCompiled();
  const { buildPages, generateClient, installPackages } = await import("./prepare.mjs");
  await installPackages();
  await generateClient();
  const showsPages = command[0] === "start" || command[0] === "web" || task === "test";
  if (showsPages && !command.includes("--help")) await buildPages();
  if (task === "test") {
    const { findChromium } = await import("./chromium.mjs");
    const { runTests } = await import("./test.mjs");
    return runTests({ chromium: await findChromium() });
  }
  const sluice = await import("../sluice.ts");
  return sluice.main(command);
}

import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { page } from "./markdown.ts";
import { scenarios } from "./scenarios.ts";

interface Proof {
  number: number;
  /** `the decision`, `the model`: what of the scenario the test proves; null when all of it. */
  part: string | null;
  name: string;
  file: string;
}

const testName = /\btest(?:\.each\([^)]*\))?\(\s*(["'`])(scenario (\d+)(?: \(([^)]*)\))?: (?:(?!\1).)*)\1/g;

/** Every test that names a scenario, in the order of the files. */
async function findProofs(root: string): Promise<Proof[]> {
  const files = (await Array.fromAsync(glob("{lib,bin,bench}/**/*.test.ts", { cwd: root }))).sort();
  return files.flatMap((file) =>
    [...readFileSync(`${root}/${file}`, "utf8").matchAll(testName)].map((match) => ({
      number: Number(match[3]),
      part: match[4] ?? null,
      name: match[2] ?? "",
      file,
    })),
  );
}

/** docs/scenarios.md: each scenario, and the tests that prove it or a part of it. */
export async function scenariosPage(): Promise<string> {
  const proofs = await findProofs(join(import.meta.dirname, "..", "..", ".."));
  const numbers = Object.keys(scenarios).map(Number);
  const of = (number: number) => proofs.filter((proof) => proof.number === number);
  const whole = numbers.filter((number) => of(number).some((proof) => proof.part === null));
  const partly = numbers.filter((number) => !whole.includes(number) && of(number).length > 0);
  const sections = numbers.map((number) => {
    const state = whole.includes(number) ? "" : partly.includes(number) ? " *(in part)*" : " *(no test yet)*";
    const lines = of(number).map((proof) => `- [${proof.name}](../${proof.file})`);
    return [`**${number}.** ${scenarios[number]}${state}`, ...(lines.length > 0 ? [lines.join("\n")] : [])].join("\n\n");
  });
  const intro =
    `What the engine is held to: ${numbers.length} scenarios. ${whole.length} of them are proven by a test that bears their number, ` +
    `${partly.length} in part (the decision or the model, not yet the whole with real processes); the others have no test yet. ` +
    "FP is a kill at a named point.";
  return page("Scenarios", [intro, ...sections]);
}

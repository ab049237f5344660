import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { page } from "./markdown.ts";
import { scenarioReasons } from "./scenario-reasons.ts";
import { scenarios } from "./scenarios.ts";

interface Proof {
  number: number;
  /** `the decision`, `the model`: what of the scenario the test proves; null when all of it. */
  part: string | null;
  name: string;
  file: string;
}

const root = join(import.meta.dirname, "..", "..", "..");
const testName = /\b(?:test|it|describe)(?:\.each\([^)]*\))?\(\s*(["'`])(scenario (\d+)(?: \(([^)]*)\))?: (?:(?!\1).)*)\1/g;

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

/** The scenarios that neither a test bears the number of nor a reason excuses. */
export async function unexplainedScenarios(): Promise<number[]> {
  const proven = new Set((await findProofs(root)).map((proof) => proof.number));
  return Object.keys(scenarios)
    .map(Number)
    .filter((number) => !proven.has(number) && scenarioReasons[number] === undefined);
}

/** The scenarios that are proven whole although a reason says why they are not. */
export async function outdatedReasons(): Promise<number[]> {
  const whole = (await findProofs(root)).filter((proof) => proof.part === null);
  return whole.map((proof) => proof.number).filter((number) => scenarioReasons[number] !== undefined);
}

/** docs/scenarios.md: each scenario, and the tests that prove it or a part of it, or the reason why there are none. */
export async function scenariosPage(): Promise<string> {
  const proofs = await findProofs(root);
  const numbers = Object.keys(scenarios).map(Number);
  const of = (number: number) => proofs.filter((proof) => proof.number === number);
  const whole = numbers.filter((number) => of(number).some((proof) => proof.part === null));
  const partly = numbers.filter((number) => !whole.includes(number) && of(number).length > 0);
  const sections = numbers.map((number) => {
    const state = whole.includes(number) ? "" : partly.includes(number) ? " *(in part)*" : " *(no test yet)*";
    const lines = of(number).map((proof) => `- [${proof.name}](../${proof.file})`);
    const reason = whole.includes(number) ? undefined : scenarioReasons[number];
    return [
      `**${number}.** ${scenarios[number]}${state}`,
      ...(lines.length > 0 ? [lines.join("\n")] : []),
      ...(reason === undefined ? [] : [`Why not${lines.length > 0 ? " whole" : ""}: ${reason}.`]),
    ].join("\n\n");
  });
  const intro =
    `What the engine is held to: ${numbers.length} scenarios. ${whole.length} of them are proven by a test that bears their number, ` +
    `${partly.length} in part (the decision or the model, not yet the whole with real processes); the others say why there is no test. ` +
    "FP is a kill at a named point.";
  return page("Scenarios", [intro, ...sections]);
}

import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { browserChecks } from "./browser-checks.ts";
import { page, table } from "./markdown.ts";

interface Proof {
  numbers: number[];
  part: boolean;
  name: string;
  file: string;
}

const root = join(import.meta.dirname, "..", "..", "..");
const title = /\btest\(\s*(["'`])(checks? (\d+(?:(?:, | and )\d+)*)( \(part\))?: (?:(?!\1).)*)\1/g;

async function findProofs(): Promise<Proof[]> {
  const files = (await Array.fromAsync(glob("e2e/**/*.spec.ts", { cwd: root }))).sort();
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(title)].map((match) => ({
      numbers: (match[3] ?? "").split(/, | and /).map(Number),
      part: match[4] !== undefined,
      name: match[2] ?? "",
      file,
    })),
  );
}

/** The numbers that browser tests bear and no check has. */
export async function unknownChecks(): Promise<number[]> {
  return (await findProofs()).flatMap((proof) => proof.numbers).filter((number) => browserChecks[number] === undefined);
}

/** docs/browser-checks.md: each check of the screens, and the browser tests that bear its number. */
export async function browserChecksPage(): Promise<string> {
  const proofs = await findProofs();
  const rows = Object.entries(browserChecks).map(([number, text]) => {
    const found = proofs.filter((proof) => proof.numbers.includes(Number(number)));
    const links = found.map(({ name, file }) => `[${name}](../${file})`);
    const part = found.length > 0 && found.every((proof) => proof.part) ? " *(in part)*" : "";
    return [number, text, links.length === 0 ? "–" : links.join("; ") + part];
  });
  const intro =
    "What the screens are held to, and the browser test whose title begins with the number of the check. " +
    "A dash says that no test bears the number; the behaviour may be tested all the same, under another title.";
  return page("Browser checks", [intro, table(["#", "check", "test"], rows)]);
}

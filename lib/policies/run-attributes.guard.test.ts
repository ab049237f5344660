import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/*
 * Whoever accepts an event gives its run the attributes, too: `attributes` may be left out of an acceptance, for most have none, so
 * the compiler would not miss them.
 */
test("who asks for the gate of a run asks for its attributes", () => {
  const lib = join(import.meta.dirname, "..");
  const sources = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((path) => /(?<!test)\.ts$/.test(path));
  const accepting = sources
    .map((path) => ({ path, text: readFileSync(join(lib, path), "utf8") }))
    .filter(({ text }) => /gate: gateOf\(/.test(text));
  expect(accepting.length).toBeGreaterThan(6);
  expect(accepting.filter(({ text }) => !text.includes("attributes: attributesOf(")).map(({ path }) => path)).toEqual([]);
});

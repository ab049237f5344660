import { expect, test } from "vitest";
import { reportSchema, scoresOf, tableOf } from "./mutation-scores.ts";

const mutants = (...statuses: string[]) => ({ mutants: statuses.map((status) => ({ status })) });
const report = reportSchema.parse({
  schemaVersion: "1",
  files: {
    "lib/good.ts": mutants("Killed", "Timeout", "Killed", "Ignored", "RuntimeError"),
    "lib/weak.ts": mutants("Killed", "Survived", "NoCoverage", "Killed"),
    "lib/types.ts": mutants(),
  },
});

test("what ran forever was noticed, what no test reaches was missed, and what never ran counts as neither", () => {
  expect(scoresOf(report)).toEqual([
    { file: "lib/weak.ts", noticed: 2, missed: 2, score: 50 },
    { file: "lib/good.ts", noticed: 3, missed: 0, score: 100 },
    { file: "lib/types.ts", noticed: 0, missed: 0, score: 100 },
  ]);
});

test("the table marks each file that is below, however good all are together", () => {
  expect(tableOf(scoresOf(report), 70).split("\n").slice(2)).toEqual([
    "| lib/weak.ts | 4 | 2 | 50.0 (below 70) |",
    "| lib/good.ts | 3 | 0 | 100.0 |",
    "| lib/types.ts | 0 | 0 | 100.0 |",
    "| all | 7 | 2 | 71.4 |",
  ]);
});

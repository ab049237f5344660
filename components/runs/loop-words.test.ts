import { expect, test } from "vitest";
import { paceWords } from "./loop-words.ts";

test("a pace is told in one line", () => {
  expect(paceWords({ concurrency: 1, tolerate: {} })).toBe("One after the other; the first failure ends it");
  expect(paceWords({ concurrency: 20, tolerate: { count: 1 } })).toBe("20 at the same time; at most 1 item may fail");
  expect(paceWords({ concurrency: 2, tolerate: { count: 1_000, percent: 2.5 } })).toBe(
    "2 at the same time; at most 1,000 items or 2.5 % may fail",
  );
});

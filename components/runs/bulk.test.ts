import { expect, it } from "vitest";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { countEligible, totalsOf } from "./bulk.ts";

const rows = ["queued", "waiting", "failed", "failed", "succeeded"].map((status) => ({ status }) as RunSummary);

it("what has ended can be replayed, what has not can be canceled", () => {
  const totals = totalsOf(rows);
  expect(countEligible("cancel", totals)).toBe(2);
  expect(countEligible("replay", totals)).toBe(3);
});

it("nothing chosen is nothing eligible", () => {
  expect(countEligible("cancel", totalsOf([]))).toBe(0);
});

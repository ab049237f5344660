import { expect, test } from "vitest";
import { describeIteration, isVisibleFrom, iterationsAround, stepKey, undoIteration } from "./iteration.ts";

test("a step outside of loops goes by its node's id, and no iteration of a node meets another", () => {
  expect(stepKey("n1", "")).toBe("n1");
  expect(new Set([stepKey("n1", ""), stepKey("n1", "1"), stepKey("n11", ""), stepKey("n1", "1/1"), stepKey("n1", "11")]).size).toBe(5);
});

test("what lies around an iteration is told from the outside in", () => {
  expect(iterationsAround("")).toEqual([""]);
  expect(iterationsAround("0-99/3")).toEqual(["", "0-99", "0-99/3"]);
});

test("an item sees itself and what is around it, never its neighbour", () => {
  expect(["", "1", "1/3"].every((seen) => isVisibleFrom(seen, "1/3"))).toBe(true);
  expect(["1/3/0", "1/30", "11", "1/2"].some((seen) => isVisibleFrom(seen, "1/3"))).toBe(false);
});

test("people read items, not paths", () => {
  expect(["", "17", "0-99", "17/3"].map(describeIteration)).toEqual(["", "item 17", "items 0–99", "item 17, item 3"]);
  expect(["", "17"].map(undoIteration).map(describeIteration)).toEqual(["undo", "item 17, undo"]);
});

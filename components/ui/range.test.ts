import { expect, it } from "vitest";
import { rangeOf } from "./range.ts";

it("reaches from one to the other in either direction, and is the one alone when there is nothing to reach from", () => {
  const list = ["a", "b", "c", "d"];
  expect(rangeOf(list, "b", "d")).toEqual(["b", "c", "d"]);
  expect(rangeOf(list, "d", "b")).toEqual(["b", "c", "d"]);
  expect(rangeOf(list, "b", "b")).toEqual(["b"]);
  expect(rangeOf(list, null, "c")).toEqual(["c"]);
  expect(rangeOf(list, "gone", "c")).toEqual(["c"]);
});

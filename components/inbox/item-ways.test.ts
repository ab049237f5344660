import { expect, it } from "vitest";
import { closeWords, waysOf } from "./item-ways.ts";

it("an item of unknown outcome is decided and never edited, one that is closed is left alone", () => {
  expect(waysOf({ status: "open", kind: "unknown_outcome" })).toEqual({ again: "decide", edit: false });
  expect(waysOf({ status: "open", kind: "permanent" })).toEqual({ again: "redrive", edit: true });
  expect(waysOf({ status: "resolved", kind: "permanent" })).toBeNull();
});

it("a decision is told in words, a reason as it was written", () => {
  expect(closeWords("decided: failed")).toBe("given up, its outcome unknown");
  expect(closeWords("a test order")).toBe("a test order");
});

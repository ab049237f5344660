import { expect, it } from "vitest";
import { closeWords, itemName, waysOf } from "./item-ways.ts";

it("an item of unknown outcome is decided and never edited, one that is closed is left alone", () => {
  expect(waysOf({ status: "open", kind: "unknown_outcome" })).toEqual({ again: "decide", edit: false });
  expect(waysOf({ status: "open", kind: "permanent" })).toEqual({ again: "redrive", edit: true });
  expect(waysOf({ status: "resolved", kind: "permanent" })).toBeNull();
});

it("an item is named by the key of its event, else of its step, else by its run; inside a loop by its place there, too", () => {
  const item = { eventKey: "order-7", stepKey: "book-7", runId: "01a219c8-27b4-7125-abae-cfc2d6c1bdb8", iteration: "" };
  expect(itemName(item)).toBe("order-7");
  expect(itemName({ ...item, eventKey: null, iteration: "17/3" })).toBe("book-7, item 17, item 3");
  expect(itemName({ ...item, eventKey: null, stepKey: null })).toBe("run d6c1bdb8");
});

it("a decision is told in words, a reason as it was written", () => {
  expect(closeWords("decided: failed")).toBe("given up, its outcome unknown");
  expect(closeWords("a test order")).toBe("a test order");
});

import { expect, test } from "vitest";
import { ruleSentence } from "./words.ts";

const rule = { kinds: ["opened" as const], criticalOnly: true, issueTypes: [], workflows: [], channels: [{ name: "On call" }] };

test("a rule reads as a sentence", () => {
  expect(ruleSentence(rule)).toBe("When a critical issue of any workflow opens, notify On call.");
  expect(
    ruleSentence({
      kinds: ["opened", "regressed", "escalating"],
      criticalOnly: false,
      issueTypes: ["connection_auth"],
      workflows: [{ name: "Orders" }, { name: "Invoices" }],
      channels: [{ name: "On call" }, { name: "Log" }],
    }),
  ).toBe("When an issue of type connection auth of Orders or Invoices opens, comes back or gets worse, notify On call and Log.");
});

test("of many workflows a sentence names three, and says when nobody is told", () => {
  const workflows = ["A", "B", "C", "D", "E"].map((name) => ({ name }));
  expect(ruleSentence({ ...rule, workflows, channels: [] })).toBe("When a critical issue of A, B, C or 2 more opens, notify nobody.");
});

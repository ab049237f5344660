import { expect, test } from "vitest";
import { matchesRule, type News, type Rule } from "./match-rule.ts";

const everything: Rule = {
  workflowIds: [],
  issueTypes: [],
  criticalOnly: true,
  kinds: ["opened", "regressed", "escalating", "unsnoozed"],
  enabled: true,
};
const news: News = { kind: "opened", workflowId: "orders", type: "delivery", critical: true };

test("a rule without choices speaks of every critical issue, of a workflow or of none", () => {
  expect(matchesRule(everything, news)).toBe(true);
  expect(matchesRule(everything, { ...news, workflowId: null, type: "queue_latency" })).toBe(true);
});

test("an issue that is not critical is left out unless the rule asks for it", () => {
  expect(matchesRule(everything, { ...news, critical: false })).toBe(false);
  expect(matchesRule({ ...everything, criticalOnly: false }, { ...news, critical: false })).toBe(true);
});

test("each choice narrows, and an issue of no workflow is none of the chosen ones", () => {
  const chosen = { ...everything, workflowIds: ["orders"] };
  expect(matchesRule(chosen, news)).toBe(true);
  expect(matchesRule(chosen, { ...news, workflowId: "invoices" })).toBe(false);
  expect(matchesRule(chosen, { ...news, workflowId: null })).toBe(false);
  expect(matchesRule({ ...everything, issueTypes: ["breaker_open"] }, news)).toBe(false);
  expect(matchesRule({ ...everything, kinds: ["escalating"] }, news)).toBe(false);
  expect(matchesRule({ ...everything, enabled: false }, news)).toBe(false);
});

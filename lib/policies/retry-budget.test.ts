import fc from "fast-check";
import { expect, test } from "vitest";
import { failureClasses } from "#lib/shared/statuses.ts";
import { budgetDefaults, credit, freshBudget, take, usesBudget } from "./retry-budget.ts";

const settings = budgetDefaults;

test("only failures that speak of a remote in trouble use the budget; throttled waits use none", () => {
  expect(failureClasses.filter(usesBudget)).toEqual(["unavailable", "transient", "timeout", "conflict"]);
});

test("scenario 72 (the decision): of a thousand calls that fail at once a fifth is retried, the others one a second", () => {
  let budget = credit(freshBudget(0, settings), { calls: 1_000, now: 0, settings });
  const turns: number[] = [];
  for (let retry = 0; retry < 1_000; retry++) {
    const taken = take(budget, settings);
    budget = taken.budget;
    turns.push(taken.turn.next === "go" ? 0 : taken.turn.untilMs);
  }
  expect(turns.filter((atMs) => atMs === 0)).toHaveLength(210);
  const postponed = turns.filter((atMs) => atMs > 0);
  expect(new Set(postponed).size).toBe(790);
  postponed.slice(1).forEach((atMs, index) => {
    expect(atMs - (postponed[index] ?? 0)).toBeCloseTo(1_000);
  });
});

test("in every stretch of time, retries are at most the share of the calls, one a second, and what was saved up", () => {
  const event = fc.record({ afterMs: fc.integer({ min: 0, max: 30_000 }), calls: fc.nat(50), retries: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let now = 0;
      let budget = freshBudget(now, settings);
      const calls: { atMs: number; count: number }[] = [];
      const due: number[] = [];
      for (const { afterMs, calls: made, retries } of events) {
        now += afterMs;
        budget = credit(budget, { calls: made, now, settings });
        calls.push({ atMs: now, count: made });
        for (let retry = 0; retry < retries; retry++) {
          const taken = take(budget, settings);
          budget = taken.budget;
          due.push(taken.turn.next === "go" ? now : taken.turn.untilMs);
        }
      }
      for (const from of due) {
        const to = from + settings.windowMs;
        const retries = due.filter((atMs) => atMs >= from && atMs <= to).length;
        // What a call before the stretch is still worth at its beginning.
        const before = calls
          .filter((each) => each.atMs < from)
          .reduce((sum, each) => sum + each.count * Math.exp((each.atMs - from) / settings.windowMs), 0);
        const within = calls.filter((each) => each.atMs >= from && each.atMs <= to).reduce((sum, each) => sum + each.count, 0);
        const allowed = settings.burst + settings.ratio * (before + within) + (settings.windowMs / 1_000) * settings.perSecond;
        expect(retries).toBeLessThanOrEqual(allowed + 1 + 1e-6);
      }
    }),
  );
});

test("no retry is lost, and each turn comes after those given out before it", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { minLength: 1, maxLength: 100 }), (gaps) => {
      let now = 0;
      let last = 0;
      let budget = freshBudget(now, settings);
      for (const gap of gaps) {
        now += gap;
        budget = credit(budget, { calls: 0, now, settings });
        const taken = take(budget, settings);
        budget = taken.budget;
        const atMs = taken.turn.next === "go" ? now : taken.turn.untilMs;
        expect(Number.isFinite(atMs)).toBe(true);
        expect(atMs).toBeGreaterThanOrEqual(now);
        expect(atMs).toBeGreaterThanOrEqual(last - 1e-6);
        last = atMs;
      }
    }),
  );
});

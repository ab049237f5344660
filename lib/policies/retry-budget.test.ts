import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureClasses } from "#lib/shared/statuses.ts";
import { type Budget, budgetDefaults, credit, freshBudget, take, usesBudget } from "./retry-budget.ts";

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

describe("a budget brought up to now", () => {
  const { ratio, perSecond, burst, windowMs } = settings;
  const later = (budget: Budget, afterMs: number, calls = 0) => credit(budget, { calls, now: budget.atMs + afterMs, settings });

  test("has one more retry a second, also for those given out in advance", () => {
    expect(later({ tokens: -3, calls: 0, atMs: 1_000 }, 2_500)).toEqual({ tokens: -0.5, calls: 0, atMs: 3_500 });
    const quick = credit({ tokens: -3, calls: 0, atMs: 0 }, { calls: 0, now: 500, settings: { ...settings, perSecond: 4 } });
    expect(quick.tokens).toBe(-1);
  });

  test("saves up no more than the burst and the share of the calls that still count", () => {
    const worth = 100 * Math.exp(-30_000 / windowMs);
    const budget = later({ tokens: 9, calls: 100, atMs: 0 }, 30_000);
    expect(budget).toEqual({ tokens: burst + ratio * worth, calls: worth, atMs: 30_000 });
    expect(later({ tokens: burst, calls: 0, atMs: 0 }, 3_600_000).tokens).toBe(burst);
  });

  test("counts first attempts on top, each worth its share at once", () => {
    expect(later({ tokens: burst, calls: 0, atMs: 0 }, 0, 50)).toEqual({ tokens: burst + ratio * 50, calls: 50, atMs: 0 });
    expect(later({ tokens: 0, calls: 20, atMs: 0 }, 0, 5)).toEqual({ tokens: ratio * 5, calls: 25, atMs: 0 });
  });

  test("loses nothing to a clock that was set back", () => {
    expect(later({ tokens: 4, calls: 10, atMs: 60_000 }, -30_000)).toEqual({ tokens: 4, calls: 10, atMs: 30_000 });
  });

  test("gives a retry that waits the very moment at which it would have a whole one", () => {
    for (const pace of [perSecond, 4]) {
      const budget = { tokens: 0.25, calls: 0, atMs: 5_000 };
      expect(take(budget, { ...settings, perSecond: pace })).toEqual({
        budget: { ...budget, tokens: -0.75 },
        turn: { next: "wait", untilMs: 5_000 + 750 / pace },
      });
    }
    expect(take({ tokens: 1, calls: 0, atMs: 5_000 }, settings)).toEqual({
      budget: { tokens: 0, calls: 0, atMs: 5_000 },
      turn: { next: "go" },
    });
  });
});

/** Any traffic: how long after the last, how many calls were made and how many retries asked. */
const traffic = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 30_000 }), calls: fc.nat(50), retries: fc.nat(50) }), {
  maxLength: 60,
});

/** The calls, and when each retry asked and has its turn. */
function play(events: readonly { afterMs: number; calls: number; retries: number }[]) {
  let now = 0;
  let budget = freshBudget(now, settings);
  const calls: { atMs: number; count: number }[] = [];
  const turns: { askedMs: number; dueMs: number }[] = [];
  for (const { afterMs, calls: made, retries } of events) {
    now += afterMs;
    budget = credit(budget, { calls: made, now, settings });
    calls.push({ atMs: now, count: made });
    for (let retry = 0; retry < retries; retry++) {
      const taken = take(budget, settings);
      budget = taken.budget;
      turns.push({ askedMs: now, dueMs: taken.turn.next === "go" ? now : taken.turn.untilMs });
    }
  }
  const callsIn = (fromMs: number, toMs: number) =>
    calls.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).reduce((sum, { count }) => sum + count, 0);
  /** What calls before a time are still worth then. */
  const worthAt = (atMs: number) =>
    calls.filter((each) => each.atMs < atMs).reduce((sum, each) => sum + each.count * Math.exp((each.atMs - atMs) / settings.windowMs), 0);
  return { turns, callsIn, worthAt };
}

test("at no time have more retries had their turn than the share of the calls so far, one a second, and the burst", () => {
  fc.assert(
    fc.property(traffic, (events) => {
      const { turns, callsIn } = play(events);
      for (const { dueMs } of turns) {
        const had = turns.filter((turn) => turn.dueMs <= dueMs).length;
        const { burst, ratio, perSecond } = settings;
        expect(had).toBeLessThanOrEqual(burst + ratio * callsIn(0, dueMs) + (dueMs / 1_000) * perSecond + 1e-6);
      }
    }),
  );
});

test("in every stretch of time, retries are at most one a second, what was saved up, and the share of the calls since the first of them asked", () => {
  fc.assert(
    fc.property(traffic, (events) => {
      const { turns, callsIn, worthAt } = play(events);
      for (const { dueMs: from } of turns) {
        const to = from + settings.windowMs;
        const within = turns.filter(({ dueMs }) => dueMs >= from && dueMs <= to);
        // One that was postponed is paid for by the calls made while it waits, so those count from when it asked.
        const since = Math.min(...within.map(({ askedMs }) => askedMs));
        const share = settings.ratio * (worthAt(since) + callsIn(since, to));
        const allowed = settings.burst + share + (settings.windowMs / 1_000) * settings.perSecond;
        expect(within.length).toBeLessThanOrEqual(allowed + 1 + 1e-6);
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

import { describe, expect, test } from "vitest";
import { healthKinds } from "#lib/shared/health-kinds.ts";
import { breakerIdleMs, healthRules, healthTitle, isExhausted, isOutage, missedTimes, retryWaitMs } from "./health.ts";

const minute = 60_000;
const now = 1_000 * minute;

describe("a breaker", () => {
  const breaker = { sinceMs: now - minute, changedAtMs: now - 1_000, openUntilMs: now + 1_000, now };

  test("is an outage once it has kept calls back for a minute, half open or not", () => {
    expect(isOutage(breaker)).toBe(true);
    expect(isOutage({ ...breaker, openUntilMs: null })).toBe(true);
    expect(isOutage({ ...breaker, sinceMs: now - minute + 1 })).toBe(false);
  });

  test("is none while nobody wants to call", () => {
    const idle = { ...breaker, sinceMs: now - 60 * minute, changedAtMs: now - breakerIdleMs, openUntilMs: now - breakerIdleMs };
    expect(isOutage(idle)).toBe(false);
    expect(isOutage({ ...idle, openUntilMs: now - breakerIdleMs + 1 })).toBe(true);
  });
});

describe("a retry budget", () => {
  const budget = { tokens: -58.5, updatedAtMs: now, perSecond: 1, now };

  test("is exhausted when the next retry would wait a minute", () => {
    expect(retryWaitMs(budget)).toBe(59_500);
    expect(isExhausted(budget)).toBe(false);
    expect(isExhausted({ ...budget, tokens: -59 })).toBe(true);
  });

  test("recovers by itself as time goes", () => {
    expect(retryWaitMs({ ...budget, tokens: -600, now: now + 300_000 })).toBe(301_000);
    expect(retryWaitMs({ ...budget, tokens: -600, now: now + 601_000 })).toBe(0);
    expect(retryWaitMs({ ...budget, tokens: 1 })).toBe(0);
    // A clock that went back gives nothing and takes nothing.
    expect(retryWaitMs({ ...budget, now: now - minute })).toBe(59_500);
  });
});

describe("a schedule", () => {
  test("counts what it missed once nothing has started for two minutes", () => {
    expect(missedTimes({ missedAtMs: [], overdueMs: null, now })).toEqual([]);
    expect(missedTimes({ missedAtMs: [now - 2 * minute + 1], overdueMs: null, now })).toEqual([]);
    expect(missedTimes({ missedAtMs: [now - 2 * minute, now - 1], overdueMs: null, now })).toEqual([now - 2 * minute, now - 1]);
  });

  test("counts a time that has come and that nobody deals with", () => {
    expect(missedTimes({ missedAtMs: [], overdueMs: now - minute, now })).toEqual([]);
    expect(missedTimes({ missedAtMs: [], overdueMs: now - 2 * minute, now })).toEqual([now - 2 * minute]);
  });
});

test("every kind has a title that names what it is about, and none that only a moment is true of", () => {
  const titles = healthKinds.map((kind) => healthTitle(kind, "Acme"));
  expect(new Set(titles).size).toBe(healthKinds.length);
  expect(titles.filter((title) => title.includes("Acme")).length).toBe(healthKinds.length - 2);
});

test("what escalates does so long after it opened, and what is over stays so for a while", () => {
  for (const kind of healthKinds) {
    const { opensAfterMs, calmMs, escalatesAfterMs } = healthRules[kind];
    expect(escalatesAfterMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(opensAfterMs + calmMs);
  }
});

test("a budget that fills at another pace is waited for at that pace", () => {
  const slow = { tokens: -1, updatedAtMs: now, perSecond: 0.5, now };
  expect(retryWaitMs(slow)).toBe(4_000);
  expect(retryWaitMs({ ...slow, now: now + 2_000 })).toBe(2_000);
  expect(retryWaitMs({ ...slow, tokens: 5 })).toBe(0);
});

test("titles say how long something has waited when the issue opens", () => {
  expect(healthTitle("throttle_backlog", "through Billing")).toBe("Calls through Billing wait longer than 10 minutes for their limit");
  expect(healthTitle("retry_budget_exhausted", "through Billing")).toBe(
    "Retries through Billing wait longer than a minute: too many calls fail",
  );
  expect(healthTitle("queue_latency", "")).toBe("Runs wait longer than 10 minutes for a free worker");
  expect(healthTitle("worker_lost", "")).toBe("A worker was lost, and its runs were taken over by others");
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions, guardTrips, takesCanary, type VersionFigures } from "./rollout.ts";

const guard = { enabled: true, minRuns: 20, maxExcess: 5 };
const figures = (change: Partial<VersionFigures> = {}): VersionFigures => ({
  ended: 100,
  failed: 0,
  retried: 0,
  deadLetters: 0,
  p95DurationMs: 100,
  p95WaitMs: 10,
  ...change,
});

test("an item stays where it is: the same answer each time, and a higher share only ever takes more", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string(), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (workflowId, key, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(takesCanary({ workflowId, key, percent: low })).toBe(takesCanary({ workflowId, key, percent: low }));
      if (takesCanary({ workflowId, key, percent: low })) expect(takesCanary({ workflowId, key, percent: high })).toBe(true);
      expect(takesCanary({ workflowId, key, percent: 0 })).toBe(false);
      expect(takesCanary({ workflowId, key, percent: 100 })).toBe(true);
    }),
  );
});

test("the share that is asked for is the share that is given", () => {
  for (const percent of [1, 10, 50, 90]) {
    const taken = Array.from({ length: 4_000 }, (_, index) => takesCanary({ workflowId: "w", key: `order-${index}`, percent }));
    expect(taken.filter(Boolean).length / taken.length).toBeCloseTo(percent / 100, 1);
  }
});

test("which version takes an item never changes from one release to the next, and shares are kept to a hundredth of a percent", () => {
  const takes = (key: string, percent: number) => takesCanary({ workflowId: "w", key, percent });
  expect([takes("order-1", 8.1), takes("order-1", 8.11)]).toEqual([false, true]);
  expect([takes("order-3", 24), takes("order-3", 24.01)]).toEqual([false, true]);
});

test("two workflows do not try out new versions on the same items", () => {
  const keys = Array.from({ length: 2_000 }, (_, index) => `k${index}`);
  const both = keys.filter(
    (key) => takesCanary({ workflowId: "a", key, percent: 10 }) && takesCanary({ workflowId: "b", key, percent: 10 }),
  );
  expect(both.length).toBeLessThan(60);
});

test("a version without enough runs is not judged", () => {
  const rows = compareVersions(figures(), figures({ ended: 19, failed: 19 }), guard);
  expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(["not_enough_data"]));
  expect(guardTrips(figures(), figures({ ended: 19, failed: 19 }), guard)).toBeNull();
});

test("every row shows what both versions came to, and what was allowed", () => {
  const live = figures({ failed: 10, deadLetters: 2, retried: 20, p95DurationMs: 1_000, p95WaitMs: 40 });
  const canary = figures({ ended: 20, failed: 3, deadLetters: 2, retried: 5, p95DurationMs: 1_600, p95WaitMs: 161 });
  expect(compareVersions(live, canary, guard)).toEqual([
    { metric: "failureRate", live: 0.1, canary: 0.15, allowed: 0.1 + 0.05, verdict: "pass" },
    { metric: "deadLetterRate", live: 0.02, canary: 0.1, allowed: 0.02 + 0.05, verdict: "over" },
    { metric: "retryRate", live: 0.2, canary: 0.25, allowed: 0.25, verdict: "pass" },
    { metric: "p95DurationMs", live: 1_000, canary: 1_600, allowed: 1_600, verdict: "pass" },
    { metric: "p95WaitMs", live: 40, canary: 161, allowed: 160, verdict: "over" },
  ]);
});

test("a version of which no run has ended has no rates, and is not judged even where no number is asked for", () => {
  const none = figures({ ended: 0, p95DurationMs: null, p95WaitMs: null });
  for (const row of compareVersions(figures(), none, { ...guard, minRuns: 0 }))
    expect(row).toMatchObject({ canary: null, verdict: "not_enough_data" });
});

test("no rate is allowed beyond all runs", () => {
  const [row] = compareVersions(figures({ failed: 98 }), figures(), guard);
  expect(row?.allowed).toBe(1);
});

test("failures beyond the allowed excess trip the guard, and say so", () => {
  expect(guardTrips(figures({ failed: 2 }), figures({ failed: 7 }), guard)).toBeNull();
  expect(guardTrips(figures({ failed: 2 }), figures({ failed: 30 }), guard)).toBe(
    "30 % of 100 runs failed, against 2 % of the live version",
  );
  expect(guardTrips(figures({ failed: 2 }), figures({ failed: 30 }), { ...guard, enabled: false })).toBeNull();
});

test("a live version without runs counts as one without failures", () => {
  const none = figures({ ended: 0, p95DurationMs: null, p95WaitMs: null });
  expect(guardTrips(none, figures({ failed: 6 }), guard)).not.toBeNull();
  expect(guardTrips(none, figures({ failed: 5 }), guard)).toBeNull();
  const slow = compareVersions(none, figures({ p95DurationMs: 9_999 }), guard).find(({ metric }) => metric === "p95DurationMs");
  expect(slow).toMatchObject({ allowed: null, verdict: "not_enough_data" });
});

test("slowness is told, and never ends a rollout by itself", () => {
  const rows = compareVersions(figures(), figures({ p95DurationMs: 251 }), guard);
  expect(rows.find(({ metric }) => metric === "p95DurationMs")).toEqual({
    metric: "p95DurationMs",
    live: 100,
    canary: 251,
    allowed: 250,
    verdict: "over",
  });
  expect(guardTrips(figures(), figures({ p95DurationMs: 9_999 }), guard)).toBeNull();
});

test("a version that fails no more than allowed is never taken back", () => {
  const count = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(count, count, count, count, (ended, failed, canaryEnded, canaryFailed) => {
      const live = figures({ ended, failed: Math.min(failed, ended) });
      const canary = figures({ ended: canaryEnded, failed: Math.min(canaryFailed, canaryEnded) });
      const excess = canary.failed / Math.max(1, canary.ended) - live.failed / Math.max(1, live.ended);
      const trips = guardTrips(live, canary, guard) !== null;
      if (excess < 0.0499 || canary.ended < guard.minRuns) expect(trips).toBe(false);
      else if (excess > 0.0501) expect(trips).toBe(true);
    }),
  );
});

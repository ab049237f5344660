import { expect, test } from "vitest";
import type { RolloutView } from "#lib/shared/api-rollouts.ts";
import { comparisonLines, isHeldByGuard, promoteDoubt } from "./comparison.ts";

const rollout = (verdict: "pass" | "over" | "not_enough_data", canaryRuns: number): Pick<RolloutView, "comparison" | "guard" | "runs"> => ({
  guard: { enabled: true, minRuns: 20, maxExcess: 5 },
  runs: { live: 100, canary: canaryRuns },
  comparison: [
    { metric: "failureRate", live: 0.02, canary: 0.3, allowed: 0.07, verdict },
    { metric: "p95DurationMs", live: null, canary: 1_500, allowed: null, verdict: "not_enough_data" },
  ],
});

test("rates read as percent, durations as durations, and what is not known as a dash", () => {
  const [failed, duration] = comparisonLines(rollout("over", 30));
  expect(failed).toMatchObject({ label: "Failed runs", live: "2.0 %", canary: "30 %", allowed: "at most 7.0 %" });
  expect(duration).toMatchObject({ live: "–", allowed: "–" });
  expect(duration?.canary).toContain("1.5");
});

test("the guard holds what fails more often, while it is on", () => {
  expect(isHeldByGuard(rollout("over", 30))).toBe(true);
  expect(isHeldByGuard({ ...rollout("over", 30), guard: { enabled: false, minRuns: 20, maxExcess: 5 } })).toBe(false);
  expect(isHeldByGuard(rollout("pass", 30))).toBe(false);
});

test("the row that holds a promotion back is named", () => {
  expect(promoteDoubt(rollout("over", 30))).toBe("It does worse than allowed in: failed runs.");
  expect(promoteDoubt(rollout("not_enough_data", 18))).toBe("Not enough data yet: 2 more of its runs have to end before it can be judged.");
  expect(promoteDoubt(rollout("pass", 30))).toBeNull();
});

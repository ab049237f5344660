import { formatDuration } from "#components/ui/format.ts";
import type { RolloutComparison, RolloutView } from "#lib/shared/api-rollouts.ts";

const labels: Record<RolloutComparison["metric"], string> = {
  failureRate: "Failed runs",
  deadLetterRate: "Dead letters a run",
  retryRate: "Runs with retries",
  p95DurationMs: "95 % end within",
  p95WaitMs: "95 % start within",
};

export interface ComparisonLine {
  metric: RolloutComparison["metric"];
  label: string;
  live: string;
  canary: string;
  allowed: string;
  verdict: RolloutComparison["verdict"];
}

function shown(metric: RolloutComparison["metric"], value: number | null): string {
  if (value === null) return "–";
  return metric.startsWith("p95") ? formatDuration(Math.round(value)) : `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
}

/** The rows of the table as a person reads them. */
export function comparisonLines(rollout: Pick<RolloutView, "comparison">): ComparisonLine[] {
  return rollout.comparison.map(({ metric, live, canary, allowed, verdict }) => ({
    metric,
    label: labels[metric],
    live: shown(metric, live),
    canary: shown(metric, canary),
    allowed: allowed === null ? "–" : `at most ${shown(metric, allowed)}`,
    verdict,
  }));
}

/** Whether the guard would not let it take events: it fails more often than allowed. */
export function isHeldByGuard({ guard, comparison }: Pick<RolloutView, "comparison" | "guard">): boolean {
  return guard.enabled && comparison.some(({ metric, verdict }) => metric === "failureRate" && verdict === "over");
}

/** What stands in the way of promoting, in one sentence; null when nothing does. */
export function promoteDoubt(rollout: Pick<RolloutView, "comparison" | "guard" | "runs">): string | null {
  const over = rollout.comparison.filter(({ verdict }) => verdict === "over").map(({ metric }) => labels[metric].toLowerCase());
  if (over.length > 0) return `It does worse than allowed in: ${over.join(", ")}.`;
  const missing = rollout.guard.minRuns - rollout.runs.canary;
  return missing > 0 ? `Not enough data yet: ${missing} more of its runs have to end before it can be judged.` : null;
}

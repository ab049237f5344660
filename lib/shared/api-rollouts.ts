/* What /api/v1 answers about rollouts; see api-types.ts. */

/** What lists and headers tell of a rollout under way. */
export interface RolloutSummary {
  version: number;
  percent: number;
  /** Nothing is sent to it for now. */
  paused: boolean;
  /** Why it is paused: by the guard, or as a person said. */
  reason: string | null;
}

/** A version that takes a share of the new events beside the live one. */
export interface RolloutView {
  version: number;
  /** The live version it is compared with. */
  baselineVersion: number;
  percent: number;
  state: "ramping" | "paused" | "promoted" | "aborted";
  guard: { enabled: boolean; minRuns: number; maxExcess: number };
  /** Why it is paused, or why it ended. */
  reason: string | null;
  startedBy: string | null;
  startedAt: string;
  endedAt: string | null;
  /** Ended runs of each since it began. */
  runs: { live: number; canary: number };
  comparison: RolloutComparison[];
}

export interface RolloutComparison {
  metric: "failureRate" | "deadLetterRate" | "retryRate" | "p95DurationMs" | "p95WaitMs";
  live: number | null;
  canary: number | null;
  allowed: number | null;
  verdict: "pass" | "over" | "not_enough_data";
}

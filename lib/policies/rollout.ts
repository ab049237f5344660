import { createHash } from "node:crypto";

/** Of how many parts the traffic is made: shares are given in percent, with two digits to spare. */
const parts = 10_000;

/**
 * Whether the version under trial takes an item. Decided by a hash of the workflow and what makes the item that item (its
 * duplicate key, else its own id), so every delivery of it goes to one version, on every machine, and raising the share
 * moves items to the new version only, never back.
 */
export function takesCanary(a: { workflowId: string; key: string; percent: number }): boolean {
  const digest = createHash("sha256").update(`${a.workflowId}\n${a.key}`).digest();
  return digest.readUInt32BE(0) % parts < a.percent * (parts / 100);
}

/** What was counted of one version since the rollout began. */
export interface VersionFigures {
  /** Ended, well or not. */
  ended: number;
  failed: number;
  retried: number;
  deadLetters: number;
  /** Of ended runs; null when there are none. */
  p95DurationMs: number | null;
  /** From arrival to start. */
  p95WaitMs: number | null;
}

export type Verdict = "pass" | "over" | "not_enough_data";

export interface ComparisonRow {
  metric: "failureRate" | "deadLetterRate" | "retryRate" | "p95DurationMs" | "p95WaitMs";
  live: number | null;
  canary: number | null;
  /** The most the version under trial may show for the row to pass; null while there is nothing to compare with. */
  allowed: number | null;
  verdict: Verdict;
}

export interface GuardSettings {
  enabled: boolean;
  /** Fewer ended runs of the version under trial tell nothing. */
  minRuns: number;
  /** Percentage points its failure rate may lie above the live version's. */
  maxExcess: number;
}

/** How much slower than the live version is still the same. */
const slackFactor = 1.5;
const slackMs = 100;

function rate(count: number, of: number): number | null {
  return of === 0 ? null : count / of;
}

/** The version under trial beside the live one, row by row. Rates are shares of ended runs. */
export function compareVersions(live: VersionFigures, canary: VersionFigures, guard: GuardSettings): ComparisonRow[] {
  const enough = canary.ended >= guard.minRuns;
  const excess = guard.maxExcess / 100;
  const judge = (metric: ComparisonRow["metric"], of: (figures: VersionFigures) => number | null, allow: (live: number) => number) => {
    const [a, b] = [of(live), of(canary)];
    // Without runs of the live version the new one is held to what a version without failures would show.
    const allowed = a === null && metric.startsWith("p95") ? null : allow(a ?? 0);
    const verdict: Verdict = !enough || b === null || allowed === null ? "not_enough_data" : b > allowed ? "over" : "pass";
    return { metric, live: a, canary: b, allowed, verdict };
  };
  const more = (value: number) => Math.min(1, value + excess);
  const slower = (value: number) => value * slackFactor + slackMs;
  return [
    judge("failureRate", (figures) => rate(figures.failed, figures.ended), more),
    judge("deadLetterRate", (figures) => rate(figures.deadLetters, figures.ended), more),
    judge("retryRate", (figures) => rate(figures.retried, figures.ended), more),
    judge("p95DurationMs", (figures) => figures.p95DurationMs, slower),
    judge("p95WaitMs", (figures) => figures.p95WaitMs, slower),
  ];
}

/** Why the version under trial must get no more events; null while it may go on. Only failures pause a rollout by themselves. */
export function guardTrips(live: VersionFigures, canary: VersionFigures, guard: GuardSettings): string | null {
  if (!guard.enabled) return null;
  const row = compareVersions(live, canary, guard).find(({ metric }) => metric === "failureRate");
  if (row?.verdict !== "over") return null;
  const percent = (value: number | null) => `${Math.round((value ?? 0) * 100)} %`;
  return `${percent(row.canary)} of ${canary.ended} runs failed, against ${percent(row.live)} of the live version`;
}

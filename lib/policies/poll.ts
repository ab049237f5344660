import type { Random } from "#lib/shared/clock.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";
import { maxRetryAfterMs } from "./retry.ts";

const firstMs = 5_000;
const factor = 1.5;
const longestMs = 60_000;
/** Beyond it the interval has long reached its maximum, and the power stays far from overflow. */
const maxExponent = 30;
const jitter = 0.1;
/** A remote may show a job only a while after it took it. */
export const settleMs = 60_000;
/** Failed polls that keep a line of their own; later ones share the last. */
export const maxPollAttempts = 20;

/** How a step that polls has fared since it began, or was redriven. */
export interface PollProgress {
  polls: number;
  /** Of them, those that got no answer of use, and how many of those in a row. */
  failedPolls: number;
  failedInARow: number;
  /** What the last one said: not yet, or nothing of use. */
  last: "pending" | "failed";
}

/** Before the first poll. */
export const noPolls: PollProgress = { polls: 0, failedPolls: 0, failedInARow: 0, last: "failed" };

/** The progress after one more poll. */
export function afterPoll(progress: PollProgress, said: "pending" | "failed"): PollProgress {
  const failed = said === "failed";
  return {
    polls: progress.polls + 1,
    failedPolls: progress.failedPolls + (failed ? 1 : 0),
    failedInARow: failed ? progress.failedInARow + 1 : 0,
    last: said,
  };
}

/**
 * When to poll again, in whole ms. An interval of the author's is kept; else it grows from 5 s by half each time, up to a
 * minute. Either varies by a tenth, so that many who began together do not stay together. What the server asks for is
 * never undercut.
 */
export function pollDelayMs(a: { polls: number; everyMs: number | null; retryAfterMs: number | undefined; random: Random }): number {
  const hint = a.retryAfterMs;
  if (hint !== undefined && hint > 0) {
    const asked = Math.ceil(Math.min(hint, maxRetryAfterMs));
    return asked + Math.floor(a.random() * jitter * asked);
  }
  const exponent = Math.min(Math.max(a.polls, 1) - 1, maxExponent);
  const interval = a.everyMs ?? Math.min(longestMs, firstMs * factor ** exponent);
  return Math.round(interval * (1 - jitter + 2 * jitter * a.random()));
}

export type AfterPollError = { next: "poll-again" } | { next: "give-up" } | { next: "unknown-outcome" };

/** The remote, or the way to it, was not well, or the poll was cut off: that says nothing of the job. */
const passing: ReadonlySet<FailureClass> = new Set(["throttled", "unavailable", "transient", "timeout", "conflict", "lost", "cancelled"]);

/**
 * What a failed poll means. A remote that is unwell is asked again, as often as it takes: that a poll failed does not mean
 * that the job did. A job nobody knows may not be known yet; a while after it was begun, its fate is unknown. Any other
 * refusal is definite.
 */
export function afterPollError(a: { class: FailureClass; code: string; sinceMs: number }): AfterPollError {
  if (a.code === "http_410") return { next: "unknown-outcome" };
  if (a.code === "http_404") return { next: a.sinceMs < settleMs ? "poll-again" : "unknown-outcome" };
  return passing.has(a.class) ? { next: "poll-again" } : { next: "give-up" };
}

/**
 * Whether the next poll takes the place of the last attempt instead of adding one: after a quiet one, of which only the
 * latest is worth keeping, and when there are many already. So a step that polls for a month leaves a page to read.
 */
export function reusesAttempt(progress: PollProgress, attempts: number): boolean {
  return attempts > 0 && (progress.last === "pending" || attempts >= maxPollAttempts);
}

import type { HealthKind } from "#lib/shared/health-kinds.ts";

/* When the state of things is worth an issue, and when that issue is over. Pure; the keeper reads the facts and writes the issues. */

export interface HealthRule {
  /** So long it must have been so before anybody is told. */
  opensAfterMs: number;
  /** So long it must have been over before the issue is: what comes back within is the same trouble, and tells nobody again. */
  calmMs: number;
  /** Still so after that long: people are told once more. Null: never. */
  escalatesAfterMs: number | null;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The table of docs/operating.md. */
export const healthRules: Record<HealthKind, HealthRule> = {
  breaker_open: { opensAfterMs: minuteMs, calmMs: 5 * minuteMs, escalatesAfterMs: hourMs },
  throttle_backlog: { opensAfterMs: 10 * minuteMs, calmMs: 5 * minuteMs, escalatesAfterMs: 6 * hourMs },
  retry_budget_exhausted: { opensAfterMs: minuteMs, calmMs: 5 * minuteMs, escalatesAfterMs: hourMs },
  missed_schedule: { opensAfterMs: 2 * minuteMs, calmMs: 5 * minuteMs, escalatesAfterMs: null },
  queue_latency: { opensAfterMs: 10 * minuteMs, calmMs: 5 * minuteMs, escalatesAfterMs: hourMs },
  worker_lost: { opensAfterMs: 0, calmMs: 30 * minuteMs, escalatesAfterMs: null },
  no_events: { opensAfterMs: 0, calmMs: minuteMs, escalatesAfterMs: 24 * hourMs },
};

/** So long after it might have been tried, an open breaker that nobody tries holds nobody back. */
export const breakerIdleMs = 10 * minuteMs;

/** Whether a breaker keeps calls back for long enough. `sinceMs`: when it opened and did not close again. */
export function isOutage(a: { sinceMs: number; changedAtMs: number; openUntilMs: number | null; now: number }): boolean {
  const idleMs = a.now - Math.max(a.changedAtMs, a.openUntilMs ?? 0);
  return a.now - a.sinceMs >= healthRules.breaker_open.opensAfterMs && idleMs < breakerIdleMs;
}

/** How long the next retry would have to wait for its turn. */
export function retryWaitMs(a: { tokens: number; updatedAtMs: number; perSecond: number; now: number }): number {
  const tokens = a.tokens + (Math.max(0, a.now - a.updatedAtMs) / 1_000) * a.perSecond;
  return tokens >= 1 ? 0 : ((1 - tokens) / a.perSecond) * 1_000;
}

/** Whether retries pile up. */
export function isExhausted(a: Parameters<typeof retryWaitMs>[0]): boolean {
  return retryWaitMs(a) >= healthRules.retry_budget_exhausted.opensAfterMs;
}

/**
 * The missed times of a schedule that nothing has started since, when that is long enough. A time that is made up for, or the next one that is
 * kept, ends it.
 */
export function missedTimes(a: {
  /** When each was found to be missed, after the last time that was kept. */
  missedAtMs: readonly number[];
  /** A time that has come and is not dealt with. */
  overdueMs: number | null;
  now: number;
}): number[] {
  const { opensAfterMs } = healthRules.missed_schedule;
  const times = a.overdueMs === null ? a.missedAtMs : [...a.missedAtMs, a.overdueMs];
  return times.some((at) => a.now - at >= opensAfterMs) ? [...times] : [];
}

/** What an issue is about, in the words of its title. They stay true while it lasts: alerts and lists show them later. */
export function healthTitle(kind: HealthKind, subject: string): string {
  const minutes = healthRules[kind].opensAfterMs / minuteMs;
  const long = minutes === 1 ? "longer than a minute" : `longer than ${minutes} minutes`;
  switch (kind) {
    case "breaker_open":
      return `Calls to ${subject} keep failing, and are held back`;
    case "throttle_backlog":
      return `Calls ${subject} wait ${long} for their limit`;
    case "retry_budget_exhausted":
      return `Retries ${subject} wait ${long}: too many calls fail`;
    case "missed_schedule":
      return `The schedule ${subject} did not start at its time`;
    case "queue_latency":
      return `Runs wait ${long} for a free worker`;
    case "worker_lost":
      return "A worker was lost, and its runs were taken over by others";
    case "no_events":
      return `No event has come to ${subject} for longer than expected`;
  }
}

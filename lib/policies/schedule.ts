import { Cron } from "croner";

export interface ScheduleQuestion {
  /** 5 fields, or 6 with seconds first. */
  cron: string;
  /** IANA name. */
  timezone: string;
  /** Unix ms; a fire at this very moment is not after it. */
  afterMs: number;
  count: number;
}

/**
 * The next times a cron expression fires, as Unix ms, ascending; fewer when there are no more. Throws on an invalid
 * expression or zone.
 *
 * Where clocks change (engine.md 1.9), an expression with fixed seconds, minutes and hours (also lists and ranges of them)
 * fires once a day at each: at the first moment after the gap when its time does not exist, and only the first time when
 * it comes twice. One with a star or a step in them ("every 15 minutes") goes on in absolute time.
 */
export function nextFires({ cron, timezone, afterMs, count }: ScheduleQuestion): number[] {
  // Croner also takes dates and nicknames, which the rules above do not cover.
  if (![5, 6].includes(cron.trim().split(/\s+/).length)) throw new RangeError(`not a cron expression of 5 or 6 fields: ${cron}`);
  const schedule = new Cron(cron, { timezone, mode: "5-or-6-parts", fixedTimeRule: "no-wildcard" });
  return schedule.nextRuns(count, new Date(afterMs)).map((fire) => fire.getTime());
}

/** An expression that held until a moment, when it was replaced. */
export interface EarlierSchedule {
  cron: string;
  timezone: string;
  /** Unix ms. */
  untilMs: number;
}

export interface DueTimes {
  /** Unix ms, ascending, none after `nowMs`. */
  times: number[];
  /** The first time that is not among them; null when there is none. */
  nextMs: number | null;
}

/**
 * The times that have come, from `dueMs` on, which is one of them. Times before a change of the expression are those of the
 * expression that held then (scenario 16); the first of the new one comes after the change. At most `max`: what is
 * longer ago than that is not even listed, and the rest follows with `nextMs`.
 */
export function dueTimes(a: {
  dueMs: number;
  nowMs: number;
  current: { cron: string; timezone: string };
  earlier: readonly EarlierSchedule[];
  max: number;
}): DueTimes {
  const eras = [...a.earlier, { ...a.current, untilMs: Number.POSITIVE_INFINITY }];
  const times = [a.dueMs];
  let afterMs = a.dueMs;
  for (const { cron, timezone, untilMs } of eras) {
    for (;;) {
      const next = nextFires({ cron, timezone, afterMs, count: 1 })[0];
      if (next === undefined || next > untilMs) break;
      if (next > a.nowMs || times.length >= a.max) return { times, nextMs: next };
      times.push(next);
      afterMs = next;
    }
    afterMs = Math.max(afterMs, untilMs);
  }
  return { times, nextMs: null };
}

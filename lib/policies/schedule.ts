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

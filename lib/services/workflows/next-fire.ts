import { type EarlierSchedule, nextFires } from "#lib/policies/schedule.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** When a schedule fires next after a moment; null for a config that cannot fire. */
export function nextFireAt(config: JsonObject, afterMs: number): Date | null {
  if (typeof config.cron !== "string") return null;
  try {
    const [next] = nextFires({ cron: config.cron, timezone: zoneOf(config), afterMs, count: 1 });
    return next === undefined ? null : new Date(next);
  } catch {
    return null;
  }
}

/** A schedule's row as it stands. */
export interface ScheduleRow {
  config: string;
  nextFireAt: Date | null;
  earlierSchedules: string | null;
}

/**
 * What a schedule's row says of its times once it has the config. Times that have come and are still to be caught up with stay,
 * and are those of the expression that was replaced.
 */
export function scheduleColumns(
  row: ScheduleRow | undefined,
  config: JsonObject,
  nowMs: number,
): Pick<ScheduleRow, "nextFireAt" | "earlierSchedules"> {
  if (!row?.nextFireAt || row.nextFireAt.getTime() > nowMs) return { nextFireAt: nextFireAt(config, nowMs), earlierSchedules: null };
  const old: JsonObject = JSON.parse(row.config);
  const { nextFireAt: pending, earlierSchedules } = row;
  if (typeof old.cron !== "string" || (old.cron === config.cron && zoneOf(old) === zoneOf(config))) {
    return { nextFireAt: pending, earlierSchedules };
  }
  const earlier: EarlierSchedule[] = JSON.parse(earlierSchedules ?? "[]");
  const until: EarlierSchedule = { cron: old.cron, timezone: zoneOf(old), untilMs: nowMs };
  return { nextFireAt: pending, earlierSchedules: JSON.stringify([...earlier, until]) };
}

function zoneOf(config: JsonObject): string {
  return typeof config.timezone === "string" ? config.timezone : "UTC";
}

import { nextFires } from "#lib/policies/schedule.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** When a schedule fires next after a moment; null for a config that cannot fire. */
export function nextFireAt(config: JsonObject, afterMs: number): Date | null {
  if (typeof config.cron !== "string") return null;
  const timezone = typeof config.timezone === "string" ? config.timezone : "UTC";
  try {
    const [next] = nextFires({ cron: config.cron, timezone, afterMs, count: 1 });
    return next === undefined ? null : new Date(next);
  } catch {
    return null;
  }
}

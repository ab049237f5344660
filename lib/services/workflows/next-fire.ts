import { Cron } from "croner";
import type { JsonObject } from "#lib/shared/json.ts";

/** When a schedule fires next after a moment; null for a config that cannot fire. */
export function nextFireAt(config: JsonObject, afterMs: number): Date | null {
  if (typeof config.cron !== "string") return null;
  const timezone = typeof config.timezone === "string" ? config.timezone : "UTC";
  try {
    return new Cron(config.cron, { timezone, paused: true }).nextRun(new Date(afterMs));
  } catch {
    return null;
  }
}

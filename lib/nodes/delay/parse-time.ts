import { DateTime } from "luxon";

/** An ISO 8601 time as Unix ms, UTC if it names no zone; null for anything else. */
export function parseTime(text: string): number | null {
  const time = DateTime.fromISO(text.trim(), { zone: "utc" });
  return time.isValid ? time.toMillis() : null;
}

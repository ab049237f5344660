import type { JsonValue } from "#lib/shared/json.ts";

/** A value in one line, cut where it gets long. */
export function oneLine(value: JsonValue, maxLength = 160): string {
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? "null");
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

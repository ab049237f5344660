import type { JsonValue } from "#lib/shared/json.ts";

export type JsonText = { ok: true; value: JsonValue | undefined } | { ok: false; message: string };

/**
 * Reads what somebody typed as JSON. An empty text is no value. A text that is one lone `{{ … }}` is that expression,
 * which keeps its type; nobody should have to know that it needs quotes.
 */
export function readJsonText(text: string): JsonText {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: true, value: undefined };
  try {
    const value: JsonValue = JSON.parse(trimmed);
    return { ok: true, value };
  } catch (error) {
    if (/^\{\{(?:(?!\}\}).)*\}\}$/s.test(trimmed)) return { ok: true, value: trimmed };
    return { ok: false, message: messageOf(trimmed, error) };
  }
}

function messageOf(text: string, error: unknown): string {
  if (/[:[,]\s*\{\{/.test(text)) return 'Not valid JSON: put quotes around {{ … }}; "{{ … }}" keeps the type of its value';
  const detail =
    error instanceof Error
      ? error.message.replace(/^.*?JSON\.parse: |^Unexpected/, (start) => (start.startsWith("Unexpected") ? "unexpected" : ""))
      : "";
  return `Not valid JSON: ${detail}`;
}

/** A value as text to edit. */
export function writeJsonText(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" && readJsonText(value).ok && value.trim().startsWith("{{")) return value;
  return JSON.stringify(value, null, 2);
}

import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

/** Reads a JSON text we wrote ourselves. Text that is none (it was cut, or written by hand) is shown as what it is. */
export function readJson(text: string | null): JsonValue {
  if (text === null) return null;
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** Reads a JSON text that should hold an object; anything else is an empty one. */
export function readJsonObject(text: string | null): JsonObject {
  const value = readJson(text);
  return isJsonObject(value) ? value : {};
}

import { newId } from "#lib/shared/ids.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { StoredValue } from "./run-state.ts";

/** Payloads above this many characters go to their own table, so that hot rows stay narrow. */
export const inlineLength = 65_536;

/** Wraps a value that is to be stored with its step. */
export function storedValue(value: JsonValue): StoredValue {
  const text = JSON.stringify(value);
  return { value, text, ref: text.length > inlineLength ? newId() : null, saved: false };
}

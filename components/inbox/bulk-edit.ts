import type { JsonValue } from "#lib/shared/json.ts";
import { parseJson } from "./parse-json.ts";

/** A change of the frozen input of every item. */
export interface BulkEdit {
  path: string;
  value: JsonValue;
}

const pathPattern = /^[^.\s]+(\.[^.\s]+)*$/;

/** What is typed as a change; null while nothing is, else what is wrong and where. A value that is no JSON is the text itself. */
export function readEdit(path: string, value: string): { edit: BulkEdit | null } | { path?: string; value?: string } {
  if (path.trim() === "") return value.trim() === "" ? { edit: null } : { path: "Say which field" };
  if (!pathPattern.test(path.trim())) return { path: "Names joined by dots, such as body.order" };
  if (value.trim() === "") return { value: 'Say what it becomes; "" is an empty text' };
  const parsed = parseJson(value);
  return { edit: { path: path.trim(), value: "value" in parsed ? parsed.value : value } };
}

/** What stands at a path of a value, as one line. */
export function textAt(value: JsonValue, path: string): string {
  let place: unknown = value;
  for (const name of path.split(".")) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, name)) return "nothing";
    place = (place as Record<string, unknown>)[name];
  }
  return JSON.stringify(place) ?? "nothing";
}

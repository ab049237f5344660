import type { JsonValue } from "#lib/shared/json.ts";

/** Reads JSON text; the error is a sentence with the line, for showing beside the editor. */
export function parseJson(text: string): { value: JsonValue } | { error: string } {
  try {
    const value: JsonValue = JSON.parse(text);
    return { value };
  } catch (thrown) {
    if (text.trim() === "") return { error: "Enter a JSON value" };
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? null : text.slice(0, Number(position)).split("\n").length;
    return { error: `Not valid JSON${line === null ? "" : ` (line ${line})`}` };
  }
}

import { ExpressionError } from "#lib/expressions/error.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

export type ExpressionKind = "template" | "cel";

export type Preview = { ok: true; value: JsonValue; type: string } | { ok: false; message: string; position: number | null };

/** Works an expression out against sample data; null when there is nothing to work out. */
export function previewOf(source: string, kind: ExpressionKind, scope: Scope, extra?: JsonObject): Preview | null {
  if (source.trim() === "" || (kind === "template" && !source.includes("{{"))) return null;
  try {
    const evaluate = createEvaluate(scope, { maxSteps: 100_000 });
    const value = kind === "cel" ? evaluate.cel(source, extra) : evaluate.template(source, extra);
    return { ok: true, value, type: typeName(value) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { ok: false, message: error.message, position: error.position };
  }
}

/** What a field can take; `gives` in the schema of a setting. */
export type Wanted = "text" | "number" | "true or false" | "list" | "object";

const wantedWords: Record<Wanted, string> = {
  text: "a text",
  number: "a number",
  "true or false": "true or false",
  list: "a list",
  object: "an object",
};

/** Why a value is of no use where another kind is wanted; null when it fits. Numbers are as good as texts: they are written out. */
export function misfit(value: JsonValue, wanted: Wanted | null): string | null {
  if (wanted === null) return null;
  const kind = Array.isArray(value) ? "list" : value === null ? "nothing" : isJsonObject(value) ? "object" : typeName(value);
  const fits = wanted === "text" ? kind === "text" || kind === "number" || kind === "true or false" : kind === wanted;
  if (fits) return null;
  const got = kind === "nothing" ? "nothing (null)" : (wantedWords[kind as Wanted] ?? kind); // safe: all other kinds are named
  return `For this sample it gives ${got}; ${wantedWords[wanted]} is needed here`;
}

/** What a person calls the kind of a value. */
export function typeName(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "true or false";
  return typeof value === "number" ? "number" : "object";
}

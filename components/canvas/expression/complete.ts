import { functions, specialForms } from "#lib/expressions/functions/table.ts";
import { type Scope, scopeNames } from "#lib/expressions/scope.ts";
import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { oneLine } from "../one-line.ts";
import type { ExpressionKind } from "./preview.ts";

export interface Suggestion {
  /** What the list shows and what is typed to find it. */
  label: string;
  /** What is inserted from `from` on. */
  insert: string;
  /** A sample value, or the signature of a function. */
  detail: string;
  help: string;
  kind: "field" | "name" | "step" | "function";
}

export interface Completion {
  from: number;
  options: Suggestion[];
}

export interface CompletionContext {
  scope: Scope;
  /** Names beyond the scope: `value`, `response`. */
  names: readonly string[];
  /** Names of the steps, by id. */
  stepNames: ReadonlyMap<string, string>;
}

const identifier = /^[A-Za-z_]\w*$/;

/** What may be written at a place of an expression: fields of the data before it, names, functions. */
export function complete(text: string, position: number, kind: ExpressionKind, context: CompletionContext): Completion | null {
  const start = kind === "cel" ? 0 : startOfHole(text, position);
  if (start === null) return null;
  const before = text.slice(start, position);
  if (isInsideText(before)) return null;
  const path = /((?:[A-Za-z_]\w*)(?:\.\w+|\[\d+\]|\["[^"]*"\])*)\.(\w*)$/.exec(before);
  if (path?.[1] !== undefined) {
    const typed = path[2] ?? "";
    return fieldsAt(path[1], position - typed.length, context);
  }
  const word = /\w*$/.exec(before)?.[0] ?? "";
  return { from: position - word.length, options: [...scopeOptions(context), ...functionOptions()] };
}

/** Where the `{{ }}` around a position starts; null outside of one. */
function startOfHole(text: string, position: number): number | null {
  const open = text.lastIndexOf("{{", position);
  if (open === -1 || open + 2 > position) return null;
  const close = text.indexOf("}}", open);
  return close !== -1 && close < position ? null : open + 2;
}

function isInsideText(before: string): boolean {
  const quotes = before.replace(/\\./g, "").match(/["']/g) ?? [];
  return quotes.length % 2 === 1;
}

function fieldsAt(path: string, from: number, context: CompletionContext): Completion | null {
  const value = valueAt(path, context.scope);
  if (!isJsonObject(value)) return null;
  const isSteps = path === "steps";
  const options = Object.entries(value).map(([key, child]): Suggestion => {
    const plain = identifier.test(key);
    const step = isSteps ? context.stepNames.get(key) : undefined;
    return {
      label: key,
      // `headers["content-type"]`: the bracket takes the place of the dot already typed.
      insert: plain ? (isSteps ? `${key}.output` : key) : `["${key}"]`,
      detail: step ?? oneLine(isSteps ? (own(child, "output") ?? null) : child, 60),
      help: "",
      kind: isSteps ? "step" : "field",
    };
  });
  return { from, options };
}

/** Reads `a.b[0]["c"]` from the scope. */
export function valueAt(path: string, scope: Scope): JsonValue | undefined {
  const keys = [...path.matchAll(/(?:^|\.)(\w+)|\[(\d+)\]|\["([^"]*)"\]/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  // Safe because the scope is plain data; absent optional names simply are not there.
  let value: JsonValue | undefined = scope as unknown as JsonValue;
  for (const key of keys) value = own(value, key);
  return value;
}

function scopeOptions(context: CompletionContext): Suggestion[] {
  const names: Suggestion[] = Object.entries(scopeNames)
    .filter(([name]) => name in context.scope)
    .map(([name, help]) => ({ label: name, insert: name, detail: "", help, kind: "name" }));
  return [...context.names.map((name): Suggestion => ({ label: name, insert: name, detail: "", help: "", kind: "name" })), ...names];
}

function functionOptions(): Suggestion[] {
  return [...functions, ...specialForms].map(([name, { signature, help }]) => ({
    label: name,
    insert: name,
    detail: signature,
    help,
    kind: "function",
  }));
}

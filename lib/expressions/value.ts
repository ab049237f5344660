import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { ExpressionError } from "./error.ts";

/** What an expression works on: JSON, and `undefined` for "absent" inside an optional chain (`a.?b`). */
export type Value = JsonValue | undefined;

/** One evaluation. `steps` is the work it may still do: loops and long arguments use it up. */
export interface Frame {
  readonly names: Readonly<Record<string, JsonValue | undefined>>;
  readonly extra: JsonObject | undefined;
  readonly locals: Value[];
  steps: number;
}

export type Compiled = (frame: Frame) => Value;

/** What one evaluation may do unless told otherwise: some 50 ms. */
export const defaultMaxSteps = 1_000_000;

/** Uses up part of what an evaluation may do. */
export function charge(frame: Frame, steps: number): void {
  frame.steps -= steps;
  if (frame.steps < 0) throw new ExpressionError("limit", "the expression does too much work: shorten the lists it walks, or split it");
}

/** The kind of a value, in the words shown to people. */
export function kindOf(value: Value): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "an object";
  }
}

/** The longest text an expression may make. */
export const maxTextLength = 10_000_000;

/** Refuses numbers that JSON cannot hold; turns -0 into 0. */
export function finite(value: number): number {
  if (!Number.isFinite(value))
    throw new ExpressionError("not_finite", "the result is not a finite number (division by zero, or too large)");
  return value === 0 ? 0 : value;
}

/** Refuses text that has grown beyond what a run may carry. */
export function bounded(text: string): string {
  if (text.length > maxTextLength) throw new ExpressionError("limit", `the text has grown beyond ${maxTextLength} characters`);
  return text;
}

/** Deep equality of JSON values; values of different kinds are not equal. */
export function equal(a: Value, b: Value, frame: Frame): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    charge(frame, a.length);
    return a.every((item, i) => equal(item, b[i], frame));
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  charge(frame, keys.length);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key], frame));
}

const maxResultNodes = 1_000_000;

/** Refuses a result that is far larger than anything it was made of, which repeating a reference can do. */
export function assertResultSize(value: JsonValue): void {
  let nodes = 0;
  let characters = 0;
  const open: JsonValue[] = [value];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    nodes += 1;
    if (typeof item === "string") characters += item.length;
    else if (Array.isArray(item)) for (const child of item) open.push(child);
    else if (typeof item === "object" && item !== null) for (const key of Object.keys(item)) open.push(item[key] ?? null);
    if (nodes + open.length > maxResultNodes || characters > maxTextLength)
      throw new ExpressionError("limit", "the result of the expression is too large");
  }
}

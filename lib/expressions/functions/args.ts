import { ExpressionError } from "../error.ts";
import { type Frame, kindOf, type Value } from "../value.ts";

/** One function of the closed set. Called as `name(a, b)` or `a.name(b)`. */
export interface ExpressionFunction {
  /** For completion and the reference: `replace(text, from, to)`. */
  signature: string;
  /** One sentence. */
  help: string;
  min: number;
  max: number;
  call(args: Value[], frame: Frame): Value;
}

export type FunctionTable = Record<string, ExpressionFunction>;

function wrong(wanted: string, got: Value): ExpressionError {
  return new ExpressionError("type", `needs ${wanted}, got ${kindOf(got)}`);
}

/** The argument as text; anything else is an error that says what came instead. */
export function text(args: Value[], index: number): string {
  const value = args[index];
  if (typeof value !== "string") throw wrong("text", value);
  return value;
}

/** The argument as a number. */
export function number(args: Value[], index: number): number {
  const value = args[index];
  if (typeof value !== "number") throw wrong("a number", value);
  return value;
}

/** The argument as a whole number. */
export function integer(args: Value[], index: number): number {
  const value = number(args, index);
  if (!Number.isSafeInteger(value)) throw new ExpressionError("type", `needs a whole number, got ${value}`);
  return value;
}

/** The argument as a list. */
export function list(args: Value[], index: number): Exclude<Value, undefined>[] {
  const value = args[index];
  if (!Array.isArray(value)) throw wrong("a list", value);
  return value;
}

/** The argument as an object. */
export function object(args: Value[], index: number): { [key: string]: Exclude<Value, undefined> } {
  const value = args[index];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("an object", value);
  return value;
}

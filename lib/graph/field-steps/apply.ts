import { ExpressionError } from "#lib/expressions/error.ts";
import { normalizeEmail, normalizePhone } from "#lib/expressions/functions/contact.ts";
import { isCountry } from "#lib/expressions/functions/countries.ts";
import { toNumber } from "#lib/expressions/functions/numbers.ts";
import { patternFound, replacePattern } from "#lib/expressions/regex.ts";
import { kindOf } from "#lib/expressions/value.ts";
import type { Evaluate } from "#lib/nodes/runner.ts";
import { assertNever } from "#lib/shared/errors.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { isDisposable } from "./disposable.ts";
import { parseDate } from "./parse-date.ts";
import { Refused } from "./problem.ts";
import type { TransformStep } from "./schema.ts";

/** Whether a value counts as not given: only `default` acts on such. */
export function isEmpty(value: JsonValue): boolean {
  return value === null || (typeof value === "string" && value.trim() === "");
}

/** What became of a value, or which step refused it, the value as it reached that step, and why. */
export type StepsResult = { value: JsonValue; refused: null } | { value: JsonValue; refused: { step: string; reason: string } };

/** Takes a value through its steps, up to the first that refuses it. */
export function applySteps(steps: readonly TransformStep[], start: JsonValue, evaluate: Evaluate): StepsResult {
  let value = start;
  for (const step of steps) {
    try {
      value = isEmpty(value) ? (step.type === "default" ? step.value : value) : applyStep(step, value, evaluate);
    } catch (error) {
      if (error instanceof Refused || error instanceof ExpressionError)
        return { value, refused: { step: step.type, reason: error.message } };
      throw error;
    }
  }
  return { value, refused: null };
}

/** Applies one step to a value that is given. Throws Refused or ExpressionError. */
function applyStep(step: TransformStep, value: JsonValue, evaluate: Evaluate): JsonValue {
  switch (step.type) {
    case "trim":
      return text(value).trim();
    case "lowercase":
      return text(value).toLowerCase();
    case "uppercase":
      return text(value).toUpperCase();
    case "collapse-spaces":
      return text(value).replaceAll(/\s+/gu, " ").trim();
    case "replace":
      return replacePattern(step.pattern, text(value), step.with);
    case "default":
      return value;
    case "to-number":
      return asNumber(value);
    case "to-integer":
      return asInteger(value);
    case "to-boolean":
      return asBoolean(value);
    case "parse-date":
      return parseDate(step, value);
    default:
      return applyCheck(step, value, evaluate);
  }
}

type CheckStep = Extract<
  TransformStep,
  { type: "phone" | "email" | "url" | "enum" | "pattern" | "length" | "range" | "map" | "expression" }
>;

function applyCheck(step: CheckStep, value: JsonValue, evaluate: Evaluate): JsonValue {
  switch (step.type) {
    case "phone":
      return asPhone(text(value), step.country);
    case "email":
      return asEmail(text(value), step.disposable);
    case "url":
      return asUrl(text(value));
    case "enum":
      if (step.values.some((allowed) => allowed === value)) return value;
      throw new Refused(`must be one of ${step.values.slice(0, 10).map(String).join(", ")}${step.values.length > 10 ? ", …" : ""}`);
    case "pattern":
      if (patternFound(step.regex, text(value))) return value;
      throw new Refused(`does not match the pattern ${step.regex}`);
    case "length":
      return within(step, lengthOf(value), value, Array.isArray(value) ? "items" : "characters");
    case "range":
      if (typeof value !== "number") throw new Refused(`must be a number, is ${kindOf(value)}`);
      return within(step, value, value, "");
    case "map":
      return lookedUp(step, value);
    case "expression":
      return evaluate.cel(step.cel, { value });
    default:
      return assertNever(step);
  }
}

function text(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new Refused(`must be text, is ${kindOf(value)}`);
}

function asNumber(value: JsonValue): number {
  if (typeof value === "boolean") throw new Refused("must be a number, is true or false");
  try {
    return toNumber(value);
  } catch {
    throw new Refused("is not a number; write decimals with a point and no thousands separators");
  }
}

function asInteger(value: JsonValue): number {
  const number = asNumber(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Refused(Number.isInteger(number) ? "is too large to be exact" : "is not a whole number");
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  y: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  n: false,
  off: false,
  "0": false,
};

function asBoolean(value: JsonValue): boolean {
  if (typeof value === "boolean") return value;
  const word = typeof value === "object" ? "" : String(value).trim().toLowerCase();
  const found = Object.hasOwn(booleans, word) ? booleans[word] : undefined;
  if (found === undefined) throw new Refused("is neither true nor false (also yes/no, on/off, 1/0)");
  return found;
}

function asPhone(source: string, country: string | undefined): string {
  const number = normalizePhone(source, country !== undefined && isCountry(country) ? country : undefined);
  if (number !== null) return number;
  throw new Refused(
    country === undefined && !source.trim().startsWith("+")
      ? "is not an international phone number (+…); declare its country"
      : "is not a valid phone number",
  );
}

function asEmail(source: string, disposable: "allow" | "reject"): string {
  const address = normalizeEmail(source);
  if (address === null) throw new Refused("is not an e-mail address");
  if (disposable === "reject" && isDisposable(address)) throw new Refused("is a throw-away e-mail address");
  return address;
}

function asUrl(source: string): string {
  const url = URL.parse(source.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) throw new Refused("is not a web address (https://…)");
  return url.href;
}

function lengthOf(value: JsonValue): number {
  return Array.isArray(value) ? value.length : [...text(value)].length;
}

function within(
  limits: { min?: number | undefined; max?: number | undefined },
  measure: number,
  value: JsonValue,
  unit: string,
): JsonValue {
  const suffix = unit ? ` ${unit}` : "";
  if (limits.min !== undefined && measure < limits.min) throw new Refused(`is less than ${limits.min}${suffix}`);
  if (limits.max !== undefined && measure > limits.max) throw new Refused(`is more than ${limits.max}${suffix}`);
  return value;
}

function lookedUp(step: Extract<TransformStep, { type: "map" }>, value: JsonValue): JsonValue {
  const key = typeof value === "object" ? "" : String(value);
  const found = Object.hasOwn(step.table, key) ? step.table[key] : step.else;
  if (found === undefined) throw new Refused("is not in the table");
  return found;
}

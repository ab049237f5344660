import { ExpressionError } from "../error.ts";
import { finite, kindOf, type Value } from "../value.ts";
import { type FunctionTable, integer, list, number } from "./args.ts";

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A number from a number, a numeral or a boolean. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" && numberText.test(value.trim())) return finite(Number(value));
  throw new ExpressionError("type", `needs a number or a numeral, got ${typeof value === "string" ? "other text" : kindOf(value)}`);
}

/** Rounds halves away from zero in decimal, so that 1.005 with 2 digits is 1.01. */
function rounded(value: number, digits: number): number {
  if (digits < 0 || digits > 15) throw new ExpressionError("type", "digits must be between 0 and 15");
  const [mantissa = "0", exponent = "0"] = String(Math.abs(value)).split("e");
  const scaled = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  const [scaledMantissa = "0", scaledExponent = "0"] = String(scaled).split("e");
  return Math.sign(value) * Number(`${scaledMantissa}e${Number(scaledExponent) - digits}`);
}

function numbersOf(args: Value[]): number[] {
  return args.length === 1 && Array.isArray(args[0])
    ? list(args, 0).map((_, i, all) => number(all, i))
    : args.map((_, i) => number(args, i));
}

function extreme(args: Value[], pick: (a: number, b: number) => number): number {
  const numbers = numbersOf(args);
  const [first, ...rest] = numbers;
  if (first === undefined) throw new ExpressionError("type", "the list is empty");
  return rest.reduce((a, b) => pick(a, b), first);
}

function sum(numbers: number[]): number {
  return finite(numbers.reduce((a, b) => a + b, 0));
}

function average(numbers: number[]): number {
  if (numbers.length === 0) throw new ExpressionError("type", "the list is empty");
  return sum(numbers) / numbers.length;
}

function toInteger(value: Value): number {
  const whole = Math.trunc(toNumber(value));
  if (!Number.isSafeInteger(whole)) throw new ExpressionError("not_finite", "the number is too large to be a whole number exactly");
  return whole;
}

/** Functions on numbers. */
export const numberFunctions: FunctionTable = {
  number: { signature: "number(value)", help: "A number from a numeral or a boolean.", min: 1, max: 1, call: (a) => toNumber(a[0]) },
  double: { signature: "double(value)", help: "The same as number.", min: 1, max: 1, call: (a) => toNumber(a[0]) },
  int: { signature: "int(value)", help: "A whole number; decimals are cut off.", min: 1, max: 1, call: (a) => toInteger(a[0]) },
  round: {
    signature: "round(number, digits)",
    help: "Rounded to so many decimals (0 when left out), halves away from zero.",
    min: 1,
    max: 2,
    call: (a) => rounded(number(a, 0), a.length > 1 ? integer(a, 1) : 0),
  },
  floor: { signature: "floor(number)", help: "Rounded down.", min: 1, max: 1, call: (a) => Math.floor(number(a, 0)) },
  ceil: { signature: "ceil(number)", help: "Rounded up.", min: 1, max: 1, call: (a) => Math.ceil(number(a, 0)) },
  abs: { signature: "abs(number)", help: "Without its sign.", min: 1, max: 1, call: (a) => Math.abs(number(a, 0)) },
  min: {
    signature: "min(a, b, …)",
    help: "The smallest of the numbers, or of a list.",
    min: 1,
    max: 16,
    call: (a) => extreme(a, Math.min),
  },
  max: { signature: "max(a, b, …)", help: "The largest of the numbers, or of a list.", min: 1, max: 16, call: (a) => extreme(a, Math.max) },
  sum: { signature: "sum(list)", help: "The sum of a list of numbers.", min: 1, max: 1, call: (a) => sum(numbersOf([list(a, 0)])) },
  average: {
    signature: "average(list)",
    help: "The mean of a list of numbers.",
    min: 1,
    max: 1,
    call: (a) => average(numbersOf([list(a, 0)])),
  },
};

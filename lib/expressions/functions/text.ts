import { ExpressionError } from "../error.ts";
import { extractPattern, maxPatternWork, patternFound, patternWork, replacePattern } from "../regex.ts";
import { bounded, charge, defaultMaxSteps, type Frame, finite, maxTextLength, type Value } from "../value.ts";
import { type FunctionTable, integer, list, text } from "./args.ts";

/** Text of a value inside other text: the table every interpolation uses. */
export function asText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(finite(value));
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === null || value === undefined) {
    throw new ExpressionError("type", 'null cannot be put into text; give a fallback: default(…, "")');
  }
  return bounded(JSON.stringify(value));
}

function replaceAll(source: string, from: string, to: string): string {
  if (from === "") throw new ExpressionError("type", "the text to replace is empty");
  const parts = source.split(from);
  if (source.length + (parts.length - 1) * (to.length - from.length) > maxTextLength) return bounded("".padEnd(maxTextLength + 1));
  return parts.join(to);
}

function between(args: Value[]): string {
  const source = text(args, 0);
  const start = integer(args, 1);
  const end = args.length > 2 ? integer(args, 2) : source.length;
  if (start < 0 || end < start) throw new ExpressionError("type", `no text from ${start} to ${end}`);
  return source.slice(start, end);
}

function joined(args: Value[]): string {
  const parts = list(args, 0).map(asText);
  const separator = args.length > 1 ? text(args, 1) : "";
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0);
  if (length > maxTextLength) bounded("".padEnd(maxTextLength + 1));
  return parts.join(separator);
}

function capitalized(source: string): string {
  const [first = ""] = source;
  return first.toUpperCase() + source.slice(first.length);
}

/** The text a pattern is run on. Loops may run patterns many times: together no more than one may run alone. */
function searched(args: Value[], frame: Frame): string {
  const source = text(args, 0);
  charge(frame, (patternWork(text(args, 1), source) / maxPatternWork) * defaultMaxSteps);
  return source;
}

/** Functions on text. */
export const textFunctions: FunctionTable = {
  lower: { signature: "lower(text)", help: "The text in lower case.", min: 1, max: 1, call: (a) => text(a, 0).toLowerCase() },
  upper: { signature: "upper(text)", help: "The text in upper case.", min: 1, max: 1, call: (a) => text(a, 0).toUpperCase() },
  lowerAscii: { signature: "lowerAscii(text)", help: "The same as lower.", min: 1, max: 1, call: (a) => text(a, 0).toLowerCase() },
  upperAscii: { signature: "upperAscii(text)", help: "The same as upper.", min: 1, max: 1, call: (a) => text(a, 0).toUpperCase() },
  trim: { signature: "trim(text)", help: "The text without spaces at either end.", min: 1, max: 1, call: (a) => text(a, 0).trim() },
  capitalize: {
    signature: "capitalize(text)",
    help: "The first letter in upper case.",
    min: 1,
    max: 1,
    call: (a) => capitalized(text(a, 0)),
  },
  replace: {
    signature: "replace(text, from, to)",
    help: "Every occurrence of one text replaced by another.",
    min: 3,
    max: 3,
    call: (a) => replaceAll(text(a, 0), text(a, 1), text(a, 2)),
  },
  replacePattern: {
    signature: "replacePattern(text, pattern, to)",
    help: "Every match of a regular expression replaced; $1 is its first group.",
    min: 3,
    max: 3,
    call: (a, frame) => bounded(replacePattern(text(a, 1), searched(a, frame), text(a, 2))),
  },
  matches: {
    signature: "matches(text, pattern)",
    help: "Whether a regular expression is found in the text.",
    min: 2,
    max: 2,
    call: (a, frame) => patternFound(text(a, 1), searched(a, frame)),
  },
  extract: {
    signature: "extract(text, pattern)",
    help: "The first group (or the whole match) of a regular expression, or null.",
    min: 2,
    max: 2,
    call: (a, frame) => extractPattern(text(a, 1), searched(a, frame)),
  },
  split: {
    signature: "split(text, separator)",
    help: "The parts of the text as a list.",
    min: 2,
    max: 2,
    call: (a) => text(a, 0).split(text(a, 1)),
  },
  join: { signature: "join(list, separator)", help: "The items of a list as one text.", min: 1, max: 2, call: joined },
  startsWith: {
    signature: "startsWith(text, start)",
    help: "Whether the text starts so.",
    min: 2,
    max: 2,
    call: (a) => text(a, 0).startsWith(text(a, 1)),
  },
  endsWith: {
    signature: "endsWith(text, end)",
    help: "Whether the text ends so.",
    min: 2,
    max: 2,
    call: (a) => text(a, 0).endsWith(text(a, 1)),
  },
  indexOf: {
    signature: "indexOf(text, part)",
    help: "Where the part first starts, or -1.",
    min: 2,
    max: 2,
    call: (a) => text(a, 0).indexOf(text(a, 1)),
  },
  lastIndexOf: {
    signature: "lastIndexOf(text, part)",
    help: "Where the part last starts, or -1.",
    min: 2,
    max: 2,
    call: (a) => text(a, 0).lastIndexOf(text(a, 1)),
  },
  substring: {
    signature: "substring(text, start, end)",
    help: "The text from start up to, not including, end.",
    min: 2,
    max: 3,
    call: between,
  },
  string: { signature: "string(value)", help: "Any value as text; objects and lists as JSON.", min: 1, max: 1, call: (a) => asText(a[0]) },
};

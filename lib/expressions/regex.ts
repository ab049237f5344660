import { RE2JS } from "re2js";
import { ExpressionError } from "./error.ts";
import { Lru } from "./lru.ts";

const maxPatternLength = 1_000;
const compiled = new Lru<string, RE2JS>(500);

/** Compiles a regular expression for RE2, which takes linear time on any text. Throws ExpressionError. */
export function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  if (pattern.length > maxPatternLength) throw new ExpressionError("limit", `the pattern is longer than ${maxPatternLength} characters`);
  try {
    const made = RE2JS.compile(pattern);
    compiled.set(pattern, made);
    return made;
  } catch (error) {
    throw new ExpressionError("syntax", `not a valid pattern: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whether the pattern is found anywhere in the text. */
export function patternFound(pattern: string, text: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

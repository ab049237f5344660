import { RE2JS } from "re2js";
import { toError } from "#lib/shared/errors.ts";
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
    throw new ExpressionError("syntax", `not a valid pattern: ${toError(error).message}`, { cause: error });
  }
}

/** Linear time is text × pattern: this much is about a tenth of a second. */
export const maxPatternWork = 20_000_000;

/** How much work a pattern can be on a text. */
export function patternWork(pattern: string, text: string): number {
  return text.length * compilePattern(pattern).programSize();
}

function subject(pattern: string, text: string): string {
  if (patternWork(pattern, text) > maxPatternWork) throw new ExpressionError("limit", "the text is too long for such a pattern");
  return text;
}

/** Whether the pattern is found anywhere in the text. */
export function patternFound(pattern: string, text: string): boolean {
  return compilePattern(pattern).test(subject(pattern, text));
}

/** The text with every match replaced; `$1` is the first group. */
export function replacePattern(pattern: string, text: string, replacement: string): string {
  try {
    return compilePattern(pattern).matcher(subject(pattern, text)).replaceAll(replacement);
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    throw new ExpressionError("type", `the replacement is not valid: ${toError(error).message}`, { cause: error });
  }
}

/** The first group of the first match, or the whole match when there are no groups; null without a match. */
export function extractPattern(pattern: string, text: string): string | null {
  const matcher = compilePattern(pattern).matcher(subject(pattern, text));
  if (!matcher.find()) return null;
  return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? null;
}

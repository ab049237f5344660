import type { JsonValue } from "#lib/shared/json.ts";

const maxTreeChars = 262_144;
const maxTreeNodes = 4_000;
const maxStringChars = 2_000;
export const headChars = 32_768;

/** Counts values, stopping at `limit`: a payload of a million small values must not be walked to be refused. */
function countNodes(value: JsonValue, limit: number): number {
  let count = 0;
  const stack: JsonValue[] = [value];
  while (stack.length > 0 && count <= limit) {
    const next = stack.pop();
    count += 1;
    if (typeof next === "object" && next !== null) for (const child of Object.values(next)) stack.push(child);
  }
  return count;
}

/** Whether a value is too big to draw as a tree: by size and by number of values. */
export function isTooBigForTree(value: JsonValue, text: string): boolean {
  return text.length > maxTreeChars || countNodes(value, maxTreeNodes) > maxTreeNodes;
}

/** The same value with very long strings cut, for drawing only. */
export function shortenStrings(value: JsonValue): JsonValue {
  if (typeof value === "string") {
    return value.length > maxStringChars ? `${value.slice(0, maxStringChars)}… (${value.length - maxStringChars} more characters)` : value;
  }
  if (Array.isArray(value)) return value.map(shortenStrings);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shortenStrings(child)]));
  }
  return value;
}

export const maxDepth = 100;
export const maxValues = 50_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Looks over the bytes of a JSON text before anything is built from it. JSON.parse itself takes any depth, but what it
 * gives overflows the stack of everything that walks it later.
 */
export function judgeJson(text: Buffer): "too_deep" | "too_many_values" | null {
  // A value takes two bytes at least, so short texts cannot be too much of anything.
  if (text.length <= maxDepth) return null;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case quote:
        at = endOfString(text, at);
        break;
      case openBracket:
      case openBrace:
        depth++;
        values++;
        if (depth > maxDepth) return "too_deep";
        break;
      case closeBracket:
      case closeBrace:
        depth--;
        break;
      case comma:
      case colon:
        values++;
        break;
    }
    if (values > maxValues) return "too_many_values";
  }
  return null;
}

/** The closing quote, found by the engine's own search; a quote after an odd number of backslashes is none. */
function endOfString(text: Buffer, start: number): number {
  for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

/** Two attempts in the address of a run: `1-3`. Null: none, or not of this step. */
export function readPair(text: string | null, numbers: readonly number[]): [number, number] | null {
  const [, left, right] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  const pair: [number, number] = [Number(left), Number(right)];
  return pair.every((no) => numbers.includes(no)) ? pair : null;
}

export function writePair([left, right]: readonly [number, number]): string {
  return `${left}-${right}`;
}

/** Comparing line by line costs the square of the lines. */
const maxChars = 100_000;

/** What is compared, as lines: a body that is JSON line by line, too. */
export function comparedText(recorded: object | null): string {
  if (recorded === null) return "null";
  const text = JSON.stringify(
    recorded,
    (name, value: unknown) => (name === "body" && typeof value === "string" ? parsed(value) : value),
    2,
  );
  return text.length > maxChars ? `${text.slice(0, maxChars)}\n… cut here: too long to compare` : text;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

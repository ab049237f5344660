/** The longest that may be waited: as long as a run may be given to end. */
export const maxWaitMs = 34_560_000_000;

const units: readonly [number, string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** In the largest unit that gives a whole number: 90 minutes are 90 min. */
export function inWords(ms: number): string {
  const [size, unit] = units.find(([size]) => ms >= size && ms % size === 0) ?? [1, "ms"];
  return `${ms / size} ${unit}`;
}

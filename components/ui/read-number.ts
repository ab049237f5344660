export interface NumberRange {
  min: number;
  max: number;
  whole?: boolean;
  /** What an empty field means. Without it the field must say something. */
  empty?: number | null;
}

const grouped = new Intl.NumberFormat("en-GB");

/** Reads a typed number. It is never moved into its range: what lies outside gets a sentence that names the range. */
export function readNumber(text: string, range: NumberRange): { value: number | null } | { error: string } {
  const { min, max, whole = false, empty } = range;
  if (text.trim() === "") return empty === undefined ? { error: "Enter a number" } : { value: empty };
  const value = Number(text);
  if (!Number.isFinite(value)) return { error: "Enter a number" };
  if (whole && !Number.isInteger(value)) return { error: "Enter a whole number" };
  if (value < min || value > max) return { error: `From ${grouped.format(min)} to ${grouped.format(max)}` };
  return { value };
}

/** The sentence of a reading, or null. */
export function errorOf(reading: { value: unknown } | { error: string }): string | null {
  return "error" in reading ? reading.error : null;
}

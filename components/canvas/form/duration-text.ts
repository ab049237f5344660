import { formatCount } from "#components/ui/format.ts";

export const durationUnits = [
  { value: "ms", label: "ms", ms: 1 },
  { value: "s", label: "seconds", ms: 1_000 },
  { value: "min", label: "minutes", ms: 60_000 },
  { value: "h", label: "hours", ms: 3_600_000 },
  { value: "d", label: "days", ms: 86_400_000 },
] as const;

export type DurationUnit = (typeof durationUnits)[number]["value"];

/** The largest unit a duration is a whole number of. */
export function unitOf(ms: number): DurationUnit {
  return durationUnits.findLast((unit) => ms >= unit.ms && ms % unit.ms === 0)?.value ?? "ms";
}

export function msOf(unit: DurationUnit): number {
  return durationUnits.find((candidate) => candidate.value === unit)?.ms ?? 1;
}

/** "5 s", "1 min", "30 d": a duration in its best unit, exact. */
export function durationText(ms: number): string {
  const unit = unitOf(ms);
  return `${ms / msOf(unit)} ${unit}`;
}

/** The allowed range in words: "1 s – 1 h", "at least 100 ms". */
export function rangeText(min: number | null, max: number | null, write: (value: number) => string = formatCount): string | null {
  if (min === null && max === null) return null;
  if (min === null) return `at most ${write(max ?? 0)}`;
  return max === null ? `at least ${write(min)}` : `${write(min)} – ${write(max)}`;
}

/** What a person typed as a number; the text itself when it is none, so that nothing typed is lost or rewritten. */
export function readNumber(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

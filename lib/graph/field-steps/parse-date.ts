import { isoUtc, readFormat } from "#lib/expressions/functions/dates.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { Refused } from "./problem.ts";
import type { TransformStep } from "./schema.ts";

type DateStep = Extract<TransformStep, { type: "parse-date" }>;

/** Reads a date in one of the declared formats. Two formats that read it as different days make it ambiguous, which is refused. */
export function parseDate(step: DateStep, value: JsonValue): string {
  if (typeof value !== "string" && typeof value !== "number") throw new Refused("must be text");
  const source = String(value).trim();
  const readings = new Map<string, string>();
  for (const format of step.formats) {
    const read = readFormat(source, format, step.zone);
    if (read) readings.set(step.to === "iso-date" ? read.toISODate() : isoUtc(read), format);
  }
  const [first, ...others] = readings.keys();
  if (first === undefined) throw new Refused(`is not a date in the format ${step.formats.join(" or ")}`);
  if (others.length > 0) throw new Refused(`can be read as different dates by the formats ${[...readings.values()].join(" and ")}`);
  return first;
}

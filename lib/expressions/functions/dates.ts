import { DateTime, type DurationLikeObject, IANAZone } from "luxon";
import { ExpressionError } from "../error.ts";
import type { Value } from "../value.ts";
import { type FunctionTable, number, text } from "./args.ts";

/** A zone luxon knows, or an error that names it. */
export function checkedZone(zone: string): string {
  if (zone === "UTC" || zone === "utc" || IANAZone.isValidZone(zone)) return zone;
  throw new ExpressionError("type", `"${zone}" is not a time zone (try Europe/Paris)`);
}

/** Reads an ISO 8601 date or time; without an offset it is taken in the zone. Null when it is none. */
export function readIso(source: string, zone = "UTC"): DateTime<true> | null {
  const read = DateTime.fromISO(source.trim(), { zone, setZone: false });
  return isValid(read) ? read : null;
}

function isValid(at: DateTime): at is DateTime<true> {
  return at.isValid;
}

/** Reads a date in exactly one luxon format. Null when it does not fit. */
export function readFormat(source: string, format: string, zone: string): DateTime<true> | null {
  const read =
    format === "ISO"
      ? DateTime.fromISO(source, { zone })
      : format === "unix"
        ? readUnix(source)
        : DateTime.fromFormat(source, format, { zone, locale: "en" });
  return read !== null && isValid(read) ? read : null;
}

function readUnix(source: string): DateTime | null {
  return /^-?\d{1,11}$/.test(source) ? DateTime.fromSeconds(Number(source), { zone: "UTC" }) : null;
}

/** The one way times are written: UTC, to the millisecond. */
export function isoUtc(at: DateTime<true>): string {
  return at.toUTC().toISO();
}

function moment(args: Value[], index: number, zone = "UTC"): DateTime<true> {
  const source = args[index];
  if (typeof source === "number") {
    const at = DateTime.fromMillis(source, { zone });
    if (isValid(at)) return at;
  }
  const read = readIso(text(args, index), zone);
  if (!read) throw new ExpressionError("type", 'not an ISO 8601 date; read others with parseDate(text, "dd/MM/yyyy")');
  return read;
}

function zoneOf(args: Value[], index: number): string {
  return args.length > index ? checkedZone(text(args, index)) : "UTC";
}

function parseDate(args: Value[]): string {
  const source = text(args, 0);
  const format = text(args, 1);
  const read = readFormat(source, format, zoneOf(args, 2));
  if (!read) throw new ExpressionError("type", `the text is not a date in the format ${format}`);
  return isoUtc(read);
}

type Unit = keyof DurationLikeObject;

function shifted(unit: Unit) {
  return (args: Value[]): string => isoUtc(valid(moment(args, 0, zoneOf(args, 2)).plus({ [unit]: number(args, 1) })));
}

function valid(at: DateTime): DateTime<true> {
  if (!isValid(at)) throw new ExpressionError("type", "the date is out of range");
  return at;
}

const units: readonly Unit[] = ["milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years"];

function difference(args: Value[]): number {
  const unit = units.find((name) => name === text(args, 2));
  if (!unit) throw new ExpressionError("type", `the unit must be one of ${units.join(", ")}`);
  return moment(args, 0).diff(moment(args, 1), unit).as(unit);
}

const shiftHelp = "The time moved by so many; the zone matters across clock changes.";

/** Functions on dates. Dates are ISO 8601 texts; results are in UTC. */
export const dateFunctions: FunctionTable = {
  parseDate: {
    signature: "parseDate(text, format, zone)",
    help: "A time read in a luxon format, as ISO 8601 in UTC.",
    min: 2,
    max: 3,
    call: parseDate,
  },
  timestamp: {
    signature: "timestamp(date)",
    help: "An ISO 8601 date or Unix milliseconds as ISO 8601 in UTC.",
    min: 1,
    max: 1,
    call: (a) => isoUtc(moment(a, 0)),
  },
  isoDateTime: { signature: "isoDateTime(date)", help: "The same as timestamp.", min: 1, max: 1, call: (a) => isoUtc(moment(a, 0)) },
  isoDate: {
    signature: "isoDate(date, zone)",
    help: "The day alone: 2026-03-04.",
    min: 1,
    max: 2,
    call: (a) => moment(a, 0, zoneOf(a, 1)).setZone(zoneOf(a, 1)).toISODate(),
  },
  formatDate: {
    signature: "formatDate(date, format, zone)",
    help: "The date written in a luxon format.",
    min: 2,
    max: 3,
    call: (a) => moment(a, 0, zoneOf(a, 2)).setZone(zoneOf(a, 2)).setLocale("en").toFormat(text(a, 1)),
  },
  addMinutes: { signature: "addMinutes(date, count)", help: shiftHelp, min: 2, max: 3, call: shifted("minutes") },
  addHours: { signature: "addHours(date, count)", help: shiftHelp, min: 2, max: 3, call: shifted("hours") },
  addDays: { signature: "addDays(date, count, zone)", help: shiftHelp, min: 2, max: 3, call: shifted("days") },
  addMonths: { signature: "addMonths(date, count, zone)", help: shiftHelp, min: 2, max: 3, call: shifted("months") },
  addYears: { signature: "addYears(date, count, zone)", help: shiftHelp, min: 2, max: 3, call: shifted("years") },
  dateDiff: { signature: "dateDiff(a, b, unit)", help: 'a minus b in a unit such as "days".', min: 3, max: 3, call: difference },
  unixMs: { signature: "unixMs(date)", help: "Milliseconds since 1970.", min: 1, max: 1, call: (a) => moment(a, 0).toMillis() },
};

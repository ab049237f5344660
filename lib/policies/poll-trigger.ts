import type { Random } from "#lib/shared/clock.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";
import { maxRetryAfterMs } from "./retry.ts";

const jitter = 0.1;
/** The longest a poll that fails is put off, unless it is usual to wait longer. */
const longestBackOffMs = 3_600_000;
/** Beyond it the wait has long reached its maximum, and the power stays far from overflow. */
const maxExponent = 30;
/** So many failures in a row are told to people as an issue. */
export const tellAfterFailures = 5;
/** What one turn holds in memory at most; a single page may hold more. The rest is read in the next turn. */
const maxTurnItems = 2_000;
const maxTurnLength = 4_000_000;
/** A list that has not ended by then is taken for one that never does. */
export const maxSweepPages = 10_000;

/**
 * How far a list has been read. A sweep goes through all its pages, in as many turns as it takes; the cursor moves when it has
 * come to the end, for only then is nothing left behind it, whatever the order of the list.
 */
export interface Sweep {
  /** The frozen request of all its pages; null: not made yet. */
  request: JsonValue | null;
  /** What its request knows as `cursor`. */
  cursor: JsonValue;
  /** The page that comes now; null: the first. */
  next: string | number | null;
  pages: number;
  /** The cursor as it will be; null: as it was. */
  reached: JsonValue;
  startedAtMs: number;
}

/** Whether what a turn has read is to be stored before more is. */
export function isTurnOver(turn: { pages: number; items: number; length: number }, maxPages: number): boolean {
  return turn.pages >= maxPages || turn.items >= maxTurnItems || turn.length >= maxTurnLength;
}

/** When to poll again, in whole ms. A server's hint is never undercut, nor is the author's interval by anything but a tenth. */
export function nextPollInMs(a: { everyMs: number; failures: number; retryAfterMs?: number | undefined; random: Random }): number {
  const factor = 2 ** Math.min(Math.max(a.failures - 1, 0), maxExponent);
  const interval = a.failures === 0 ? a.everyMs : Math.min(Math.max(longestBackOffMs, a.everyMs), a.everyMs * factor);
  const varied = Math.round(interval * (1 - jitter + 2 * jitter * a.random()));
  if (a.retryAfterMs === undefined || a.retryAfterMs <= 0) return varied;
  const asked = Math.ceil(Math.min(a.retryAfterMs, maxRetryAfterMs));
  return Math.max(varied, asked + Math.floor(a.random() * jitter * Math.min(asked, 60_000)));
}

/**
 * Whether a sweep goes on from where a failure met it. The address of a later page may have lapsed, and would fail for ever: then,
 * or after some tries, the sweep begins anew at the cursor, and what it has stored is known by its keys.
 */
export function keepsPlace(failureClass: FailureClass, failures: number): boolean {
  if (failureClass === "throttled") return true;
  return failureClass !== "permanent" && failureClass !== "validation" && failures < 3;
}

const number = /^-?\d+(\.\d+)?$/;
const wholeNumber = /^\d{1,40}$/;
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** The later of two cursors: times by the moment they name, numbers by their size, other texts letter by letter. */
export function laterCursor(a: JsonValue, b: JsonValue): JsonValue {
  if (a === null || a === "") return b === "" ? null : b;
  if (b === null || b === "") return a;
  return compareCursors(a, b) >= 0 ? a : b;
}

function compareCursors(a: JsonValue, b: JsonValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [one, other] = [String(a), String(b)];
  if (wholeNumber.test(one) && wholeNumber.test(other)) return Number(BigInt(one) - BigInt(other));
  if (number.test(one) && number.test(other)) return Number(one) - Number(other);
  if (time.test(one) && time.test(other)) {
    const apart = Date.parse(one) - Date.parse(other);
    // Digits past the millisecond are beyond Date, and tell only texts of one form apart.
    if (apart !== 0 || one.length !== other.length) return apart;
  }
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Below it a number counts as seconds: as milliseconds it would be of 1973. */
const firstMs = 1e11;

/**
 * The cursor as a request is to know it: so much before where the list was read to. Null: it is no time, so that nothing can be
 * said to be before it.
 */
export function cursorBefore(cursor: JsonValue, overlapMs: number): { cursor: JsonValue } | null {
  if (overlapMs === 0 || cursor === null) return { cursor };
  if (typeof cursor === "number" || (typeof cursor === "string" && wholeNumber.test(cursor))) {
    const value = Number(cursor);
    if (!Number.isFinite(value) || value < 1e8) return null;
    const earlier = value < firstMs ? value - Math.ceil(overlapMs / 1_000) : value - overlapMs;
    return { cursor: typeof cursor === "string" ? String(earlier) : earlier };
  }
  if (typeof cursor !== "string" || !time.test(cursor)) return null;
  const earlier = new Date(Date.parse(cursor) - overlapMs).toISOString();
  // In the form it came in: some remotes take no fractions of a second.
  return { cursor: cursor.includes(".") ? earlier : earlier.replace(/\.\d+Z$/, "Z") };
}

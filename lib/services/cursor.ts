import { AppError } from "#lib/shared/errors.ts";
import { isId } from "#lib/shared/ids.ts";
import type { Page } from "#lib/shared/api-types.ts";

/*
 * Lists go by keyset: a cursor names the last row that was shown. It is opaque to callers and holds nothing secret; a forged one
 * can only choose another place in a list that is bounded to the caller's workspace anyway.
 */

function malformed(): AppError {
  return new AppError("invalid_input", "the cursor is not one this list gave out", { problems: [{ path: "cursor", message: "unknown cursor" }] });
}

/** Reads the cursor of a list that is sorted by id alone. */
export function decodeIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!isId(cursor)) throw malformed();
  return cursor;
}

/** A place in a list that is sorted by time and then id. */
export interface TimeCursor {
  at: string;
  id: string;
}

/** Writes a place in a list sorted by time and id. */
export function encodeTimeCursor(place: TimeCursor): string {
  return `${Date.parse(place.at)}_${place.id}`;
}

/** Reads what `encodeTimeCursor` wrote. */
export function decodeTimeCursor(cursor: string | undefined): TimeCursor | null {
  if (cursor === undefined) return null;
  const [, ms, id] = /^(\d{1,15})_(.+)$/.exec(cursor) ?? [];
  if (ms === undefined || id === undefined || !isId(id)) throw malformed();
  return { at: new Date(Number(ms)).toISOString(), id };
}

/** Cuts a page out of rows that were asked for with `limit + 1`. */
export function toPage<Row, Item>(rows: Row[], limit: number, item: (row: Row) => Item, cursor: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), nextCursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}

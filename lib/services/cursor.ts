import type { Page } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isId } from "#lib/shared/ids.ts";

/*
 * Lists go by keyset: a cursor names the last row that was shown. It is opaque to callers and holds nothing secret; a forged one
 * can only choose another place in a list that is bounded to the caller's workspace anyway.
 */

/** What a list answers to a cursor it did not give out. */
export function unknownCursor(): AppError {
  return new AppError("invalid_input", "the cursor is not one this list gave out", {
    problems: [{ path: "cursor", message: "unknown cursor" }],
  });
}

/** Reads the cursor of a list that is sorted by id alone. */
export function decodeIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!isId(cursor)) throw unknownCursor();
  return cursor;
}

/** Cuts a page out of rows that were asked for with `limit + 1`. */
export function toPage<Row, Item>(rows: Row[], limit: number, item: (row: Row) => Item, cursor: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), nextCursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}

import { newId } from "#lib/shared/ids.ts";

/** The smallest id that can have been made at a time: ids start with it, so a range of times is a range of ids. */
export function firstIdAt(time: string | undefined): string | undefined {
  return time === undefined ? undefined : `${newId(Math.max(0, Date.parse(time))).slice(0, 13)}-0000-0000-000000000000`;
}

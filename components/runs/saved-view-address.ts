import type { SavedViewView } from "#lib/shared/saved-view-types.ts";

/** Names the open view in the address. */
export const savedParam = "saved";

/** What belongs to one look only, and not to the filters. */
const passing = [savedParam, "peek", "live"];

/** The filters of an address, in one order, so that two can be compared. */
export function filtersOf(search: URLSearchParams | string): string {
  const filters = new URLSearchParams(search);
  for (const name of passing) filters.delete(name);
  filters.sort();
  return filters.toString();
}

export function addressOf({ id, search }: Pick<SavedViewView, "id" | "search">): string {
  return `/runs?${search === "" ? "" : `${search}&`}${savedParam}=${id}`;
}

/** Whether the filters are others than those that were saved. */
export function isEdited(view: Pick<SavedViewView, "search">, filters: string): boolean {
  return filtersOf(view.search) !== filters;
}

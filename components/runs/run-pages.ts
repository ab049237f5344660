import type { InfiniteData } from "@tanstack/react-query";
import type { Query } from "#components/api/client.ts";
import type { Page, RunSummary } from "#lib/shared/api-types.ts";

export interface RunPage extends Page<RunSummary> {
  /** What was asked for first: a relative range is counted once, or the list would lose rows at its end. */
  query: Query;
  /** Rows that came up while the list was on the screen: counted, not shown, until somebody asks for them. */
  held: string[];
}

export type RunPages = InfiniteData<RunPage, string | null>;

/** Of a page fetched again, what would move the rows a person is looking at. Ids sort by time. */
export function heldOf(items: readonly RunSummary[], before: RunPages | undefined): string[] {
  if (!before) return [];
  const known = new Set<string>();
  for (const page of before.pages) for (const run of page.items) if (!page.held.includes(run.id)) known.add(run.id);
  if (known.size === 0) return [];
  const oldest = [...known].sort()[0] ?? "";
  return items.filter((run) => !known.has(run.id) && run.id > oldest).map((run) => run.id);
}

/** The newest moment on the screen: fetching again goes no further, so that new runs do not push old ones off the page. */
export function pinOf(pages: RunPages | undefined): string | null {
  const newest = pages?.pages[0]?.items[0];
  if (!newest) return null;
  // The server cuts by the time an id starts with, which may differ a little from `createdAt`.
  return new Date(Number.parseInt(newest.id.slice(0, 8) + newest.id.slice(9, 13), 16) + 1).toISOString();
}

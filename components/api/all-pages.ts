import type { Page } from "#lib/shared/api-types.ts";
import { api, type Query } from "./client.ts";

const maxPages = 10;

/** Follows the cursor to the end: for short lists that are filtered in the browser. */
export async function allPages<T>(path: string, query: Query, signal: AbortSignal): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const answer: Page<T> = await api.get<Page<T>>(path, { signal, query: { ...query, cursor } });
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) return { items, complete: true };
  }
  return { items, complete: false };
}

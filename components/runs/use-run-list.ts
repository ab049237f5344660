"use client";

import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api } from "#components/api/client.ts";
import { announce } from "#components/ui/live-region.ts";
import type { Page, RunSummary } from "#lib/shared/api-types.ts";
import { type RunFilter, toRunsQuery } from "./filter.ts";

const pageSize = 50;

interface RunPage extends Page<RunSummary> {
  /** Rows that came up while the list was on the screen: counted, not shown, until somebody asks for them. */
  held: string[];
}

type RunPages = InfiniteData<RunPage, string | null>;

/** Of a page fetched again, what would move the rows a person is looking at. Ids sort by time. */
function heldOf(items: readonly RunSummary[], before: RunPages | undefined): string[] {
  if (!before) return [];
  const known = new Set<string>();
  for (const page of before.pages) for (const run of page.items) if (!page.held.includes(run.id)) known.add(run.id);
  if (known.size === 0) return [];
  const oldest = [...known].sort()[0] ?? "";
  return items.filter((run) => !known.has(run.id) && run.id > oldest).map((run) => run.id);
}

/** The newest moment on the screen: fetching again goes no further, so that new runs do not push old ones off the page. */
function pinOf(pages: RunPages | undefined): string | null {
  const newest = pages?.pages[0]?.items[0];
  if (!newest) return null;
  // The server cuts by the time an id starts with, which may differ a little from `createdAt`.
  return new Date(Number.parseInt(newest.id.slice(0, 8) + newest.id.slice(9, 13), 16) + 1).toISOString();
}

/** Runs by pages, kept fresh in place; what is new waits behind a count. */
export function useRunList(filter: RunFilter) {
  const client = useQueryClient();
  const [epoch, setEpoch] = useState(0);
  const filterKey = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a relative range is counted anew for each filter and each "show new runs"
  const query = useMemo(() => toRunsQuery(filter, Date.now()), [filterKey, epoch]);
  const queryKey = useMemo(() => ["runs", "list", filterKey, epoch] as const, [filterKey, epoch]);

  const list = useInfiniteQuery<RunPage, Error, RunPages, typeof queryKey, string | null>({
    queryKey,
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      const before = client.getQueryData<RunPages>(queryKey);
      const again = before?.pageParams.includes(pageParam) ?? false;
      const to = again || pageParam !== null ? (pinOf(before) ?? query.to) : query.to;
      const page = await api.get<Page<RunSummary>>("/runs", { signal, query: { ...query, to, cursor: pageParam, limit: pageSize } });
      return { ...page, held: again ? heldOf(page.items, before) : [] };
    },
    getNextPageParam: (page) => page.nextCursor,
  });
  const pin = pinOf(list.data);
  const head = useQuery({
    queryKey: ["runs", "new", filterKey, epoch, pin],
    queryFn: ({ signal }) => api.get<Page<RunSummary>>("/runs", { signal, query: { ...query, from: pin, limit: pageSize } }),
    enabled: pin !== null && query.to === null,
  });

  const rows = useMemo(
    () => list.data?.pages.flatMap((page) => page.items.filter((run) => !page.held.includes(run.id))) ?? [],
    [list.data],
  );
  const fresh = useMemo(() => {
    const shown = new Set(rows.map((run) => run.id));
    const ids = [...(head.data?.items.map((run) => run.id) ?? []), ...(list.data?.pages.flatMap((page) => page.held) ?? [])];
    return new Set(ids.filter((id) => !shown.has(id))).size;
  }, [rows, head.data, list.data]);

  useEffect(() => {
    if (fresh > 0) announce(`${fresh} new ${fresh === 1 ? "run" : "runs"}`);
  }, [fresh]);

  const showNew = () => setEpoch(epoch + 1);
  return { list, rows, fresh, freshIsMore: head.data?.nextCursor != null, showNew };
}

"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api } from "#components/api/client.ts";
import { announce } from "#components/ui/live-region.ts";
import type { Page, RunSummary } from "#lib/shared/api-types.ts";
import { type RunFilter, toRunsQuery } from "./filter.ts";
import { heldOf, pinOf, type RunPage, type RunPages } from "./run-pages.ts";

const pageSize = 50;

/** Runs by pages, kept fresh in place; what is new waits behind a count. Not `live`: nothing is asked for again by itself. */
export function useRunList(filter: RunFilter, live: boolean) {
  const client = useQueryClient();
  const queryKey = ["runs", "list", filter] as const;
  const list = useInfiniteQuery<RunPage, Error, RunPages, typeof queryKey, string | null>({
    queryKey,
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      const before = client.getQueryData<RunPages>(queryKey);
      const query = before?.pages[0]?.query ?? toRunsQuery(filter, Date.now());
      const again = before?.pageParams.includes(pageParam) ?? false;
      // A range of starts or ends is no range of ids: there nothing can be pinned.
      const to = query.by ? query.to : (pinOf(before) ?? query.to);
      const page = await api.get<Page<RunSummary>>("/runs", { signal, query: { ...query, to, cursor: pageParam, limit: pageSize } });
      return { ...page, query, held: again ? heldOf(page.items, before) : [] };
    },
    getNextPageParam: (page) => page.nextCursor,
    enabled: live || client.getQueryData(queryKey) === undefined,
  });
  const pin = pinOf(list.data);
  const asked = list.data?.pages[0]?.query;
  const head = useQuery({
    queryKey: ["runs", "new", filter, pin],
    queryFn: ({ signal }) => api.get<Page<RunSummary>>("/runs", { signal, query: { ...asked, from: pin, limit: pageSize } }),
    enabled: live && pin !== null && !asked?.to && !asked?.by,
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

  const showNew = () => void client.resetQueries({ queryKey });
  /** What the rows shown were found by, with an end that nothing new passes. */
  const fixed = asked && { ...asked, to: asked.by ? asked.to : (asked.to ?? pin) };
  return { list, rows, fresh, freshIsMore: head.data?.nextCursor != null, showNew, fixed };
}

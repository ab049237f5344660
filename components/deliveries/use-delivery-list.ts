"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { announce } from "#components/ui/live-region.ts";
import { type DeliveryScope, deliveriesQuery, newestQuery } from "./queries.ts";

/** Deliveries by pages; new ones wait behind a count, so that no row moves under the pointer. */
export function useDeliveryList(scope: DeliveryScope) {
  const client = useQueryClient();
  const list = useInfiniteQuery(deliveriesQuery(scope));
  const newest = useQuery({ ...newestQuery(scope), enabled: list.data !== undefined });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  // Ids sort by time.
  const head = rows[0]?.id ?? "";
  const fresh = newest.data?.items.filter((event) => event.id > head).length ?? 0;
  const isFirst = list.data !== undefined && rows.length === 0 && fresh > 0;
  const { refetch } = list;

  useEffect(() => {
    if (fresh > 0) announce(`${fresh} new ${fresh === 1 ? "delivery" : "deliveries"}`);
  }, [fresh]);
  // Who looks at an empty list waits for the first one: nothing can move.
  useEffect(() => {
    if (isFirst) void refetch();
  }, [isFirst, refetch]);

  return { list, rows, fresh, showNew: () => void client.resetQueries({ queryKey: deliveriesQuery(scope).queryKey }) };
}

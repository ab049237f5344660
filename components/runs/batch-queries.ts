import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, urlOf } from "#components/api/client.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { BulkOrder } from "#lib/shared/bulk-order.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { RunBatchDetail, RunBatchPlan, RunBatchView } from "#lib/shared/run-batch-types.ts";
import type { BulkTarget } from "./bulk.ts";

const listLimit = 50;
/** The stream tells of every step; this is the net below it, and counts what ends between two steps. */
const progressPollMs = 1_500;

export interface BatchWish {
  action: RunBatchView["action"];
  version: RunBatchView["version"];
  keys: RunBatchView["keys"];
  ratePerSecond: number;
  order: BulkOrder;
}

/** What is chosen, as the API takes it: the fields of GET /runs as they stand in an address. */
export function selectionOf(target: BulkTarget): JsonObject {
  if (target.kind === "rows") return { runIds: target.rows.map((run) => run.id) };
  const { searchParams } = new URL(urlOf("/runs", target.query), window.location.origin);
  return { filter: Object.fromEntries(searchParams) };
}

function isLive(batch: Pick<RunBatchView, "finishedAt" | "status" | "progress">): boolean {
  return batch.finishedAt === null && (batch.status === "running" || batch.progress.running > 0);
}

export function batchPlanQuery(target: BulkTarget, wish: BatchWish) {
  const selection = selectionOf(target);
  return queryOptions({
    queryKey: ["run-batch-plan", selection, wish],
    queryFn: ({ signal }) => api.post<RunBatchPlan>("/run-batches/plan", { selection, ...wish }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export const batchesQuery = infiniteQueryOptions({
  queryKey: ["run-batches"],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) =>
    api.get<Page<RunBatchView>>("/run-batches", { signal, query: { cursor: pageParam, limit: listLimit } }),
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some(isLive)) ? progressPollMs : false),
});

export function batchQuery(id: string) {
  return queryOptions({
    queryKey: ["run-batch", id],
    queryFn: ({ signal }) => api.get<RunBatchDetail>(`/run-batches/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isLive(query.state.data) ? progressPollMs : false),
  });
}

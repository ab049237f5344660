import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { BulkOrder } from "#lib/shared/bulk-order.ts";
import type { RedriveDetail, RedrivePlan, RedriveView } from "#lib/shared/inbox-types.ts";
import type { BulkEdit } from "./bulk-edit.ts";

/** Which open items a bulk redrive takes; what is left out does not narrow. */
export interface RedriveFilter {
  issueIds?: string[];
  deadLetterIds?: string[];
  /** Part of the error. */
  q?: string;
  /** The items an earlier bulk act was done to. */
  redriveId?: string;
}

const listLimit = 50;
/** The stream tells of every step; this is the net below it, and counts what ends between two steps. */
const progressPollMs = 1_500;

export function isLive(redrive: Pick<RedriveView, "status" | "progress">): boolean {
  return redrive.status === "running" || redrive.progress.running > 0;
}

export interface PlanWish {
  ratePerSecond: number;
  order: BulkOrder;
  edit: BulkEdit | null;
}

export function redrivePlanQuery(filter: RedriveFilter, { ratePerSecond, order, edit }: PlanWish) {
  const body = { filter, ratePerSecond, order, ...(edit === null ? {} : { edit }) };
  return queryOptions({
    queryKey: ["redrive-plan", body],
    queryFn: ({ signal }) => api.post<RedrivePlan>("/redrives/plan", body, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What a discard would take out of the inbox. */
export function discardPlanQuery(filter: RedriveFilter) {
  return queryOptions({
    queryKey: ["redrive-plan", filter, "discard"],
    queryFn: ({ signal }) => api.post<RedrivePlan>("/redrives/plan", { act: "discard", filter }, { signal }),
  });
}

export const redrivesQuery = infiniteQueryOptions({
  queryKey: ["redrives"],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) => api.get<Page<RedriveView>>("/redrives", { signal, query: { cursor: pageParam, limit: listLimit } }),
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some(isLive)) ? progressPollMs : false),
});

export function redriveQuery(id: string) {
  return queryOptions({
    queryKey: ["redrive", id],
    queryFn: ({ signal }) => api.get<RedriveDetail>(`/redrives/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isLive(query.state.data) ? progressPollMs : false),
  });
}

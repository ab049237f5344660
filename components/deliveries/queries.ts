import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { EventView, Page, WorkflowView } from "#lib/shared/api-types.ts";

/** Events hold whole bodies, so pages are small. */
const pageSize = 25;
/** More new ones than this are shown as "10+". */
export const maxFresh = 10;
/** A refused delivery starts no run, so the stream says nothing of it. */
const freshPollMs = 10_000;

/** What to list: of which triggers, and which outcome. */
export interface DeliveryScope {
  triggerIds: readonly string[];
  outcome: EventView["outcome"] | null;
}

const toQuery = ({ triggerIds, outcome }: DeliveryScope) => ({ triggerId: triggerIds, outcome });

export const workflowQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ["workflow", workflowId],
    queryFn: ({ signal }) => api.get<WorkflowView>(`/workflows/${workflowId}`, { signal }),
  });

/** Deliveries never change: the list stays as it is until somebody asks for the new ones. */
export const deliveriesQuery = (scope: DeliveryScope) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", scope],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<EventView>>("/events", { signal, query: { ...toQuery(scope), cursor: pageParam, limit: pageSize } }),
    getNextPageParam: (page: Page<EventView>) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The newest ones, to be compared with what the list shows. `events` is a key the stream touches. */
export const newestQuery = (scope: DeliveryScope) =>
  queryOptions({
    queryKey: ["events", "newest", scope],
    queryFn: ({ signal }) => api.get<Page<EventView>>("/events", { signal, query: { ...toQuery(scope), limit: maxFresh } }),
    refetchInterval: freshPollMs,
  });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ["deliveries", "one", id],
    queryFn: ({ signal }) => api.get<EventView>(`/events/${id}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

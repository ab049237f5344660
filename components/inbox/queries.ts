import { type InfiniteData, infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral } from "nuqs";
import { api } from "#components/api/client.ts";
import type { MemberView, Page } from "#lib/shared/api-types.ts";
import type {
  DeadLetterSummary,
  DeadLetterView,
  InboxStorage,
  IssueCounts,
  IssuePresence,
  IssueSummary,
  IssueView,
  Presence,
} from "#lib/shared/inbox-types.ts";
import type { IssueStatus } from "#lib/shared/statuses.ts";

export const inboxTabs = ["review", "mine", "snoozed", "resolved", "all"] as const;
export type InboxTab = (typeof inboxTabs)[number];

export const inboxSorts = ["lastSeen", "firstSeen", "count", "trend"] as const;

/** What the address of the inbox says. */
export const inboxParsers = {
  tab: parseAsStringLiteral(inboxTabs).withDefault("review"),
  q: parseAsString.withDefault(""),
  workflow: parseAsString,
  /** `none`: only what nobody looks after. */
  assignee: parseAsStringLiteral(["none"]),
  sort: parseAsStringLiteral(inboxSorts).withDefault("lastSeen"),
};

export interface InboxFilter {
  tab: InboxTab;
  q: string;
  workflow: string | null;
  assignee: "none" | null;
  sort: (typeof inboxSorts)[number];
}

/** Whether more than the tab narrows the list. */
export function isNarrowed({ tab, q, workflow, assignee }: InboxFilter): boolean {
  return q.trim() !== "" || workflow !== null || (assignee !== null && tab !== "mine");
}

export const noFilter = { q: null, workflow: null, assignee: null };

/** Which statuses a tab shows; all of them when it names none. */
export const tabStatuses: Record<InboxTab, readonly IssueStatus[]> = {
  review: ["open", "acknowledged"],
  mine: ["open", "acknowledged"],
  snoozed: ["snoozed"],
  resolved: ["resolved"],
  all: [],
};

const pageSize = 100;
const redrivingPollMs = 2_000;

export const issueCountsQuery = queryOptions({
  queryKey: ["issue-counts"],
  queryFn: ({ signal }) => api.get<IssueCounts>("/issues/counts", { signal }),
});

export type IssuePages = InfiniteData<Page<IssueSummary>, string | null>;

export function issuesQuery({ tab, q, workflow, assignee, sort }: InboxFilter) {
  return infiniteQueryOptions({
    queryKey: ["issues", { tab, q, workflow, assignee, sort }],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<IssueSummary>>("/issues", {
        signal,
        query: {
          status: tabStatuses[tab],
          // What resolved itself and still has items needs somebody, too.
          withLeftItems: tab === "review" || tab === "mine" ? "true" : null,
          assignee: tab === "mine" ? "me" : assignee,
          q: q.trim(),
          workflowId: workflow,
          sort,
          cursor: pageParam,
          limit: pageSize,
        },
      }),
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function issuesOf(pages: Pick<IssuePages, "pages"> | undefined): IssueSummary[] {
  return pages?.pages.flatMap((page) => page.items) ?? [];
}

/** The issue that was seen last, whatever has become of it. */
export const lastIssueQuery = queryOptions({
  queryKey: ["issues", "last"],
  queryFn: ({ signal }) => api.get<Page<IssueSummary>>("/issues", { signal, query: { sort: "lastSeen", limit: 1 } }),
});

/** Issues that another one may be merged into. */
export function mergeTargetsQuery(workflowId: string) {
  return queryOptions({
    queryKey: ["issues", "of", workflowId],
    queryFn: ({ signal }) => api.get<Page<IssueSummary>>("/issues", { signal, query: { workflowId, limit: pageSize } }),
  });
}

export function issueQuery(issueId: string) {
  return queryOptions({
    queryKey: ["issue", issueId],
    queryFn: ({ signal }) => api.get<IssueView>(`/issues/${issueId}`, { signal }),
  });
}

const storageMs = 60_000;

export const storageQuery = queryOptions({
  queryKey: ["inbox-storage"],
  queryFn: ({ signal }) => api.get<InboxStorage>("/issues/storage", { signal }),
  staleTime: storageMs,
});

/** Half of what the server waits before it takes somebody for gone, less a little. */
const presenceMs = 20_000;

/** Says what one is at, and hears who else is there. Only while the page is seen: who looks elsewhere is not here. */
export function presenceQuery(issueId: string, doing: Presence) {
  return queryOptions({
    queryKey: ["presence", issueId, doing],
    queryFn: () => api.post<IssuePresence>(`/issues/${issueId}/presence`, { doing }),
    refetchInterval: presenceMs,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

/** Says that one has left. */
export function leaveIssue(issueId: string): void {
  const gone: Presence = "gone";
  // Unheard, it is known soon all the same.
  api.post(`/issues/${issueId}/presence`, { doing: gone }, { keepalive: true }).catch(() => undefined);
}

export interface ItemFilter {
  issueId: string;
  shows: "open" | "all";
  /** Part of the error. */
  error: string;
}

/** One page of the items of an issue. */
export function deadLettersQuery({ issueId, shows, error }: ItemFilter, cursor: string | null) {
  return queryOptions({
    queryKey: ["dead-letters", { issueId, shows, error }, cursor],
    queryFn: ({ signal }) =>
      api.get<Page<DeadLetterSummary>>("/dead-letters", {
        signal,
        query: { issueId, status: shows === "open" ? ["open", "redriving"] : null, q: error.trim(), cursor, limit: pageSize },
      }),
    refetchInterval: (query) => (query.state.data?.items.some((item) => item.status === "redriving") ? redrivingPollMs : false),
  });
}

export function deadLetterQuery(deadLetterId: string) {
  return queryOptions({
    queryKey: ["dead-letter", deadLetterId],
    queryFn: ({ signal }) => api.get<DeadLetterView>(`/dead-letters/${deadLetterId}`, { signal }),
    refetchInterval: (query) => (query.state.data?.status === "redriving" ? redrivingPollMs : false),
  });
}

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: ({ signal }) => api.get<Page<MemberView>>("/members", { signal }),
});

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { parseAsStringLiteral } from "nuqs";
import { api } from "#components/api/client.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { ApprovalCounts, ApprovalView } from "#lib/shared/approval-types.ts";
import type { ApprovalStatus } from "#lib/shared/statuses.ts";

export const approvalTabs = ["mine", "waiting", "decided", "all"] as const;
export type ApprovalTab = (typeof approvalTabs)[number];

/** What the address of the list says. */
export const tabParser = parseAsStringLiteral(approvalTabs).withDefault("mine");

/** Which statuses a tab shows; all of them when it names none. */
const tabStatuses: Record<ApprovalTab, readonly ApprovalStatus[]> = {
  mine: ["pending"],
  waiting: ["pending"],
  decided: ["approved", "rejected"],
  all: [],
};

export const approvalCountsQuery = queryOptions({
  queryKey: ["approval-counts"],
  queryFn: ({ signal }) => api.get<ApprovalCounts>("/approvals/counts", { signal }),
});

/** One page of a tab; more is asked for with its cursor. */
export function approvalPage(tab: ApprovalTab, cursor: string | null, signal: AbortSignal) {
  const query = { status: tabStatuses[tab], mine: tab === "mine" ? "true" : null, cursor, limit: 50 };
  return api.get<Page<ApprovalView>>("/approvals", { signal, query });
}

export function approvalQuery(approvalId: string) {
  return queryOptions({
    queryKey: ["approval", approvalId],
    queryFn: ({ signal }) => api.get<ApprovalView>(`/approvals/${approvalId}`, { signal }),
  });
}

/** Decides. What comes back is the decision that is stored, which may be another person's. */
export function useDecision(approvalId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { decision: "approved" | "rejected"; comment: string }) =>
      api.post<ApprovalView>(`/approvals/${approvalId}/decide`, input),
    onSuccess: async (approval) => {
      client.setQueryData(approvalQuery(approvalId).queryKey, approval);
      await Promise.all(["approvals", "approval-counts"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
    // It was too late, perhaps: the page shows how it stands.
    onError: () => client.invalidateQueries({ queryKey: ["approval", approvalId] }),
  });
}

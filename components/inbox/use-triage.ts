"use client";

import { useQueryClient } from "@tanstack/react-query";
import { api, messageOf } from "#components/api/client.ts";
import { toast } from "#components/ui/toast.tsx";
import type { IssueSummary, IssueView, Page } from "#lib/shared/api-types.ts";
import type { IssueStatus } from "#lib/shared/statuses.ts";
import { type InboxFilter, issueQuery, issuesQuery, tabStatuses } from "./queries.ts";

export interface IssueChange {
  status?: IssueStatus;
  assigneeId?: string | null;
  snooze?: { until: string };
  note?: string;
}

const done: Record<IssueStatus, string> = {
  open: "Issue reopened",
  acknowledged: "Issue acknowledged",
  snoozed: "Issue snoozed",
  resolved: "Issue resolved",
  ignored: "Issue ignored",
};

/** What undoes a change. A snooze cannot be set back to its old time, so it is opened instead. */
function undoOf(issue: IssueSummary, change: IssueChange): IssueChange {
  return {
    ...(change.status ? { status: issue.status === "snoozed" ? "open" : issue.status } : {}),
    ...(change.assigneeId === undefined ? {} : { assigneeId: issue.assignee?.id ?? null }),
  };
}

/** Triage of issues: shown at once, told in a toast with Undo. `onLeft` is called when the issue leaves the list on the screen. */
export function useTriage(filter: InboxFilter, onLeft: (issue: IssueSummary) => void) {
  const client = useQueryClient();
  const refetch = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["issues"] }),
      client.invalidateQueries({ queryKey: ["issue"] }),
      client.invalidateQueries({ queryKey: ["issue-counts"] }),
    ]);
  const send = async (issue: IssueSummary, change: IssueChange) => {
    try {
      await api.patch(`/issues/${issue.id}`, change);
    } catch (error) {
      toast.error("The issue could not be changed", { description: messageOf(error) });
    }
    await refetch();
  };

  const showAtOnce = (issue: IssueSummary, status: IssueStatus) => {
    const statuses = tabStatuses[filter.tab];
    const leaves = statuses.length > 0 && !statuses.includes(status);
    const listKey = issuesQuery(filter).queryKey;
    if (leaves) onLeft(issue);
    client.setQueryData<Page<IssueSummary>>(listKey, (page) =>
      page
        ? {
            ...page,
            items: leaves
              ? page.items.filter((each) => each.id !== issue.id)
              : page.items.map((each) => (each.id === issue.id ? { ...each, status } : each)),
          }
        : page,
    );
    client.setQueryData<IssueView>(issueQuery(issue.id).queryKey, (view) => (view ? { ...view, status } : view));
  };

  return (issue: IssueSummary, change: IssueChange) => {
    if (change.status) showAtOnce(issue, change.status);
    const title = change.status ? done[change.status] : change.note === undefined ? "Assignee changed" : "Note saved";
    const undo = change.note === undefined ? { label: "Undo", onClick: () => void send(issue, undoOf(issue, change)) } : null;
    toast.success(title, undo ? { action: undo } : {});
    void send(issue, change);
  };
}

export type Triage = ReturnType<typeof useTriage>;

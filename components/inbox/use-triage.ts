"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { IssueSummary, IssueView } from "#lib/shared/inbox-types.ts";
import type { IssueStatus } from "#lib/shared/statuses.ts";
import { type InboxFilter, type IssuePages, issueQuery, issuesQuery, tabStatuses } from "./queries.ts";

/** When a snoozed issue comes back: at whichever of these comes first. */
export interface Snooze {
  until?: string;
  moreItems?: number;
  ratePerMinute?: number;
  newerVersion?: true;
  reason?: string;
}

export interface IssueChange {
  status?: IssueStatus;
  assigneeId?: string | null;
  snooze?: Snooze;
  inNextVersion?: true;
  note?: string;
}

const done: Record<IssueStatus, string> = {
  open: "reopened",
  acknowledged: "acknowledged",
  snoozed: "snoozed",
  resolved: "resolved",
  ignored: "ignored",
};

function titleOf(count: number, change: IssueChange): string {
  const what = count === 1 ? "Issue" : plural(count, "issue");
  if (change.status) return `${what} ${done[change.status]}${change.inNextVersion ? " in the next version" : ""}`;
  if (change.note !== undefined) return "Note saved";
  return `${what} ${change.assigneeId === null ? "assigned to nobody" : "assigned"}`;
}

/** The list as it will be: without what leaves the tab, the rest with its new status. */
function changed(pages: IssuePages, ids: ReadonlySet<string>, status: IssueStatus, leaves: boolean): IssuePages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: leaves
        ? page.items.filter((each) => !ids.has(each.id))
        : page.items.map((each) => (ids.has(each.id) ? { ...each, status } : each)),
    })),
  };
}

/** Triage of issues: shown at once, told in a toast with Undo. `onLeft` is called when issues leave the list on the screen. */
export function useTriage(filter: InboxFilter, onLeft: (issues: readonly IssueSummary[]) => void) {
  const client = useQueryClient();
  const last = useRef<{ toastId: string; undo: () => void } | null>(null);
  const refetch = () => Promise.all(["issues", "issue", "issue-counts"].map((key) => client.invalidateQueries({ queryKey: [key] })));

  const showAtOnce = (issues: readonly IssueSummary[], status: IssueStatus) => {
    const statuses = tabStatuses[filter.tab];
    const leaves = statuses.length > 0 && !statuses.includes(status);
    const ids = new Set(issues.map((issue) => issue.id));
    if (leaves) onLeft(issues);
    client.setQueryData<IssuePages>(issuesQuery(filter).queryKey, (pages) => (pages ? changed(pages, ids, status, leaves) : pages));
    for (const id of ids) client.setQueryData<IssueView>(issueQuery(id).queryKey, (view) => (view ? { ...view, status } : view));
  };

  const undo = async (issues: readonly IssueSummary[]) => {
    const results = await Promise.allSettled(issues.map((issue) => api.post(`/issues/${issue.id}/undo`)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) toast.error("Not everything could be undone", { description: messageOf(failed.reason) });
    else toast.success("Undone");
    await refetch();
  };

  const act = async (issues: readonly IssueSummary[], change: IssueChange) => {
    const [first] = issues;
    if (!first) return;
    if (change.status) showAtOnce(issues, change.status);
    try {
      if (issues.length === 1) await api.patch(`/issues/${first.id}`, change);
      else await api.patch("/issues", { ids: issues.map((issue) => issue.id), ...change });
      const takeBack = () => {
        last.current = null;
        void undo(issues);
      };
      const toastId = toast.success(titleOf(issues.length, change), { action: { label: "Undo", onClick: takeBack } });
      last.current = { toastId, undo: takeBack };
    } catch (error) {
      toast.error(issues.length === 1 ? "The issue could not be changed" : "None of the issues was changed", {
        description: messageOf(error),
      });
    }
    await refetch();
  };

  return {
    act: (issues: readonly IssueSummary[], change: IssueChange) => void act(issues, change),
    undoLast: () => {
      if (!last.current) return;
      toast.close(last.current.toastId);
      last.current.undo();
    },
  };
}

export type Triage = ReturnType<typeof useTriage>;

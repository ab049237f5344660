"use client";

import { useQueryClient } from "@tanstack/react-query";
import type { RefObject } from "react";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import { usePlace } from "./place.tsx";
import { type InboxFilter, type IssuePages, issuesOf, issuesQuery } from "./queries.ts";

/** Moving through the list: the right pane follows the focus. */
export function useChoose(filter: InboxFilter, list: RefObject<HTMLUListElement | null>) {
  const client = useQueryClient();
  const { open, latest } = usePlace();
  const items = () => issuesOf(client.getQueryData<IssuePages>(issuesQuery(filter).queryKey));
  const go = (issue: IssueSummary | undefined) => {
    if (!issue) return;
    open(issue.id, null, "replace");
    const link = list.current?.querySelector<HTMLElement>(`[data-row="${issue.id}"] [data-row-link]`);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  };
  return {
    current: () => items().find((each) => each.id === latest()),
    move: (by: number) => {
      const all = items();
      const index = all.findIndex((each) => each.id === latest());
      go(index === -1 ? all[0] : all[Math.min(all.length - 1, Math.max(0, index + by))]);
    },
    /** Called while the issues are still listed: the next one takes the place of the open one, or the one before when it was the last. */
    after: (issues: readonly IssueSummary[]) => {
      const leaving = new Set(issues.map((issue) => issue.id));
      const openId = latest();
      // What is open and stays listed stays open.
      if (openId === null || !leaving.has(openId)) return;
      const all = items();
      const index = all.findIndex((each) => each.id === openId);
      const stays = (each: IssueSummary) => !leaving.has(each.id);
      const next = all.slice(index + 1).find(stays) ?? all.slice(0, Math.max(0, index)).findLast(stays);
      if (next) go(next);
      else open(null, null, "replace");
    },
  };
}

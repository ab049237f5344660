"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type RefObject, useEffect, useRef } from "react";
import type { IssueSummary } from "#lib/shared/api-types.ts";
import { type InboxFilter, type IssuePages, issuesOf, issuesQuery } from "./queries.ts";

const ofOneIssue = ["issue", "item", "pane", "view", "attempt", "items", "error"];

/** The address of an issue (and an item) that keeps tab, search and sort. */
export function useHref() {
  const pathname = usePathname();
  const search = useSearchParams();
  return (issueId: string | null, itemId?: string) => {
    const next = new URLSearchParams(search);
    for (const key of ofOneIssue) next.delete(key);
    if (issueId) next.set("issue", issueId);
    if (itemId) next.set("item", itemId);
    const text = next.toString();
    return text === "" ? pathname : `${pathname}?${text}`;
  };
}

/** Moving through the list: the right pane follows the focus. */
export function useChoose(
  filter: InboxFilter,
  issueId: string | null,
  list: RefObject<HTMLUListElement | null>,
  hrefOf: ReturnType<typeof useHref>,
) {
  const client = useQueryClient();
  const router = useRouter();
  // Where the last key went: the address follows it a moment later, and the next key must not wait for that.
  const at = useRef(issueId);
  useEffect(() => {
    at.current = issueId;
  }, [issueId]);
  const items = () => issuesOf(client.getQueryData<IssuePages>(issuesQuery(filter).queryKey));
  const go = (issue: IssueSummary | undefined) => {
    if (!issue) return;
    at.current = issue.id;
    router.replace(hrefOf(issue.id), { scroll: false });
    const link = list.current?.querySelector<HTMLElement>(`[data-row="${issue.id}"] [data-row-link]`);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  };
  return {
    current: () => items().find((each) => each.id === at.current),
    open: (id: string) => router.replace(hrefOf(id), { scroll: false }),
    move: (by: number) => {
      const all = items();
      const index = all.findIndex((each) => each.id === at.current);
      go(index === -1 ? all[0] : all[Math.min(all.length - 1, Math.max(0, index + by))]);
    },
    /** Called while the issues are still listed: the next one takes the place of the open one, or the one before when it was the last. */
    after: (issues: readonly IssueSummary[]) => {
      const leaving = new Set(issues.map((issue) => issue.id));
      // What is open and stays listed stays open.
      if (issueId === null || !leaving.has(issueId)) return;
      const all = items();
      const index = all.findIndex((each) => each.id === issueId);
      const stays = (each: IssueSummary) => !leaving.has(each.id);
      const next = all.slice(index + 1).find(stays) ?? all.slice(0, Math.max(0, index)).findLast(stays);
      if (next) go(next);
      else router.replace(hrefOf(null), { scroll: false });
    },
  };
}

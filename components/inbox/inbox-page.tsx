"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, ListRestart, Search } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { parseAsString, useQueryState, useQueryStates } from "nuqs";
import { type RefObject, useEffect, useRef, useState } from "react";
import { workflowsQuery } from "#components/api/workflows.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { InputWithIcon } from "#components/ui/input.tsx";
import { Pill } from "#components/ui/pill.tsx";
import { Select } from "#components/ui/select.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import type { IssueSummary } from "#lib/shared/api-types.ts";
import { IssueDetail, NothingChosen } from "./issue-detail.tsx";
import { IssueList } from "./issue-list.tsx";
import { type InboxFilter, type InboxTab, inboxParsers, issueCountsQuery, issuesQuery } from "./queries.ts";
import { useTriage } from "./use-triage.ts";

const typingMs = 300;

/** Two panes: the issues, and the one that is chosen. On a phone the one or the other. */
export function InboxPage() {
  const [filter] = useQueryStates(inboxParsers);
  const [issueId] = useQueryState("issue", parseAsString);
  const [itemId] = useQueryState("item", parseAsString);
  const list = useRef<HTMLUListElement>(null);
  const hrefOf = useHref();
  const choose = useChoose(filter, issueId, list, hrefOf);
  const triage = useTriage(filter, (issue) => choose.after(issue));
  return (
    <div className="md:grid md:h-shell md:grid-cols-[20rem_minmax(0,1fr)] xl:grid-cols-[25rem_minmax(0,1fr)]">
      <section aria-label="Issues" className={cn("flex min-h-0 flex-col md:border-r", issueId && "hidden md:flex")}>
        <ListHead filter={filter} />
        <div className="min-h-0 flex-1 md:overflow-y-auto">
          <IssueList filter={filter} selected={issueId} hrefOf={hrefOf} list={list} />
        </div>
      </section>
      <section aria-label="Issue" className={cn("min-h-0 md:overflow-y-auto", issueId ? null : "hidden md:block")}>
        {issueId ? (
          <>
            <h1 className="sr-only md:hidden">Inbox</h1>
            <Link href={hrefOf(null)} className="mx-3 mt-2 inline-flex h-8 items-center gap-1 rounded text-fg-muted md:hidden">
              <ArrowLeft aria-hidden className="size-4" /> Inbox
            </Link>
            <IssueDetail key={issueId} issueId={issueId} itemId={itemId} triage={triage} hrefOf={hrefOf} />
          </>
        ) : (
          <NothingChosen filter={filter} />
        )}
      </section>
    </div>
  );
}

/** The address of an issue (and an item) that keeps tab, search and sort. */
function useHref() {
  const pathname = usePathname();
  const search = useSearchParams();
  return (issueId: string | null, itemId?: string) => {
    const next = new URLSearchParams(search);
    for (const key of ["issue", "item", "pane", "view", "attempt", "items", "error"]) next.delete(key);
    if (issueId) next.set("issue", issueId);
    if (itemId) next.set("item", itemId);
    const text = next.toString();
    return text === "" ? pathname : `${pathname}?${text}`;
  };
}

/** Moving through the list: the right pane follows the focus. */
function useChoose(
  filter: InboxFilter,
  issueId: string | null,
  list: RefObject<HTMLUListElement | null>,
  hrefOf: ReturnType<typeof useHref>,
) {
  const client = useQueryClient();
  const router = useRouter();
  const items = () => client.getQueryData(issuesQuery(filter).queryKey)?.items ?? [];
  const go = (issue: IssueSummary | undefined) => {
    if (!issue) return;
    router.replace(hrefOf(issue.id), { scroll: false });
    const link = list.current?.querySelector<HTMLElement>(`[data-row="${issue.id}"] [data-row-link]`);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  };
  const move = (by: number) => {
    const all = items();
    const index = all.findIndex((each) => each.id === issueId);
    go(index === -1 ? all[0] : all[Math.min(all.length - 1, Math.max(0, index + by))]);
  };
  useShortcuts("Inbox", [
    { keys: "j", label: "Next issue", run: () => move(1) },
    { keys: "k", label: "Previous issue", run: () => move(-1) },
  ]);
  return {
    /** Called while the issue is still listed: the next one takes its place, or the one before when it was the last. */
    after: (issue: IssueSummary) => {
      const all = items();
      const index = all.findIndex((each) => each.id === issue.id);
      const next = all[index + 1] ?? all[index - 1];
      if (next) go(next);
      else router.replace(hrefOf(null), { scroll: false });
    },
  };
}

const tabLabels: Record<InboxTab, string> = { review: "For review", mine: "Mine", snoozed: "Snoozed", resolved: "Resolved", all: "All" };

const sortOptions = [
  { value: "lastSeen", label: "Last seen" },
  { value: "firstSeen", label: "First seen" },
  { value: "count", label: "Most items" },
] as const;

function ListHead({ filter }: { filter: InboxFilter }) {
  const [, setFilter] = useQueryStates(inboxParsers);
  const counts = useQuery(issueCountsQuery);
  const tabs = (["review", "mine", "snoozed", "resolved", "all"] as const).map((value) => ({
    value,
    label: tabLabels[value],
    // Zeros, and the sum of everything, would only take room.
    count: value === "all" ? undefined : counts.data?.[value] || undefined,
  }));
  return (
    <header>
      <div className="flex items-center justify-between gap-2 px-4 pt-5 pb-2">
        <h1 className="font-semibold text-xl">Inbox</h1>
        <ButtonLink href="/inbox/redrives" variant="ghost" size="sm" icon={<ListRestart aria-hidden />}>
          Bulk redrives
        </ButtonLink>
      </div>
      <Tabs label="Inbox" listClassName="gap-3.5" items={tabs} value={filter.tab} onValueChange={(tab) => void setFilter({ tab })} />
      <div className="flex flex-wrap gap-2 border-b px-4 py-2">
        <SearchField />
        <Select
          aria-label="Sort by"
          className="w-32"
          options={sortOptions}
          value={filter.sort}
          onValueChange={(sort) => void setFilter({ sort })}
        />
        <WorkflowPill filter={filter} />
      </div>
    </header>
  );
}

function WorkflowPill({ filter }: { filter: InboxFilter }) {
  const [, setFilter] = useQueryStates(inboxParsers);
  const workflows = useQuery({ ...workflowsQuery, enabled: filter.workflow !== null });
  if (filter.workflow === null) return null;
  return (
    <Pill removeLabel="Every workflow" onRemove={() => void setFilter({ workflow: null })}>
      {workflows.data?.items.find((workflow) => workflow.id === filter.workflow)?.name ?? "One workflow"}
    </Pill>
  );
}

function SearchField() {
  const [{ q }, setFilter] = useQueryStates(inboxParsers);
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => void setFilter({ q: text || null }), typingMs);
    return () => clearTimeout(timer);
  }, [text, q, setFilter]);
  return (
    <InputWithIcon
      type="search"
      aria-label="Search issues"
      placeholder="Search"
      icon={<Search />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      className="min-w-32 flex-1"
    />
  );
}

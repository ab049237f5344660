"use client";

import { useQuery } from "@tanstack/react-query";
import { BellOff, Flame, Inbox, RotateCcw, Search } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import type { RefObject } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount, sentence } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { issueLooks } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IssueSummary } from "#lib/shared/api-types.ts";
import { type InboxFilter, type InboxTab, inboxParsers, issuesQuery } from "./queries.ts";

export interface IssueListProps {
  filter: InboxFilter;
  selected: string | null;
  hrefOf: (issueId: string) => string;
  list: RefObject<HTMLUListElement | null>;
}

/** The left pane: one entry for each cause of failure. */
export function IssueList({ filter, selected, hrefOf, list }: IssueListProps) {
  const issues = useQuery(issuesQuery(filter));
  if (issues.isPending) return <SkeletonRows label="Loading issues" />;
  if (!issues.data) {
    return (
      <ErrorState
        title="The inbox could not be loaded"
        error={issues.error}
        onRetry={() => void issues.refetch()}
        retrying={issues.isFetching}
      />
    );
  }
  if (issues.data.items.length === 0) return <NothingHere filter={filter} />;
  return (
    <ul ref={list} aria-label="Issues">
      {issues.data.items.map((issue) => (
        <li key={issue.id} data-row={issue.id}>
          <IssueRow issue={issue} selected={issue.id === selected} href={hrefOf(issue.id)} />
        </li>
      ))}
    </ul>
  );
}

function IssueRow({ issue, selected, href }: { issue: IssueSummary; selected: boolean; href: string }) {
  const look = issueLooks[issue.status];
  return (
    <Link
      href={href}
      scroll={false}
      prefetch={false}
      data-row-link
      aria-current={selected || undefined}
      onKeyDown={(event) => {
        // The chosen issue is on the screen already: Enter goes into it.
        if (event.key !== "Enter" || !selected) return;
        event.preventDefault();
        document.querySelector<HTMLElement>("article button")?.focus();
      }}
      className={cn("focus-inset block border-b px-4 py-2.5 hover:bg-subtle", selected && "bg-accent-tint hover:bg-accent-tint")}
    >
      <span className="flex items-start gap-2">
        <StatusIcon look={look} className="mt-0.5" />
        <span className="line-clamp-2 min-w-0 flex-1 font-medium">
          {sentence(issue.title)}
          <span className="sr-only">, {look.label}</span>
        </span>
        {issue.assignee ? <Initials name={issue.assignee.name} /> : null}
        <span className="shrink-0 rounded bg-muted px-1.5 text-fg-muted text-sm tabular-nums leading-5">
          {formatCount(issue.openCount)}
          <span className="sr-only"> open items</span>
        </span>
      </span>
      <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 pl-5.5 text-fg-muted text-sm">
        <span className="min-w-0 truncate">
          {issue.workflowName} › {issue.nodeName}
        </span>
        <Time at={issue.lastSeenAt} className="text-fg-subtle" />
        <IssueFlags issue={issue} />
      </span>
    </Link>
  );
}

function Initials({ name }: { name: string }) {
  const letters = name
    .split(/\s+/)
    .map((word) => word.slice(0, 1).toUpperCase())
    .slice(0, 2)
    .join("");
  return (
    <span
      title={name}
      className="flex size-5 shrink-0 items-center justify-center rounded-full bg-muted font-semibold text-[9px] text-fg-muted"
    >
      <span aria-hidden>{letters}</span>
      <span className="sr-only">Assigned to {name}</span>
    </span>
  );
}

/** What the system adds by itself: came back after it was resolved, far above its usual rate. */
export function IssueFlags({ issue }: { issue: IssueSummary }) {
  return (
    <>
      {issue.regressed ? (
        <Badge tone="rose" title="It came back after it was resolved">
          <RotateCcw aria-hidden /> Regressed
        </Badge>
      ) : null}
      {issue.escalating ? (
        <Badge tone="amber" title="It happens far more often than usual">
          <Flame aria-hidden /> Escalating
        </Badge>
      ) : null}
      {issue.critical ? null : (
        <Badge title="Of a step that is not critical: it is counted, and notifies nobody">
          <BellOff aria-hidden /> Not critical
        </Badge>
      )}
    </>
  );
}

const emptyTitles: Record<InboxTab, string> = {
  review: "Nothing is waiting",
  mine: "Nothing is assigned to you",
  snoozed: "Nothing is snoozed",
  resolved: "Nothing was resolved yet",
  all: "Nothing has failed yet",
};

function NothingHere({ filter }: { filter: InboxFilter }) {
  const [, setFilter] = useQueryStates(inboxParsers);
  if (filter.q !== "" || filter.workflow !== null) {
    return (
      <EmptyState
        icon={<Search />}
        title="No issue matches"
        actions={<Button onClick={() => void setFilter({ q: null, workflow: null })}>Clear filters</Button>}
      >
        Nothing in this tab has these words or belongs to this workflow.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Inbox />}
      title={emptyTitles[filter.tab]}
      actions={filter.tab === "review" ? <ButtonLink href="/sandbox">Make something fail</ButtonLink> : null}
    >
      {filter.tab === "review" ? "Steps that fail for good wait here with their data, until somebody redrives or discards them." : null}
    </EmptyState>
  );
}

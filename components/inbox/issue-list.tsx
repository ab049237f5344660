"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { BellOff, Flame, Inbox, RotateCcw, Search, Sprout } from "lucide-react";
import { useQueryStates } from "nuqs";
import type { RefObject } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount, sentence } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { issueLooks } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import { arrivalWords, isItemless, isOngoing, placeWords, versionWords } from "./issue-words.ts";
import { PlaceLink } from "./place.tsx";
import { type InboxFilter, type InboxTab, inboxParsers, isNarrowed, issuesOf, issuesQuery, lastIssueQuery, noFilter } from "./queries.ts";

export interface IssueListProps {
  filter: InboxFilter;
  selected: string | null;
  list: RefObject<HTMLUListElement | null>;
  isMarked: (issueId: string) => boolean;
  /** All issues up to the one that was marked last, when Shift was held. */
  onMark: (issue: IssueSummary, listed: readonly IssueSummary[] | null) => void;
  onMove: (by: number) => void;
}

/** The left pane: one entry for each cause of failure. */
export function IssueList({ filter, selected, list, isMarked, onMark, onMove }: IssueListProps) {
  const issues = useInfiniteQuery(issuesQuery(filter));
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
  const rows = issuesOf(issues.data);
  if (rows.length === 0) return <NothingHere filter={filter} />;
  return (
    <>
      <ul ref={list} aria-label="Issues">
        {rows.map((issue) => (
          // Rows away from the screen are not laid out: a long list stays smooth.
          <li key={issue.id} data-row={issue.id} className="[contain-intrinsic-size:auto_82px] [content-visibility:auto]">
            <IssueRow
              issue={issue}
              selected={issue.id === selected}
              marked={isMarked(issue.id)}
              onMark={(withShift) => onMark(issue, withShift ? rows : null)}
              onMove={onMove}
            />
          </li>
        ))}
      </ul>
      {issues.hasNextPage ? (
        <p className="flex justify-center py-3">
          <Button size="sm" loading={issues.isFetchingNextPage} onClick={() => void issues.fetchNextPage()}>
            Show more
          </Button>
        </p>
      ) : null}
    </>
  );
}

interface IssueRowProps {
  issue: IssueSummary;
  selected: boolean;
  marked: boolean;
  onMark: (withShift: boolean) => void;
  onMove: (by: number) => void;
}

function IssueRow({ issue, selected, marked, onMark, onMove }: IssueRowProps) {
  return (
    <div
      className={cn(
        "group relative border-b hover:bg-subtle",
        (selected || marked) && "bg-accent-tint hover:bg-accent-tint",
        selected && "shadow-[inset_2px_0_0_var(--accent)]",
      )}
    >
      <span className="absolute top-3 left-4 z-10 flex size-3.5 items-center justify-center">
        <StatusIcon
          look={issueLooks[issue.status]}
          className={cn("group-hover:invisible group-focus-within:invisible", marked && "invisible")}
        />
        <span className={cn("absolute opacity-0 group-hover:opacity-100 group-focus-within:opacity-100", marked && "opacity-100")}>
          <Checkbox aria-label={`Select ${sentence(issue.title)}`} checked={marked} onCheckedChange={(_, withShift) => onMark(withShift)} />
        </span>
      </span>
      <IssueLink issue={issue} selected={selected} onMove={onMove} />
    </div>
  );
}

function IssueLink({ issue, selected, onMove }: Omit<IssueRowProps, "marked" | "onMark">) {
  return (
    <PlaceLink
      issueId={issue.id}
      data-row-link
      aria-current={selected || undefined}
      onKeyDown={(event) => {
        // In the list alone: elsewhere these keys scroll.
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          onMove(event.key === "ArrowDown" ? 1 : -1);
        }
        // The chosen issue is on the screen already: Enter goes into it.
        if (event.key !== "Enter" || !selected) return;
        event.preventDefault();
        document.querySelector<HTMLElement>("article button")?.focus();
      }}
      className="focus-inset block py-2.5 pr-4 pl-9.5"
    >
      <span className="flex items-start gap-2">
        <span className="line-clamp-2 min-w-0 flex-1 font-medium">
          {sentence(issue.title)}
          <span className="sr-only">, {issueLooks[issue.status].label}</span>
        </span>
        {issue.assignee ? <Initials name={issue.assignee.name} /> : null}
        <span className="shrink-0 rounded bg-muted px-1.5 text-fg-muted text-sm tabular-nums leading-5">
          {formatCount(isItemless(issue) ? issue.count : issue.openCount)}
          <span className="sr-only">{isItemless(issue) ? " times" : " open items"}</span>
        </span>
      </span>
      <span className="mt-0.5 flex items-center gap-2 text-fg-muted text-sm">
        <span className="min-w-0 flex-1 truncate">{placeWords(issue)}</span>
        {isItemless(issue) ? null : <Sparkline byHour={issue.arrivals} words={arrivalWords(issue)} />}
      </span>
      <span className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-fg-subtle text-sm">
        <span>
          {isOngoing(issue) ? "Opened " : null}
          <Time at={isOngoing(issue) ? issue.openedAt : issue.lastSeenAt} />
          {isOld(issue) && !isOngoing(issue) ? (
            <>
              , first <Time at={issue.firstSeenAt} />
            </>
          ) : null}
        </span>
        <span>{versionWords(issue)}</span>
        <IssueFlags issue={issue} />
      </span>
    </PlaceLink>
  );
}

const noticeableMs = 60_000;

/** Whether it was first seen noticeably before it was last. */
function isOld({ firstSeenAt, lastSeenAt }: IssueSummary): boolean {
  return Date.parse(lastSeenAt) - Date.parse(firstSeenAt) > noticeableMs;
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
        <Badge tone="amber" title={isHealthKind(issue.type) ? "It has lasted for long" : "It happens far more often than usual"}>
          <Flame aria-hidden /> Escalating
        </Badge>
      ) : null}
      {issue.resolvedByItself && issue.openCount > 0 ? (
        <Badge tone="green" title="Its step works again; what failed before still waits to be redriven">
          <Sprout aria-hidden /> Works again
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
  const last = useQuery({ ...lastIssueQuery, enabled: filter.tab === "review" });
  if (isNarrowed(filter)) {
    return (
      <EmptyState
        icon={<Search />}
        title="No issue matches"
        actions={<Button onClick={() => void setFilter(noFilter)}>Clear filters</Button>}
      >
        Nothing in this tab has these words, belongs to this workflow, or is unassigned, as the filters ask.
      </EmptyState>
    );
  }
  const seen = last.data?.items[0]?.lastSeenAt;
  return (
    <EmptyState
      icon={<Inbox />}
      title={emptyTitles[filter.tab]}
      actions={filter.tab === "review" ? <ButtonLink href="/sandbox">Make something fail</ButtonLink> : null}
    >
      {filter.tab === "review" ? (
        <>
          {seen ? (
            <>
              Last item: <Time at={seen} />.{" "}
            </>
          ) : null}
          Steps that fail for good wait here with their data, until somebody redrives or discards them.
        </>
      ) : null}
    </EmptyState>
  );
}

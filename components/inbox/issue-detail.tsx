"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { BookOpen, Inbox, SearchX } from "lucide-react";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { ApiFailure } from "#components/api/client.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatCount, plural, sentence } from "#components/ui/format.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { SkeletonDetail, SkeletonRows } from "#components/ui/skeleton.tsx";
import { issueLooks } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Time } from "#components/ui/time.tsx";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { Activity } from "./activity.tsx";
import { IssueBanner } from "./issue-banner.tsx";
import { IssueFlags } from "./issue-list.tsx";
import { IssueNote } from "./issue-note.tsx";
import { IssueToolbar } from "./issue-toolbar.tsx";
import { arrivalWords, isItemless, isOngoing, kindWords, placeWords, unmergeable, versionWords } from "./issue-words.ts";
import { ItemList } from "./item-list.tsx";
import { ItemView } from "./item-view.tsx";
import { Itemless } from "./itemless.tsx";
import { OthersHere } from "./presence.tsx";
import { deadLettersQuery, type InboxFilter, issueQuery, issuesOf, issuesQuery } from "./queries.ts";
import type { TriageAsk } from "./triage-dialogs.tsx";
import type { Triage } from "./use-triage.ts";

export interface IssueDetailProps {
  issueId: string;
  itemId: string | null;
  triage: Triage;
  onAsk: (ask: TriageAsk) => void;
}

/** The right pane: what failed, the runbook, the items. */
export function IssueDetail({ issueId, itemId, triage, onAsk }: IssueDetailProps) {
  const issue = useQuery(issueQuery(issueId));
  usePageTitle(issue.data ? `${issue.data.title} · Inbox` : undefined);
  if (issue.isPending) return <SkeletonDetail label="Loading the issue" />;
  if (!issue.data) {
    if (issue.error instanceof ApiFailure && issue.error.status === 404) {
      return (
        <EmptyState icon={<SearchX />} title="There is no such issue" actions={<ButtonLink href="/inbox">All issues</ButtonLink>}>
          The address is mistyped, or the issue belongs to another workspace.
        </EmptyState>
      );
    }
    return (
      <ErrorState
        title="The issue could not be loaded"
        error={issue.error}
        onRetry={() => void issue.refetch()}
        retrying={issue.isFetching}
      />
    );
  }
  return (
    <article aria-label={issue.data.title}>
      <Heading issue={issue.data} />
      <IssueToolbar issue={issue.data} triage={triage} onAsk={onAsk} forAll={itemId === null} />
      <IssueBanner issue={issue.data} />
      {issue.data.runbook ? <Runbook text={issue.data.runbook} /> : null}
      {itemId ? <ItemView key={itemId} itemId={itemId} issueId={issueId} /> : <IssueTabs issue={issue.data} triage={triage} />}
    </article>
  );
}

function Heading({ issue }: { issue: IssueView }) {
  return (
    <header className="px-4 pt-4 pb-3">
      <h2 className="wrap-anywhere font-semibold text-lg">{sentence(issue.title)}</h2>
      <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1.5 text-fg-muted">
        <StatusBadge look={issueLooks[issue.status]} />
        <IssueFlags issue={issue} />
        <Place issue={issue} />
        {issue.lastVersion === null ? null : <span>{versionWords(issue)}</span>}
        {isItemless(issue) ? (
          <span className="tabular-nums">{plural(issue.count, "time")}</span>
        ) : (
          <>
            <span className="tabular-nums">
              {formatCount(issue.openCount)} open of {formatCount(issue.count)}
            </span>
            <span>{arrivalWords(issue)}</span>
          </>
        )}
        <span>
          first <Time at={issue.firstSeenAt} />,{" "}
          {isOngoing(issue) ? (
            "and still so"
          ) : (
            <>
              last <Time at={issue.lastSeenAt} />
            </>
          )}
        </span>
        <OthersHere issueId={issue.id} />
      </p>
    </header>
  );
}

function Place({ issue }: { issue: IssueView }) {
  const href =
    issue.workflowId === null ? issue.connection && `/connections?connection=${issue.connection.id}` : `/workflows/${issue.workflowId}`;
  if (!href) return <span>{placeWords(issue)}</span>;
  return (
    <Link href={href} className="rounded hover:text-fg hover:underline">
      {placeWords(issue)}
    </Link>
  );
}

function Runbook({ text }: { text: string }) {
  return (
    <section aria-label="Runbook" className="mx-4 mb-3 flex gap-2.5 rounded-md border bg-subtle px-3 py-2.5">
      <BookOpen aria-hidden className="mt-0.5 size-4 shrink-0 text-fg-subtle" />
      <div className="min-w-0">
        <h3 className="font-medium text-sm">Runbook</h3>
        <Markdown text={text} className="text-fg-muted" />
      </div>
    </section>
  );
}

const panes = ["items", "activity"] as const;

function IssueTabs({ issue, triage }: { issue: IssueView; triage: Triage }) {
  const [pane, setPane] = useQueryState("pane", parseAsStringLiteral(panes).withDefault("items"));
  return (
    <Tabs
      label="Issue"
      value={pane}
      onValueChange={(next) => void setPane(next)}
      items={[
        isItemless(issue)
          ? { value: "items", label: "What is wrong", content: <Itemless issue={issue} /> }
          : { value: "items", label: "Items", count: issue.count, content: <Letters issue={issue} /> },
        {
          value: "activity",
          label: "Notes and activity",
          content: (
            <div className="flex flex-col gap-5 p-4">
              <IssueNote issue={issue} triage={triage} />
              <Grouping issue={issue} />
              <Activity issue={issue} />
            </div>
          ),
        },
      ]}
    />
  );
}

/** What its items have in common, and how that is corrected. */
function Grouping({ issue }: { issue: IssueView }) {
  return (
    <section aria-label="Grouped by">
      <h3 className="mb-1.5 font-medium">Grouped by</h3>
      <Facts
        facts={[
          issue.workflowName === null ? null : { name: "Workflow", value: issue.workflowName },
          issue.nodeName === null ? null : { name: "Step", value: issue.nodeName },
          issue.connection === null ? null : { name: "Connection", value: issue.connection.name },
          { name: "Kind", value: kindWords(issue.type) },
          isHealthKind(issue.type)
            ? null
            : { name: "Message, without what varies", value: <span className="wrap-anywhere">{sentence(issue.title)}</span> },
        ]}
      />
      <p className="mt-1.5 text-fg-muted">
        {isItemless(issue) ? null : "An item of another cause is split off from its own menu. "}
        {unmergeable(issue) === null
          ? "Issues with one cause are merged under More."
          : "All that is wrong with the same thing in the same way is one issue."}
      </p>
    </section>
  );
}

/** A list; or, when there is but one, the item itself. */
function Letters({ issue }: { issue: IssueView }) {
  const single = issue.count === 1;
  const items = useQuery({ ...deadLettersQuery({ issueId: issue.id, shows: "all", error: "" }, null), enabled: single });
  const only = single ? items.data?.items[0] : undefined;
  if (!only) return single && items.isPending ? <SkeletonRows rows={3} label="Loading the item" /> : <ItemList issue={issue} />;
  return (
    <ul aria-label="Items">
      <li>
        <ItemView itemId={only.id} issueId={null} />
      </li>
    </ul>
  );
}

/** What the right pane says while nothing is chosen: nothing when there is nothing to choose. */
export function NothingChosen({ filter }: { filter: InboxFilter }) {
  const issues = useInfiniteQuery(issuesQuery(filter));
  if (issuesOf(issues.data).length === 0) return null;
  return (
    <EmptyState icon={<Inbox />} title="Choose an issue" className="h-full justify-center">
      Its items, their data and every attempt appear here. <Kbd keys="j" /> and <Kbd keys="k" /> move through the list.
    </EmptyState>
  );
}

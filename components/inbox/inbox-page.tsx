"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useMemo, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { rangeOf } from "#components/ui/range.ts";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { IssueDetail, NothingChosen } from "./issue-detail.tsx";
import { IssueList } from "./issue-list.tsx";
import { ListHead } from "./list-head.tsx";
import { PlaceLink, PlaceProvider, usePlace } from "./place.tsx";
import { PresenceProvider } from "./presence.tsx";
import { inboxParsers, issueQuery } from "./queries.ts";
import { StorageMeter } from "./storage-meter.tsx";
import { type TriageAsk, TriageDialogs } from "./triage-dialogs.tsx";
import { useChoose } from "./use-choose.ts";
import { useInboxKeys } from "./use-inbox-keys.ts";
import { useTriage } from "./use-triage.ts";

/** What is selected: ids, and the issues as they were when they were. */
function useSelection() {
  const [selected, setSelected] = useState<ReadonlyMap<string, IssueSummary>>(new Map());
  const issues = useMemo(() => [...selected.values()], [selected]);
  const last = useRef<string | null>(null);
  return {
    issues,
    has: (id: string) => selected.has(id),
    /** With `listed` the range in it from the last one on is selected. */
    toggle: (issue: IssueSummary, listed: readonly IssueSummary[] | null) => {
      const from = listed?.find((each) => each.id === last.current) ?? null;
      const range = listed && rangeOf(listed, from, issue);
      last.current = issue.id;
      setSelected((before) => {
        const next = new Map(before);
        if (range) for (const each of range) next.set(each.id, each);
        else if (!next.delete(issue.id)) next.set(issue.id, issue);
        return next;
      });
    },
    clear: () => setSelected(new Map()),
  };
}

/** Two panes: the issues, and the one that is chosen. On a phone the one or the other. */
export function InboxPage() {
  return (
    <PlaceProvider>
      <PresenceProvider>
        <Panes />
      </PresenceProvider>
    </PlaceProvider>
  );
}

function Panes() {
  const [filter] = useQueryStates(inboxParsers);
  const { issueId, itemId, open } = usePlace();
  const [ask, setAsk] = useState<TriageAsk | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const choose = useChoose(filter, list);
  const selection = useSelection();
  const triage = useTriage(filter, (issues) => {
    choose.after(issues);
    selection.clear();
  });
  const current = useQuery({ ...issueQuery(issueId ?? ""), enabled: issueId !== null }).data;
  const targets = selection.issues.length > 0 ? selection.issues : current ? [current] : [];
  useInboxKeys({
    targets,
    triage,
    onAsk: setAsk,
    onMove: choose.move,
    onToggle: () => {
      const issue = choose.current();
      if (!issue) return;
      selection.toggle(issue, null);
      choose.move(1);
    },
    onClear: selection.clear,
  });
  return (
    <div className="md:grid md:h-shell md:grid-cols-[20rem_minmax(0,1fr)] lg:grid-cols-[22rem_minmax(0,1fr)] xl:grid-cols-[26rem_minmax(0,1fr)]">
      <section aria-label="Issues" className={cn("flex min-h-0 flex-col md:border-r", issueId && "hidden md:flex")}>
        <ListHead filter={filter} />
        {selection.issues.length > 0 ? (
          <BulkBar issues={selection.issues} triage={triage} onAsk={setAsk} onClear={selection.clear} />
        ) : null}
        <div className="min-h-0 flex-1 md:overflow-y-auto">
          <IssueList
            filter={filter}
            selected={issueId}
            list={list}
            isMarked={selection.has}
            onMark={selection.toggle}
            onMove={choose.move}
          />
        </div>
        <StorageMeter />
      </section>
      <section aria-label="Issue" className={cn("min-h-0 md:overflow-y-auto", issueId ? null : "hidden md:block")}>
        {issueId ? (
          <>
            <h1 className="sr-only md:hidden">Inbox</h1>
            <PlaceLink issueId={null} className="mx-3 mt-2 inline-flex h-8 items-center gap-1 rounded text-fg-muted md:hidden">
              <ArrowLeft aria-hidden className="size-4" /> Inbox
            </PlaceLink>
            <IssueDetail key={issueId} issueId={issueId} itemId={itemId} triage={triage} onAsk={setAsk} />
          </>
        ) : (
          <NothingChosen filter={filter} />
        )}
      </section>
      <TriageDialogs
        ask={ask}
        triage={triage}
        onClose={() => setAsk(null)}
        onMerged={(id) => {
          selection.clear();
          open(id, null, "replace");
        }}
      />
    </div>
  );
}

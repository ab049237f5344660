"use client";

import { useQuery } from "@tanstack/react-query";
import {
  ArrowLeft,
  CircleHelp,
  Ellipsis,
  ExternalLink,
  FileDown,
  PencilLine,
  RotateCw,
  Scale,
  SearchX,
  Split,
  Terminal,
  Trash2,
  Undo2,
} from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsInteger, parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { ApiFailure } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { AttemptList } from "#components/ui/attempt-list.tsx";
import { Button, ButtonLink, IconButton } from "#components/ui/button.tsx";
import { CopyText, useCopy } from "#components/ui/copy-button.tsx";
import { toCurl } from "#components/ui/curl.ts";
import { download } from "#components/ui/download.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { shortId } from "#components/ui/format.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonDetail } from "#components/ui/skeleton.tsx";
import { letterLook } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StepErrorView } from "#components/ui/step-error.tsx";
import { type TabItem, Tabs } from "#components/ui/tabs.tsx";
import { Time, TimeWithCopy } from "#components/ui/time.tsx";
import type { DeadLetterView } from "#lib/shared/inbox-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import { useReopen } from "./item-actions.ts";
import { type ItemDialog, ItemDialogs } from "./item-dialogs.tsx";
import { closeWords, waysOf } from "./item-ways.ts";
import { KeyState } from "./key-state.tsx";
import { PlaceLink } from "./place.tsx";
import { deadLetterQuery } from "./queries.ts";

const views = ["error", "input", "attempts", "event"] as const;
type ViewName = (typeof views)[number];

/** One failed step with its frozen input: what it was, what was tried, and what can be done. `issueId` is where the way back leads, if there is one. */
export function ItemView({ itemId, issueId }: { itemId: string; issueId: string | null }) {
  const item = useQuery(deadLetterQuery(itemId));
  return (
    <div>
      {issueId === null ? null : (
        <PlaceLink issueId={issueId} className="mx-4 mt-1 inline-flex h-6 items-center gap-1 rounded text-fg-muted text-sm hover:text-fg">
          <ArrowLeft aria-hidden className="size-3.5" /> All items of this issue
        </PlaceLink>
      )}
      {item.isPending ? <SkeletonDetail rows={3} label="Loading the item" /> : null}
      {item.isError && !item.data && isGone(item.error) ? (
        <EmptyState icon={<SearchX />} title="There is no such item">
          The address is mistyped, or the item belongs to another workspace.
        </EmptyState>
      ) : null}
      {item.isError && !item.data && !isGone(item.error) ? (
        <ErrorState
          title="The item could not be loaded"
          error={item.error}
          onRetry={() => void item.refetch()}
          retrying={item.isFetching}
        />
      ) : null}
      {item.data ? <Item item={item.data} /> : null}
    </div>
  );
}

const isGone = (error: Error) => error instanceof ApiFailure && error.status === 404;

function Item({ item }: { item: DeadLetterView }) {
  const [dialog, setDialog] = useState<ItemDialog | null>(null);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-4 py-3">
        <StatusBadge look={letterLook(item)} />
        <Closed item={item} />
        <Actions item={item} onDialog={setDialog} />
      </div>
      <Facts
        className="px-4 pb-3"
        facts={[
          { name: "Item", value: <CopyText text={item.id} label="item id" display={shortId(item.id)} /> },
          {
            name: "Run",
            value: (
              <Link href={`/runs/${item.runId}?step=${item.stepId}`} className="font-mono text-accent-text text-sm hover:underline">
                {shortId(item.runId)}
              </Link>
            ),
          },
          { name: "Version", value: item.version === null ? "Draft" : `v${item.version}` },
          item.eventKey !== null && { name: "Event key", value: <CopyText text={item.eventKey} label="event key" /> },
          item.iteration !== "" && { name: "In the loop", value: describeIteration(item.iteration) },
          { name: "Received", value: <TimeWithCopy at={item.eventAt} /> },
          { name: "Failed", value: <TimeWithCopy at={item.deadAt} /> },
          item.idempotency !== null && { name: "Idempotency key", value: <KeyState item={item} idempotency={item.idempotency} /> },
          item.blocks > 0 && { name: "Holds back", value: `${item.blocks} ${item.blocks === 1 ? "run" : "runs"} with the same order key` },
        ]}
      />
      {item.kind === "unknown_outcome" && item.status === "open" ? <UnknownOutcome /> : null}
      <ItemTabs item={item} />
      <ItemDialogs item={item} dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

function UnknownOutcome() {
  return (
    <p className="mx-4 mb-3 flex items-start gap-2 rounded-md bg-retrying-tint px-3 py-2 text-retrying">
      <CircleHelp aria-hidden className="mt-0.5 size-4 shrink-0" />
      The request left and no answer came back: nobody knows whether it took effect. Look at the other side, then decide. Sluice never sends
      such a call twice by itself.
    </p>
  );
}

/** How it ended, when it has; or how the last try is going. */
function Closed({ item }: { item: DeadLetterView }) {
  const run = item.replayRunId ?? item.runId;
  const toRun = (
    <Link
      href={item.replayRunId === null ? `/runs/${run}?step=${item.stepId}` : `/runs/${run}`}
      className="rounded text-accent-text hover:underline"
    >
      run {shortId(run)}
    </Link>
  );
  if (item.status === "redriving") return <span className="text-fg-muted">→ {toRun}</span>;
  if (!item.closedAt) return null;
  const redriven = item.closeReason === "redriven" || item.closeReason === "replayed";
  return (
    <span className="text-fg-muted">
      {redriven ? <>Redriven → {toRun}, succeeded </> : null}
      <Time at={item.closedAt} />
      {!redriven && item.closeReason ? `: ${closeWords(item.closeReason)}` : null}
    </span>
  );
}

/** The same by the API, for a script. */
function redriveCurl(itemId: string): string {
  const headers = { authorization: "Bearer YOUR_TOKEN", "content-type": "application/json" };
  return toCurl({ method: "POST", url: `${window.location.origin}/api/v1/dead-letters/${itemId}/redrive`, headers, body: "{}" });
}

function pretty(item: DeadLetterView): string {
  return JSON.stringify(item, null, 2);
}

function Actions({ item, onDialog }: { item: DeadLetterView; onDialog: (dialog: ItemDialog) => void }) {
  const router = useRouter();
  const denied = useDenied("issues:write");
  const reopen = useReopen(item.id);
  const curl = useCopy(() => redriveCurl(item.id));
  const runHref = `/runs/${item.runId}?step=${item.stepId}`;
  const open = item.status === "open";
  const unknown = item.kind === "unknown_outcome";
  const ways = waysOf(item);
  const ask = (kind: ItemDialog) => () => (open && !denied ? onDialog(kind) : undefined);
  useShortcuts("Item", [
    ...(ways ? [{ keys: "r", label: ways.again === "decide" ? "Decide" : "Redrive", run: ask(ways.again) }] : []),
    ...(ways?.edit ? [{ keys: "Shift+R", label: "Edit and redrive", run: ask("edit") }] : []),
    { keys: "o", label: "Open run", run: () => router.push(runHref) },
  ]);
  return (
    <span className="ml-auto flex flex-wrap gap-2 max-sm:ml-0 max-sm:gap-1">
      {open && unknown ? (
        <Button variant="primary" icon={<Scale aria-hidden />} disabledReason={denied} onClick={ask("decide")}>
          Decide
        </Button>
      ) : null}
      {open && !unknown ? (
        <>
          <Button variant="primary" icon={<PencilLine aria-hidden />} disabledReason={denied} onClick={ask("edit")}>
            Edit and redrive
          </Button>
          <Button icon={<RotateCw aria-hidden />} disabledReason={denied} onClick={ask("redrive")}>
            Redrive
          </Button>
        </>
      ) : null}
      {item.status === "discarded" ? (
        <Button icon={<Undo2 aria-hidden />} disabledReason={denied} loading={reopen.isPending} onClick={() => reopen.mutate()}>
          Bring back
        </Button>
      ) : null}
      {open ? (
        <Button variant="danger" className="max-sm:px-1.5" icon={<Trash2 aria-hidden />} disabledReason={denied} onClick={ask("discard")}>
          <span className="max-sm:sr-only">Discard</span>
        </Button>
      ) : null}
      <ButtonLink href={runHref} className="max-sm:px-1.5" icon={<ExternalLink aria-hidden />}>
        <span className="max-sm:sr-only">Run</span>
      </ButtonLink>
      <Menu
        trigger={<IconButton label="More" size="icon" icon={<Ellipsis aria-hidden />} />}
        entries={[
          { label: "Split off: another cause", icon: <Split aria-hidden />, disabledReason: denied, onSelect: () => onDialog("split") },
          { label: "Copy redrive as cURL", icon: <Terminal aria-hidden />, onSelect: curl.copy },
          {
            label: "Download item",
            icon: <FileDown aria-hidden />,
            onSelect: () => download(`item-${shortId(item.id)}.json`, pretty(item)),
          },
        ]}
      />
    </span>
  );
}

function ItemTabs({ item }: { item: DeadLetterView }) {
  const [view, setView] = useQueryState("view", parseAsStringLiteral(views).withDefault("error"));
  const [attempt, setAttempt] = useQueryState("attempt", parseAsInteger);
  const tabs: TabItem<ViewName>[] = [
    { value: "error", label: "Error", content: <StepErrorView error={item.error} /> },
    { value: "input", label: "Input", content: <FrozenInput item={item} /> },
    {
      value: "attempts",
      label: "Attempts",
      count: item.attemptList.length,
      content: (
        <AttemptList
          attempts={item.attemptList}
          open={attempt ?? item.attemptList.at(-1)?.no ?? null}
          // 0: none is open. Null would open the last one again.
          onOpenChange={(no) => void setAttempt(no ?? 0)}
        />
      ),
    },
    { value: "event", label: "Event", content: <JsonView value={item.event} label="event" tall /> },
  ];
  return <Tabs label="Item" items={tabs} value={view} onValueChange={(next) => void setView(next)} panelClassName="p-4" />;
}

function FrozenInput({ item }: { item: DeadLetterView }) {
  return (
    <div className="flex flex-col gap-4">
      <section aria-label="As it failed">
        <h3 className="mb-1.5 font-medium">As it failed</h3>
        <JsonView value={item.input} label="input" expand={3} tall />
      </section>
      {item.editedInput === null ? null : (
        <section aria-label="As it was redriven">
          <h3 className="mb-1.5 font-medium">As it was redriven</h3>
          <JsonView value={item.editedInput} label="edited-input" expand={3} tall />
        </section>
      )}
    </div>
  );
}

"use client";

import { ArrowUpFromDot, Ban, Ellipsis, FileDown, FlaskConical, Inbox, RotateCcw, Workflow } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useSyncExternalStore } from "react";
import { useDenied } from "#components/api/session.tsx";
import { keepInput } from "#components/api/test-input.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink, IconButton } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Countdown } from "#components/ui/countdown.tsx";
import { download } from "#components/ui/download.ts";
import { Duration } from "#components/ui/duration.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatCount, formatDuration, shortId } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { attributeFacts } from "./attribute-facts.tsx";
import { editorInput } from "./editor-input.ts";
import { readListed } from "./list-memory.ts";
import { runAsJson } from "./mask-settings.ts";
import type { RunDialog } from "./run-dialogs.tsx";
import { lookOf } from "./run-look.ts";
import { HeldNotice, QueuedNotice, tieFacts } from "./run-ties.tsx";
import { triggerWords } from "./words.ts";

const neverChanges = () => () => undefined;
const listedHref = () => readListed()?.href ?? "/runs";

/** What run this is, how it stands, and what can be done with it. */
export function RunHeader({ run, onDialog }: { run: RunView; onDialog: (dialog: RunDialog) => void }) {
  // The list with the filters it had; the server knows nothing of them.
  const listHref = useSyncExternalStore(neverChanges, listedHref, () => "/runs");
  return (
    <div className="border-b pb-4">
      <PageHeader
        breadcrumb={
          <>
            <Link href={listHref} className="hover:text-fg hover:underline">
              Runs
            </Link>{" "}
            / {shortId(run.id)}
          </>
        }
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {run.workflowName}
            <StatusBadge look={lookOf(run)} />
            {run.mode === "test" ? <Badge>Test</Badge> : null}
            {run.partial ? <Badge tone="amber">Partial</Badge> : null}
          </span>
        }
        actions={<Actions run={run} onDialog={onDialog} />}
      />
      <RunFacts run={run} />
      <QueuedNotice run={run} />
      <HeldNotice run={run} />
    </div>
  );
}

function Actions({ run, onDialog }: { run: RunView; onDialog: (dialog: RunDialog) => void }) {
  const denied = useDenied("runs:write");
  const router = useRouter();
  const open = run.deadLetters.find((letter) => letter.status === "open");
  const active = !isFinalRun(run.status);
  useShortcuts("Run", [
    { keys: "r", label: "Replay", run: () => (denied ? undefined : onDialog({ kind: "replay", run, eventInput: editorInput(run) })) },
    { keys: "c", label: "Cancel", run: () => (denied || !active ? undefined : onDialog({ kind: "cancel", run })) },
  ]);
  return (
    <>
      {open ? (
        <ButtonLink href={`/inbox?issue=${open.issueId}&item=${open.id}`} variant="primary" icon={<Inbox aria-hidden />}>
          Open in inbox
        </ButtonLink>
      ) : null}
      {active ? (
        <Button variant="danger" icon={<Ban aria-hidden />} disabledReason={denied} onClick={() => onDialog({ kind: "cancel", run })}>
          Cancel
        </Button>
      ) : null}
      <Button
        icon={<RotateCcw aria-hidden />}
        disabledReason={denied}
        onClick={() => onDialog({ kind: "replay", run, eventInput: editorInput(run) })}
      >
        Replay
      </Button>
      <ButtonLink href={`/workflows/${run.workflowId}`} className="max-sm:px-2" icon={<Workflow aria-hidden />}>
        <span className="max-sm:sr-only">Editor</span>
      </ButtonLink>
      <Menu
        trigger={<IconButton label="More" icon={<Ellipsis aria-hidden />} size="icon" />}
        entries={[
          {
            label: "Open in the editor with this data",
            icon: <FlaskConical aria-hidden />,
            disabledReason: run.event ? null : "The data of the event is not kept any more",
            onSelect: () => {
              keepInput(run.workflowId, JSON.stringify(editorInput(run), null, 2));
              toast.success("The editor's next test run starts with this data");
              router.push(`/workflows/${run.workflowId}`);
            },
          },
          ...(active
            ? [
                {
                  label: "Move to another version…",
                  icon: <ArrowUpFromDot aria-hidden />,
                  disabledReason: denied ?? (run.mode === "test" ? "A test runs what it was started with" : null),
                  onSelect: () => onDialog({ kind: "move", run }),
                },
              ]
            : []),
          {
            label: "Download as JSON",
            icon: <FileDown aria-hidden />,
            onSelect: () => download(`run-${run.id}.json`, JSON.stringify(runAsJson(run), null, 2)),
          },
        ]}
      />
    </>
  );
}

function RunFacts({ run }: { run: RunView }) {
  return (
    <Facts
      className="px-4 md:px-6"
      facts={[
        { name: "Run", value: <CopyText text={run.id} label="run id" display={shortId(run.id)} /> },
        { name: "Version", value: run.version === null ? "Draft" : `v${run.version}` },
        { name: "Trigger", value: triggerWords(run.triggerType) },
        { name: "Received", value: <TimeWithCopy at={run.createdAt} /> },
        run.startedAt !== null && { name: "Started", value: <TimeWithCopy at={run.startedAt} /> },
        run.finishedAt !== null && { name: "Ended", value: <TimeWithCopy at={run.finishedAt} /> },
        run.startedAt !== null && { name: "Duration", value: <Duration ms={run.durationMs} since={run.startedAt} /> },
        run.queueMs !== null && { name: "Queued for", value: formatDuration(run.queueMs) },
        run.status === "waiting" && run.wakeAt !== null && { name: "Goes on in", value: <Countdown until={run.wakeAt} /> },
        run.redriveCount > 0 && { name: "Redriven", value: `${run.redriveCount}×` },
        run.attempts > 0 && { name: "Attempts", value: formatCount(run.attempts) },
        run.dedupeKey !== null && { name: "Event key", value: <CopyText text={run.dedupeKey} label="event key" /> },
        run.replayOf !== null && {
          name: "Replay of",
          value: (
            <Link href={`/runs/${run.replayOf}`} className="font-mono text-accent-text text-sm hover:underline">
              {shortId(run.replayOf)}
            </Link>
          ),
        },
        ...tieFacts(run),
        ...attributeFacts(run.attributes),
      ]}
    />
  );
}

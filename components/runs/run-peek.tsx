"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowRight, Ban, RotateCcw, X } from "lucide-react";
import Link from "next/link";
import { useDenied } from "#components/api/session.tsx";
import { Button, ButtonLink, IconButton } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { formatDuration, sentence, shortId } from "#components/ui/format.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { Skeleton, SkeletonGate } from "#components/ui/skeleton.tsx";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { editorInput } from "./editor-input.ts";
import { runQuery } from "./queries.ts";
import type { RunDialog } from "./run-dialogs.tsx";
import { lookOf } from "./run-look.ts";
import { HeldNotice } from "./run-ties.tsx";
import { triggerWords } from "./words.ts";

interface PeekProps {
  runId: string;
  onClose: () => void;
  onDialog: (dialog: RunDialog) => void;
}

/** A look at one run beside the list: on phones a drawer at the bottom. */
export function RunPeek({ runId, onClose, onDialog }: PeekProps) {
  const run = useQuery(runQuery(runId));
  useShortcuts("Runs", [{ keys: "Escape", label: "Close the run at the side", run: onClose }]);
  return (
    <aside
      aria-label="Run at a glance"
      className="fixed inset-x-0 bottom-0 z-20 flex max-h-[70dvh] flex-col overflow-hidden rounded-t-lg border-t bg-bg shadow-float md:inset-y-0 md:right-0 md:left-auto md:max-h-none md:w-104 md:rounded-none md:border-t-0 md:border-l"
    >
      <header className="flex items-center justify-between gap-2 border-b px-4 py-2">
        <span className="flex min-w-0 items-center gap-1 text-fg-muted text-sm">
          Run <CopyText text={runId} label="run id" display={shortId(runId)} />
        </span>
        <span className="flex items-center gap-1">
          <ButtonLink size="sm" href={`/runs/${runId}`} icon={<ArrowRight aria-hidden />}>
            Open run
          </ButtonLink>
          <IconButton label="Close" shortcut="Esc" icon={<X aria-hidden />} onClick={onClose} />
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {run.data ? <Glance run={run.data} onDialog={onDialog} /> : null}
        {run.isPending ? (
          <SkeletonGate label="Loading the run">
            <div className="flex flex-col gap-3 p-4">
              <Skeleton className="w-1/2" />
              <Skeleton className="h-40 rounded-md" />
            </div>
          </SkeletonGate>
        ) : null}
        {run.isError && !run.data ? (
          <ErrorState title="The run could not be loaded" error={run.error} onRetry={() => void run.refetch()} retrying={run.isFetching} />
        ) : null}
      </div>
    </aside>
  );
}

function Glance({ run, onDialog }: { run: RunView; onDialog: (dialog: RunDialog) => void }) {
  const denied = useDenied("runs:write");
  return (
    <>
      <div className="flex flex-col gap-3 px-4 py-3">
        <h2 className="flex flex-wrap items-center gap-2 font-semibold text-lg">
          {run.workflowName}
          <StatusBadge look={lookOf(run)} />
        </h2>
        <Facts
          facts={[
            { name: "Version", value: run.version === null ? "Draft" : `v${run.version}` },
            { name: "Trigger", value: triggerWords(run.triggerType) },
            { name: "Received", value: <TimeWithCopy at={run.createdAt} /> },
            run.startedAt !== null && { name: "Duration", value: <Duration ms={run.durationMs} since={run.startedAt} /> },
            run.queueMs !== null && { name: "Queued for", value: formatDuration(run.queueMs) },
            run.dedupeKey !== null && { name: "Event key", value: <CopyText text={run.dedupeKey} label="event key" /> },
          ]}
        />
        {run.error ? <p className="wrap-anywhere rounded-md bg-failed-tint px-3 py-2 text-failed">{sentence(run.error.message)}</p> : null}
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            icon={<RotateCcw aria-hidden />}
            disabledReason={denied}
            onClick={() => onDialog({ kind: "replay", run, eventInput: editorInput(run) })}
          >
            Replay
          </Button>
          {isFinalRun(run.status) ? null : (
            <Button
              size="sm"
              variant="danger"
              icon={<Ban aria-hidden />}
              disabledReason={denied}
              onClick={() => onDialog({ kind: "cancel", run })}
            >
              Cancel
            </Button>
          )}
        </div>
      </div>
      <HeldNotice run={run} />
      <ol aria-label="Steps" className="border-t">
        {run.steps.map((step) => (
          <li key={step.id}>
            <Link
              href={`/runs/${run.id}?step=${step.id}`}
              className="focus-inset flex h-(--row-height) items-center gap-2 border-b px-4 hover:bg-subtle"
            >
              <StatusIcon look={lookOfStep(step)} />
              <span className="min-w-0 flex-1 truncate">
                {step.name}
                <span className="sr-only">, {lookOfStep(step).label}</span>
                {step.iteration ? <span className="ml-1.5 text-fg-subtle text-sm">{describeIteration(step.iteration)}</span> : null}
              </span>
              {step.attempts > 1 ? <span className="text-fg-subtle text-sm tabular-nums">×{step.attempts}</span> : null}
              <span className="text-fg-muted tabular-nums">
                {step.startedAt ? <Duration ms={step.durationMs} since={step.startedAt} /> : lookOfStep(step).label}
              </span>
            </Link>
          </li>
        ))}
      </ol>
      {run.moreSteps > 0 ? <p className="px-4 py-2 text-fg-muted">Steps of loops are not all shown here.</p> : null}
    </>
  );
}

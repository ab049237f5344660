"use client";

import { useQuery } from "@tanstack/react-query";
import { ExternalLink, RotateCw, Square, Undo2, X } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink, IconButton } from "#components/ui/button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { formatAbsolute, formatRelative } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { useNow } from "#components/ui/now.ts";
import { useZone } from "#components/ui/preferences.ts";
import { lookOfRun } from "#components/ui/status.ts";
import { StatusBadge, StatusIcon } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useMedia } from "#components/ui/use-media.ts";
import type { RunSummary, WorkflowView } from "#lib/shared/api-types.ts";
import { isFinalStep } from "#lib/shared/statuses.ts";
import { isSameWork, restored } from "../commands/restore.ts";
import { nodeOf } from "../document-index.ts";
import { recentRunsQuery } from "../queries.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { RunHandle } from "./use-run.ts";

/** The run shown on the canvas: how it goes, Stop, other recent runs, and the way to its page. */
export function RunBar({ workflow, run }: { workflow: WorkflowView; run: RunHandle }) {
  const recent = useQuery(recentRunsQuery(workflow.id));
  const runs = recent.data?.items ?? [];
  return run.runId === null ? <LastRuns runs={runs} run={run} /> : <Shown run={run} runs={runs} />;
}

const barClass =
  "mx-auto flex min-w-0 items-center gap-x-2 gap-y-1 rounded-md bg-float p-1 shadow-float max-xl:flex-wrap max-xl:justify-center max-md:bg-transparent max-md:p-0 max-md:shadow-none";

function LastRuns({ runs, run }: { runs: RunSummary[]; run: RunHandle }) {
  const phone = !useMedia("(min-width: 768px)");
  if (runs.length === 0) return null;
  return (
    <div className={barClass}>
      <RunChoice runs={runs} run={run} label={phone ? "Show a run" : "Show a run on the canvas"} />
    </div>
  );
}

function Shown({ run, runs }: { run: RunHandle; runs: RunSummary[] }) {
  const overlay = useEditor((state) => state.overlay);
  const { view } = run;
  const failedStep = useEditor((state) => nodeOf(state.document, view?.error?.nodeId ?? "")?.name);
  if (view === undefined || overlay === null) {
    return (
      <div role="status" className={barClass}>
        <span className="px-2 text-fg-muted">Starting…</span>
      </div>
    );
  }
  const steps = [...overlay.nodes.values()];
  const failure = view.error === null ? null : [failedStep, view.error.message].filter(Boolean).join(": ");
  const done = steps.filter((step) => isFinalStep(step.status)).length;
  return (
    <section aria-label="Run" data-run-status={view.status} className={barClass}>
      <StatusBadge look={lookOfRun(view)} />
      {view.mode === "test" ? <Badge>Test</Badge> : null}
      <Duration ms={view.durationMs} since={view.startedAt ?? view.createdAt} className="text-fg-muted" />
      {overlay.final ? null : (
        <span className="whitespace-nowrap text-fg-muted tabular-nums">
          {done} of {steps.length}
        </span>
      )}
      {run.unreachable ? <span className="truncate text-retrying text-sm">Live updates paused, reconnecting…</span> : null}
      {failure === null ? null : (
        <span className="min-w-0 truncate text-failed" title={failure}>
          {failure}
        </span>
      )}
      <span aria-hidden className="h-4 w-px bg-line" />
      {overlay.final ? (
        <IconButton label="Run again" icon={<RotateCw aria-hidden />} onClick={run.openDialog} />
      ) : (
        <Button size="sm" variant="danger" icon={<Square aria-hidden />} loading={overlay.stopping} onClick={run.stop}>
          {overlay.stopping ? "Stopping…" : "Stop"}
        </Button>
      )}
      <ButtonLink href={`/runs/${view.id}`} size="sm" variant="ghost" icon={<ExternalLink aria-hidden />}>
        Open run
      </ButtonLink>
      <RestoreButton />
      <RunChoice runs={runs} run={run} label="Other runs" />
      <IconButton label="Hide the run" icon={<X aria-hidden />} onClick={() => run.show(null)} />
    </section>
  );
}

/** Puts the document that ran back into the draft, as one entry of undo. */
function RestoreButton() {
  const store = useEditorStore();
  const ran = useEditor((state) => state.overlay?.document ?? null);
  const readOnly = useEditor((state) => state.readOnly);
  const differs = useEditor((state) => ran !== null && !isSameWork(ran, state.document));
  if (ran === null || readOnly || !differs) return null;
  const restore = () => {
    store.getState().apply("Restore what ran", (current) => restored(ran, current));
    toast.success("What ran is in the draft", {
      description: "What is live has not changed.",
      action: { label: "Undo", onClick: () => store.getState().undo() },
    });
  };
  return <IconButton label="Restore what ran into the draft" icon={<Undo2 aria-hidden />} onClick={restore} />;
}

function RunChoice({ runs, run, label }: { runs: RunSummary[]; run: RunHandle; label: string }) {
  const nowMs = useNow(false);
  const zone = useZone();
  return (
    <Menu
      align="center"
      trigger={
        <Button size="sm" variant="ghost">
          {label}
        </Button>
      }
      entries={runs.map((recent) => ({
        label: `${lookOfRun(recent).label}, ${formatRelative(Date.parse(recent.createdAt), nowMs || Date.now(), zone)}${recent.mode === "test" ? ", test" : recent.version === null ? "" : `, v${recent.version}`}`,
        icon: <StatusIcon look={lookOfRun(recent)} />,
        aside: <time dateTime={recent.createdAt}>{formatAbsolute(Date.parse(recent.createdAt), zone)}</time>,
        onSelect: () => run.show(recent.id),
      }))}
    />
  );
}

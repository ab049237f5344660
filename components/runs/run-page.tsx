"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Suspense, useState } from "react";
import { JsonView } from "#components/ui/json-view.tsx";
import { lazyPart } from "#components/ui/lazy.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonDetail, SkeletonRows } from "#components/ui/skeleton.tsx";
import { lookOfStep } from "#components/ui/status.ts";
import { type TabItem, Tabs } from "#components/ui/tabs.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { useIteration } from "./iteration-filter.tsx";
import { MissingRun } from "./missing-run.tsx";
import { runQuery } from "./queries.ts";
import { type RunDialog, RunDialogs } from "./run-dialogs.tsx";
import { RunEvents } from "./run-events-view.tsx";
import { RunHeader } from "./run-header.tsx";
import { RunTimeline } from "./run-timeline.tsx";
import { StepPanel } from "./step-panel.tsx";
import { FollowButton, useChosenStep } from "./use-chosen-step.tsx";
import { useNeighbours } from "./use-neighbours.ts";

// Few runs are looked at as a canvas, and it brings the schema of documents.
const RunCanvas = lazyPart(async () => (await import("./run-canvas.tsx")).RunCanvas);

const views = ["timeline", "canvas", "events"] as const;
type View = (typeof views)[number];

export function RunPage({ runId }: { runId: string }) {
  const [iteration] = useIteration();
  const run = useQuery(runQuery(runId, iteration));
  const [dialog, setDialog] = useState<RunDialog | null>(null);
  usePageTitle(run.data ? `${run.data.workflowName} · Run` : undefined);
  useNeighbours(runId);
  if (run.isPending) return <SkeletonDetail label="Loading the run" />;
  if (!run.data) return <MissingRun runId={runId} error={run.error} onRetry={() => void run.refetch()} retrying={run.isFetching} />;
  return (
    <>
      <RunHeader run={run.data} onDialog={setDialog} />
      <RunBody run={run.data} onDialog={setDialog} />
      <RunDialogs dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

function RunBody({ run, onDialog }: { run: RunView; onDialog: (dialog: RunDialog) => void }) {
  const chosen = useChosenStep(run);
  const { selected, step, select } = chosen;
  return (
    <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_minmax(26rem,36rem)]">
      <div className="relative min-w-0">
        <Views run={run} selected={selected} onSelect={select} />
        <FollowButton run={run} chosen={chosen} />
      </div>
      <aside
        aria-label={step ? `${step.name}, ${lookOfStep(step).label}` : "Event"}
        className="border-t xl:min-h-[calc(100dvh-9rem)] xl:border-l"
      >
        {step ? <StepPanel key={step.id} run={run} step={step} onDialog={onDialog} /> : <EventPanel run={run} />}
      </aside>
    </div>
  );
}

interface ViewsProps {
  run: RunView;
  selected: string;
  onSelect: (stepId: string) => void;
}

/** Three views of one run; which of them is in the address. */
function Views(props: ViewsProps) {
  const [view, setView] = useQueryState("view", parseAsStringLiteral(views).withDefault("timeline"));
  const show = (next: View) => void setView(next === "timeline" ? null : next);
  useShortcuts("Run", [
    { keys: "t", label: "Timeline", run: () => show("timeline") },
    { keys: "v", label: "Canvas", run: () => show("canvas") },
    { keys: "l", label: "Events", run: () => show("events") },
  ]);
  const items: TabItem<View>[] = [
    { value: "timeline", label: "Timeline", content: <RunTimeline {...props} /> },
    {
      value: "canvas",
      label: "Canvas",
      content: (
        <Suspense fallback={<SkeletonRows rows={4} label="Loading the canvas" />}>
          <RunCanvas {...props} />
        </Suspense>
      ),
    },
    { value: "events", label: "Events", content: <RunEvents {...props} /> },
  ];
  return <Tabs label="View of the run" items={items} value={view} onValueChange={show} listClassName="border-b-0 md:px-6" />;
}

function EventPanel({ run }: { run: RunView }) {
  return (
    <section aria-label="Event" className="p-4">
      <h2 className="font-semibold text-lg">Event</h2>
      {run.event ? (
        <>
          <p className="mt-1 mb-3 flex items-center gap-1 text-fg-muted">
            What started the run, received <TimeWithCopy at={run.event.receivedAt} />
          </p>
          <JsonView value={run.event.data} label="event" expand={3} tall />
        </>
      ) : (
        <p className="mt-1 text-fg-muted">
          Its data is not stored any more: the retention time or the workflow's history setting removed it.
        </p>
      )}
    </section>
  );
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { ApiFailure } from "#components/api/client.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import type { RunView } from "#lib/shared/api-types.ts";
import { useIteration } from "./iteration-filter.tsx";
import { runQuery } from "./queries.ts";
import { type RunDialog, RunDialogs } from "./run-dialogs.tsx";
import { RunHeader } from "./run-header.tsx";
import { eventRow, RunTimeline } from "./run-timeline.tsx";
import { StepPanel } from "./step-panel.tsx";

/** What to look at first: the failure, else what is under way, else the last step. */
function firstLook(run: RunView): string {
  const step =
    run.steps.find((each) => each.status === "failed") ??
    run.steps.find((each) => each.status === "running" || each.status === "waiting") ??
    run.steps.findLast((each) => each.status !== "pending" && each.status !== "skipped");
  return step?.id ?? eventRow;
}

export function RunPage({ runId }: { runId: string }) {
  const [iteration] = useIteration();
  const run = useQuery(runQuery(runId, iteration));
  const [dialog, setDialog] = useState<RunDialog | null>(null);
  usePageTitle(run.data ? `${run.data.workflowName} · Run` : undefined);
  if (run.isPending) return <SkeletonRows label="Loading the run" />;
  if (!run.data) return <RunMissing error={run.error} onRetry={() => void run.refetch()} retrying={run.isFetching} />;
  return (
    <>
      <RunHeader run={run.data} onDialog={setDialog} />
      <RunBody run={run.data} />
      <RunDialogs dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

function RunBody({ run }: { run: RunView }) {
  const [asked, setStep] = useQueryState("step", parseAsString);
  const [, setAttempt] = useQueryState("attempt");
  const [, setTab] = useQueryState("tab");
  const known = asked === eventRow || run.steps.some((step) => step.id === asked);
  const selected = asked !== null && known ? asked : firstLook(run);
  const step = run.steps.find((each) => each.id === selected);
  const select = (id: string) => {
    void setStep(id);
    void setAttempt(null);
    void setTab(null);
  };
  return (
    <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_minmax(26rem,36rem)]">
      <RunTimeline run={run} selected={selected} onSelect={select} />
      <aside className="border-t xl:min-h-[calc(100dvh-9rem)] xl:border-t-0 xl:border-l">
        {step ? <StepPanel key={step.id} run={run} step={step} /> : <EventPanel run={run} />}
      </aside>
    </div>
  );
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

/** Gone, not allowed, or not reachable: three different things. */
function RunMissing({ error, onRetry, retrying }: { error: unknown; onRetry: () => void; retrying: boolean }) {
  const status = error instanceof ApiFailure ? error.status : null;
  const toRuns = <ButtonLink href="/runs">All runs</ButtonLink>;
  if (status === 404) {
    return (
      <EmptyState icon={<History />} title="There is no such run" actions={toRuns}>
        The id is mistyped, or the run was removed when its retention time ended.
      </EmptyState>
    );
  }
  if (status === 403) {
    return (
      <EmptyState icon={<History />} title="You may not see this run" actions={toRuns}>
        Ask an owner of the workspace for a role that may.
      </EmptyState>
    );
  }
  return <ErrorState title="The run could not be loaded" error={error} onRetry={onRetry} retrying={retrying} />;
}

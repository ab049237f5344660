"use client";

import { useQuery } from "@tanstack/react-query";
import { Inbox, RotateCcw } from "lucide-react";
import { parseAsInteger, parseAsString, useQueryState } from "nuqs";
import { Suspense } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Countdown } from "#components/ui/countdown.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { lazyPart } from "#components/ui/lazy.tsx";
import { Skeleton, SkeletonGate } from "#components/ui/skeleton.tsx";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StepErrorView } from "#components/ui/step-error.tsx";
import { type TabItem, Tabs } from "#components/ui/tabs.tsx";
import { TimeWithCopy } from "#components/ui/time.tsx";
import type { RunView, StepError, StepSummary, StepView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { AttemptsTab } from "./attempts-tab.tsx";
import { CompareStep } from "./compare-step.tsx";
import { editorInput } from "./editor-input.ts";
import { LoopPace } from "./loop-pace.tsx";
import { stepQuery } from "./queries.ts";
import type { RunDialog } from "./run-dialogs.tsx";
import { SimilarFailures } from "./similar-failures.tsx";
import { WaitingForView } from "./waiting-for.tsx";

// It brings the schema of documents.
const SettingsUsed = lazyPart(async () => (await import("./settings-used.tsx")).SettingsUsed);

type TabName = "error" | "input" | "output" | "attempts" | "settings" | "compare";

/** The chosen step: what went in, what came out, what failed, every attempt. */
export function StepPanel({ run, step, onDialog }: { run: RunView; step: StepSummary; onDialog: (dialog: RunDialog) => void }) {
  const view = useQuery(stepQuery(run.id, step.id, `${step.status} ${step.attempts} ${step.finishedAt}`));
  const letter = run.deadLetters.find((each) => each.stepId === step.id);
  return (
    <section aria-label={`Step ${step.name}`} className="flex min-h-0 flex-col">
      <header className="flex flex-col gap-2 px-4 py-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h2 className="flex min-w-0 flex-wrap items-center gap-2 font-semibold text-lg">
            {step.name}
            <StatusBadge look={lookOfStep(step)} />
          </h2>
          <span className="flex flex-wrap items-center gap-2">
            <ReplayFrom run={run} step={step} input={view.data?.input ?? null} onDialog={onDialog} />
            {letter ? (
              <ButtonLink size="sm" href={`/inbox?issue=${letter.issueId}&item=${letter.id}`} icon={<Inbox aria-hidden />}>
                {letter.status === "open" ? "Mend in inbox" : "Inbox"}
              </ButtonLink>
            ) : null}
          </span>
        </div>
        {step.status === "waiting" && step.wakeAt ? (
          <p className="text-fg-muted">
            Goes on in <Countdown until={step.wakeAt} className="font-medium text-fg" />
          </p>
        ) : null}
      </header>
      {view.isError && !view.data ? (
        <ErrorState
          title="The step could not be loaded"
          error={view.error}
          onRetry={() => void view.refetch()}
          retrying={view.isFetching}
        />
      ) : null}
      {view.isPending ? <PanelLoading /> : null}
      {view.data ? <StepTabs run={run} step={view.data} /> : null}
    </section>
  );
}

function ReplayFrom(props: { run: RunView; step: StepSummary; input: JsonValue; onDialog: (dialog: RunDialog) => void }) {
  const { run, step, input, onDialog } = props;
  const denied = useDenied("runs:write");
  const reason =
    denied ??
    (isFinalRun(run.status) ? null : "The run has not ended yet") ??
    (step.iteration === "" ? null : "A replay cannot begin inside a loop; begin at the loop");
  return (
    <Button
      size="sm"
      icon={<RotateCcw aria-hidden />}
      disabledReason={reason}
      onClick={() =>
        onDialog({ kind: "replay", run, eventInput: editorInput(run), start: { nodeId: step.nodeId, name: step.name, input } })
      }
    >
      Replay from here
    </Button>
  );
}

function PanelLoading() {
  return (
    <SkeletonGate label="Loading the step">
      <div className="flex flex-col gap-3 p-4">
        <Skeleton className="w-1/2" />
        <Skeleton className="h-40 rounded-md" />
      </div>
    </SkeletonGate>
  );
}

function StepTabs({ run, step }: { run: RunView; step: StepView }) {
  const [asked, setTab] = useQueryState("tab", parseAsString);
  const [attempt] = useQueryState("attempt", parseAsInteger);
  const issueId = run.deadLetters.find((letter) => letter.stepId === step.id)?.issueId;
  const tabs: TabItem<TabName>[] = [
    ...(step.error ? [{ value: "error" as const, label: "Error", content: <ErrorTab error={step.error} issueId={issueId} /> }] : []),
    { value: "output", label: "Output", content: <Output step={step} /> },
    { value: "input", label: "Input", content: <Input step={step} /> },
    {
      value: "attempts",
      label: "Attempts",
      count: step.attemptList.length,
      content: <AttemptsTab attempts={step.attemptList} />,
    },
    {
      value: "settings",
      label: "Settings",
      content: (
        <Suspense>
          <SettingsUsed run={run} step={step} />
        </Suspense>
      ),
    },
    { value: "compare", label: "Compare", content: <CompareStep run={run} step={step} /> },
  ];
  const first = attempt !== null ? "attempts" : step.error ? "error" : "output";
  const tab = tabs.find((each) => each.value === asked)?.value ?? first;
  return (
    <>
      <StepFacts step={step} />
      {step.loop ? <LoopPace runId={run.id} step={step} loop={step.loop} /> : null}
      {step.waitingFor ? <WaitingForView waitingFor={step.waitingFor} /> : null}
      <Tabs label="Step" items={tabs} value={tab} onValueChange={(value) => void setTab(value)} panelClassName="p-4" />
    </>
  );
}

function ErrorTab({ error, issueId }: { error: StepError; issueId: string | undefined }) {
  return (
    <div className="flex flex-col gap-3">
      <StepErrorView error={error} />
      {issueId === undefined ? null : <SimilarFailures issueId={issueId} />}
    </div>
  );
}

function StepFacts({ step }: { step: StepView }) {
  return (
    <Facts
      className="px-4 pb-3"
      facts={[
        { name: "Type", value: step.type },
        { name: "Node", value: <span className="font-mono text-sm">{step.nodeId}</span> },
        step.startedAt !== null && { name: "Started", value: <TimeWithCopy at={step.startedAt} /> },
        step.port !== null && { name: "Left by", value: <span className="font-mono text-sm">{step.port}</span> },
        step.idempotencyKey !== null && { name: "Idempotency key", value: <CopyText text={step.idempotencyKey} label="idempotency key" /> },
      ]}
    />
  );
}

function Input({ step }: { step: StepView }) {
  if (step.input === null)
    return <p className="text-fg-muted">No input is stored: the step took none, or the workflow's history setting left it out.</p>;
  return <JsonView value={step.input} label="input" tall />;
}

function Output({ step }: { step: StepView }) {
  if (step.status === "succeeded" || step.status === "deduplicated") {
    if (step.output === null) return <p className="text-fg-muted">The output is null, or the workflow's history setting left it out.</p>;
    return <JsonView value={step.output} label="output" tall />;
  }
  if (step.status === "skipped") return <p className="text-fg-muted">The step was skipped: no branch that was taken leads to it.</p>;
  return <p className="text-fg-muted">{step.status === "failed" ? "A failed step has no output." : "No output yet."}</p>;
}

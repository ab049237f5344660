"use client";

import { useQuery } from "@tanstack/react-query";
import { Pin, Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton, CopyText } from "#components/ui/copy-button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { classWords, codeWords } from "#components/ui/error-words.ts";
import { shortId } from "#components/ui/format.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { StepView } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import { isFinalStep } from "#lib/shared/statuses.ts";
import { pinOf } from "../commands/pins.ts";
import type { SampleScope } from "../expression/sample-scope.ts";
import { isTrigger } from "../node-ports.ts";
import { stepQuery } from "../queries.ts";
import { partRefusal, scopeNames, type TestScope } from "../run/partial-run.ts";
import type { RunHandle } from "../run/use-run.ts";
import { useDocument, useEditor } from "../use-editor.ts";
import { Attempts } from "./attempts.tsx";
import { Pinned } from "./pinned-output.tsx";
import { TestedItem } from "./tested-item.tsx";

/** What the step got and gave in the run shown on the canvas; before the first run, what it will probably see. */
export function TestTab({ node, run, sample }: { node: WorkflowNode; run: RunHandle; sample: SampleScope }) {
  const steps = run.view?.steps.filter((step) => step.nodeId === node.id) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [writing, setWriting] = useState(false);
  const step =
    steps.find((candidate) => candidate.id === chosen) ?? steps.find((candidate) => candidate.status === "failed") ?? steps.at(-1);
  const detail = useQuery({
    ...stepQuery(run.runId ?? "", step?.id ?? ""),
    enabled: step !== undefined,
    refetchInterval: step !== undefined && !isFinalStep(step.status) ? 1_000 : false,
  });
  const pins = (
    <>
      <Parts node={node} run={run} onWritePin={() => setWriting(true)} />
      <TestedItem sample={sample} className="-mt-2" />
      <Pinned
        node={node}
        start={detail.data?.output ?? getDefinition(node.type)?.sampleOutput ?? null}
        writing={writing}
        onWritten={() => setWriting(false)}
      />
    </>
  );
  if (step === undefined) return <NotRun node={node} run={run} sample={sample} pins={pins} />;
  return (
    <div className="flex flex-col gap-4 p-4">
      {pins}
      {steps.length > 1 ? (
        <Select
          aria-label="Iteration"
          options={steps.map((each) => ({
            value: each.id,
            label: `${describeIteration(each.iteration) || "outside"} · ${lookOfStep(each).label}`,
          }))}
          value={step.id}
          onValueChange={setChosen}
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-2.5">
        <StatusBadge look={lookOfStep(step)} />
        <Duration ms={step.durationMs} since={step.startedAt} className="text-fg-muted" />
        {step.port !== null && step.port !== "out" ? <Badge>took “{step.port}”</Badge> : null}
        {step.startedAt === null ? null : <Time at={step.startedAt} className="text-fg-subtle" />}
        <span className="ml-auto flex items-center gap-1 text-fg-subtle text-sm">
          Step <CopyText text={step.id} display={shortId(step.id)} label="step id" />
        </span>
      </div>
      {step.error === null ? null : (
        <div role="alert" className="rounded-md bg-failed-tint px-3 py-2 text-failed">
          <div className="flex items-start justify-between gap-2">
            <p className="wrap-anywhere">{step.error.message}</p>
            <CopyButton text={step.error.message} label="error" className="-my-0.5 -mr-1 size-6" />
          </div>
          <p className="text-sm opacity-80">{[classWords(step.error), codeWords(step.error)].filter(Boolean).join(" · ")}</p>
        </div>
      )}
      {detail.error === null ? null : (
        <ErrorState title="The step could not be loaded" error={detail.error} onRetry={() => void detail.refetch()} />
      )}
      {detail.data === undefined ? detail.isPending ? <Skeleton className="h-24" /> : null : <Details step={detail.data} />}
    </div>
  );
}

/** Tests of a part of the workflow, around this step. */
function Parts({ node, run, onWritePin }: { node: WorkflowNode; run: RunHandle; onWritePin: () => void }) {
  const document = useDocument();
  const items = useEditor((state) => state.testedItems);
  const scopes: TestScope[] = ["to", "only", "from"];
  const pinned = pinOf(document, node.id) !== undefined;
  const readOnly = useEditor((state) => state.readOnly);
  const gave = run.view?.steps.some((step) => step.nodeId === node.id && step.port !== null) === true;
  return (
    <div className="flex flex-wrap gap-1.5">
      {scopes.map((scope) => (
        <Button
          key={scope}
          size="sm"
          disabledReason={partRefusal({ document, nodeId: node.id, scope, run: run.view, items })}
          onClick={() => run.startPart(node.id, scope)}
        >
          {scopeNames[scope]}
        </Button>
      ))}
      {isTrigger(node) || pinned ? null : (
        <>
          <Button
            size="sm"
            icon={<Pin aria-hidden />}
            disabledReason={gave ? null : "In the shown run the step gave nothing"}
            onClick={() => run.pin(node.id)}
          >
            Pin output
          </Button>
          <Button size="sm" disabledReason={readOnly ? "This workflow cannot be edited" : null} onClick={onWritePin}>
            Pin by hand
          </Button>
        </>
      )}
    </div>
  );
}

function Details({ step }: { step: StepView }) {
  return (
    <>
      {step.idempotencyKey === null ? null : (
        <p className="flex items-center gap-2">
          <span className="whitespace-nowrap text-fg-muted">Idempotency key</span>{" "}
          <CopyText text={step.idempotencyKey} label="idempotency key" />
        </p>
      )}
      <Section title="Input">
        <JsonView value={step.input} label="input" />
      </Section>
      {step.status === "succeeded" || step.status === "deduplicated" ? (
        <Section title="Output">
          <JsonView value={step.output} label="output" />
        </Section>
      ) : null}
      {step.error !== null && step.error.details !== null ? (
        <Section title="Why">
          <JsonView value={step.error.details} label="details" expand={4} />
        </Section>
      ) : null}
      {step.attemptList.length > 0 ? (
        <Section title={`Attempts (${step.attemptList.length})`}>
          <Attempts attempts={step.attemptList} />
        </Section>
      ) : null}
    </>
  );
}

interface NotRunProps {
  node: WorkflowNode;
  run: RunHandle;
  sample: SampleScope;
  pins: ReactNode;
}

function NotRun({ node, run, sample, pins }: NotRunProps) {
  const notReached = run.view !== undefined;
  const trigger = isTrigger(node);
  const [before] = sample.steps;
  const input = trigger || before === undefined ? sample.scope.trigger : before.output;
  const real = trigger || before === undefined ? sample.triggerIsReal : before.real;
  const output = getDefinition(node.type)?.sampleOutput ?? null;
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex items-center justify-between gap-3">
        <p className="text-fg-muted">
          {notReached ? "The shown run did not reach this step." : "Run the workflow to see what this step gets and gives."}
        </p>
        <Button icon={<Play aria-hidden />} onClick={run.openDialog}>
          Run
        </Button>
      </div>
      {pins}
      <Section
        title={trigger ? "What a run will see as trigger" : before === undefined ? "Trigger" : `Comes from ${before.node.name}`}
        hint={real ? "last run" : "sample"}
      >
        <JsonView value={input} label="sample input" />
      </Section>
      {trigger ? null : (
        <Section title="Output" hint="sample">
          <JsonView value={output} label="sample output" />
        </Section>
      )}
    </div>
  );
}

function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section>
      <div className="mb-1 flex items-baseline justify-between">
        <h2 className="font-medium text-sm">{title}</h2>
        {hint === undefined ? null : <span className="text-fg-subtle text-xs">{hint}</span>}
      </div>
      {children}
    </section>
  );
}

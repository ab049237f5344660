"use client";

import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { keepInput, lastInput } from "#components/api/test-input.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { plural } from "#components/ui/format.ts";
import { JsonEditor } from "#components/ui/json-editor.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { EventView, WorkflowView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { readJsonText } from "../form/json-text.ts";
import { BlockingProblems, useBlockingCount } from "../header/blocking-problems.tsx";
import { recentEventsQuery } from "../queries.ts";
import { useDocument } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { CaptureNext } from "./capture-next.tsx";
import { PollSources } from "./poll-sources.tsx";
import { firstInput, outsideSteps, triggersOf } from "./sample-inputs.ts";
import { SourceLine } from "./source-line.tsx";
import type { RunHandle } from "./use-run.ts";

const write = (value: JsonValue) => JSON.stringify(value, null, 2);

interface RunFormProps {
  workflow: WorkflowView;
  run: RunHandle;
  panel: PanelState;
}

/** Asks what to run with: a sample, the last input, a received event, or anything typed. */
export function RunDialog({ open, ...props }: RunFormProps & { open: boolean }) {
  const { run } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? run.openDialog() : run.closeDialog())}
      title="Run the draft"
      description="A test run: it uses the draft as you see it and is not counted among live runs."
      width="lg"
    >
      {open ? <RunForm {...props} /> : null}
    </Dialog>
  );
}

function RunForm({ workflow, run, panel }: RunFormProps) {
  const document = useDocument();
  const triggers = triggersOf(document);
  const [triggerNodeId, setTriggerNodeId] = useState(triggers[0]?.id ?? null);
  const [source, setSource] = useState(() => (lastInput(workflow.id) === null ? "sample" : "last"));
  const [text, setText] = useState(() => lastInput(workflow.id) ?? write(firstInput(document)));
  const parsed = readJsonText(text);
  const outside = outsideSteps(document);
  const blocking = useBlockingCount();
  const choose = (id: string, value: JsonValue) => {
    setSource(id);
    setText(write(value));
  };
  const submit = () => {
    if (!parsed.ok || blocking > 0) return;
    keepInput(workflow.id, text);
    run.start({ input: parsed.value ?? null, triggerNodeId });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <BlockingProblems panel={panel} onLeave={run.closeDialog} />
      <div className="grid gap-4 md:grid-cols-[200px_minmax(0,1fr)]">
        <Sources workflow={workflow} run={run} triggerNodeId={triggerNodeId} chosen={source} onChoose={choose} />
        <div className="flex min-w-0 flex-col gap-2">
          {triggers.length > 1 && triggerNodeId !== null ? (
            <Select
              aria-label="Start from"
              options={triggers.map((node) => ({ value: node.id, label: node.name }))}
              value={triggerNodeId}
              onValueChange={setTriggerNodeId}
              className="max-w-72"
            />
          ) : null}
          <JsonEditor label="Input" value={text} onValueChange={setText} className="h-64" />
          {parsed.ok ? null : (
            <p role="alert" className="text-danger text-sm">
              {parsed.message}
            </p>
          )}
        </div>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-fg-muted">
          {outside.length === 0
            ? "No step of this workflow reaches another system."
            : `${plural(outside.length, "step calls another system", "steps call other systems")} for real: ${outside.map((node) => node.name).join(", ")}.`}
        </p>
        <div className="ml-auto flex gap-2">
          <Button onClick={run.closeDialog}>Cancel</Button>
          <Button
            type="submit"
            data-confirm
            variant="primary"
            icon={<Play aria-hidden />}
            loading={run.starting}
            disabledReason={blocking > 0 ? "Mend the problems first" : parsed.ok ? null : "The input is not valid JSON"}
          >
            Start run
          </Button>
        </div>
      </div>
    </form>
  );
}

interface SourcesProps {
  workflow: WorkflowView;
  run: RunHandle;
  triggerNodeId: string | null;
  chosen: string;
  onChoose: (id: string, value: JsonValue) => void;
}

function Sources({ workflow, run, triggerNodeId, chosen, onChoose }: SourcesProps) {
  const document = useDocument();
  const trigger = workflow.triggers.find((candidate) => candidate.nodeId === triggerNodeId);
  const events = useQuery({ ...recentEventsQuery(trigger?.id ?? ""), enabled: trigger !== undefined });
  const polls = document.nodes.some((node) => node.id === triggerNodeId && node.type === "poll");
  const kept = lastInput(workflow.id);
  const keptValue = kept === null ? null : readJsonText(kept);
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-medium text-fg-subtle text-xs">Input</h3>
      <ul className="flex flex-col gap-0.5">
        <SourceLine active={chosen === "sample"} onClick={() => onChoose("sample", firstInput(document))}>
          Sample
        </SourceLine>
        {keptValue?.ok === true && keptValue.value !== undefined ? (
          <SourceLine active={chosen === "last"} onClick={() => onChoose("last", keptValue.value ?? null)}>
            Last used here
          </SourceLine>
        ) : null}
        <SourceLine active={chosen === "empty"} onClick={() => onChoose("empty", {})}>
          Empty
        </SourceLine>
      </ul>
      {polls && triggerNodeId !== null ? (
        <PollSources key={triggerNodeId} workflowId={workflow.id} nodeId={triggerNodeId} run={run} chosen={chosen} onChoose={onChoose} />
      ) : null}
      {trigger === undefined ? null : (
        <>
          <h3 className="mt-3 mb-1 font-medium text-fg-subtle text-xs">Received events</h3>
          {events.isPending ? <Skeleton className="mt-2 w-24" /> : null}
          <CaptureNext triggerId={trigger.id} known={events.data?.items ?? null} onCaptured={(event) => onChoose(event.id, event.data)} />
          <EventLines events={events.data?.items ?? []} chosen={chosen} onChoose={onChoose} />
        </>
      )}
    </div>
  );
}

function EventLines({ events, chosen, onChoose }: { events: EventView[]; chosen: string; onChoose: SourcesProps["onChoose"] }) {
  if (events.length === 0) return <p className="px-2 text-fg-subtle text-sm">None yet</p>;
  return (
    <ul className="flex max-h-44 flex-col gap-0.5 overflow-y-auto">
      {events.map((event) => (
        <SourceLine key={event.id} active={chosen === event.id} onClick={() => onChoose(event.id, event.data)}>
          <Time at={event.receivedAt} />
          <span className="ml-auto text-fg-subtle text-xs">{event.outcome === "accepted" ? "" : event.outcome}</span>
        </SourceLine>
      ))}
    </ul>
  );
}

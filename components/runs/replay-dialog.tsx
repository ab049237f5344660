"use client";

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { shortId } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { JsonEditor } from "#components/ui/json-editor.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RunStarted, RunSummary } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { type ReplayWish, replayPlanQuery } from "./queries.ts";
import { ReplayPlanView } from "./replay-plan.tsx";
import { replayReason } from "./replay-reason.ts";

/** A step to begin at, with the input it had. */
export interface ReplayStart {
  nodeId: string;
  name: string;
  input: JsonValue;
}

const versionOptions = [
  { value: "same", label: "The version of this run" },
  { value: "live", label: "The live version" },
  { value: "number", label: "Another version" },
] as const;

export const keyOptions = [
  { value: "same", label: "The same keys", description: "What took effect before is not done twice." },
  { value: "new", label: "New keys", description: "Every effect is done once more." },
] as const;

type VersionChoice = (typeof versionOptions)[number]["value"];

function parse(text: string | null): { value?: JsonValue; error: string | null } {
  if (text === null) return { error: null };
  try {
    const value: JsonValue = JSON.parse(text);
    return { value, error: null };
  } catch (thrown) {
    return { error: `Not valid JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

function useWish(run: RunSummary, start: ReplayStart | null) {
  const [from, setFrom] = useState<string>(start ? start.nodeId : "start");
  const [version, setVersion] = useState<VersionChoice>("same");
  const [number, setNumber] = useState(String(run.version ?? 1));
  const [keys, setKeys] = useState<"same" | "new">("same");
  const [text, setText] = useState<string | null>(null);
  const input = parse(text);
  const chosen = version === "number" ? Number(number) : version;
  const wish: ReplayWish = { from, version: chosen, keys, ...(input.value === undefined ? {} : { input: input.value }) };
  const problem = input.error ?? (version === "number" && !/^[1-9]\d{0,8}$/.test(number) ? "A version is a whole number, 1 or more" : null);
  return { wish, problem, inputError: input.error, from, setFrom, version, setVersion, number, setNumber, keys, setKeys, text, setText };
}

interface ReplayDialogProps {
  run: RunSummary;
  start: ReplayStart | null;
  eventInput: JsonValue;
  onClose: () => void;
}

/** A new run from an old one: from where, of which version, with which keys and data; and what that would do, before it is done. */
export function ReplayDialog({ run, start, eventInput, onClose }: ReplayDialogProps) {
  const router = useRouter();
  const choice = useWish(run, start);
  const { wish, problem } = choice;
  const plan = useQuery({ ...replayPlanQuery(run.id, wish), placeholderData: keepPreviousData, enabled: problem === null });
  const replay = useMutation({
    mutationFn: () => api.post<RunStarted>(`/runs/${run.id}/replay`, wish, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: ({ runId }) => {
      onClose();
      toast.success("Replay started", { action: { label: "Open run", onClick: () => router.push(`/runs/${runId}`) } });
    },
  });
  return (
    <Dialog
      open
      width="lg"
      onOpenChange={onClose}
      title={`Replay run ${shortId(run.id)}`}
      description="A new run is made; this one stays as it is."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            loading={replay.isPending}
            disabledReason={replayReason(problem, plan)}
            onClick={() => replay.mutate()}
          >
            Replay run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Choices run={run} start={start} choice={choice} />
        <InputChoice old={choice.from === start?.nodeId ? start.input : eventInput} choice={choice} />
        <ReplayPlanView plan={plan.data} />
        <ErrorLine error={plan.error ?? replay.error} />
      </div>
    </Dialog>
  );
}

type Choice = ReturnType<typeof useWish>;

function Choices({ run, start, choice }: { run: RunSummary; start: ReplayStart | null; choice: Choice }) {
  const fromOptions = [
    { value: "start", label: "From the start" },
    ...(run.status === "failed" ? [{ value: "failed", label: "From what failed" }] : []),
    ...(start ? [{ value: start.nodeId, label: `From “${start.name}”` }] : []),
  ];
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Field label="From">
        <Select
          options={fromOptions}
          value={choice.from}
          onValueChange={(from) => {
            choice.setFrom(from);
            choice.setText(null);
          }}
        />
      </Field>
      <Field label="Version">
        <Select options={versionOptions} value={choice.version} onValueChange={choice.setVersion} />
      </Field>
      <Field label="Idempotency keys">
        <Select options={keyOptions} value={choice.keys} onValueChange={choice.setKeys} />
      </Field>
      {choice.version === "number" ? (
        <Field label="Version number" className="sm:col-start-2">
          <Input type="number" min={1} step={1} value={choice.number} onChange={(event) => choice.setNumber(event.target.value)} />
        </Field>
      ) : null}
    </div>
  );
}

/** The data is that of the old run, unless somebody wants to change it. */
function InputChoice({ old, choice }: { old: JsonValue; choice: Choice }) {
  const { text, setText, inputError, from } = choice;
  if (from === "failed") return <p className="text-fg-muted">The failed step begins with the input it had.</p>;
  const what = from === "start" ? "event data" : "input of the step";
  if (text === null) {
    return (
      <p className="flex flex-wrap items-center gap-2 text-fg-muted">
        With {from === "start" ? "the event data of this run" : "the input the step had"}.
        <Button size="sm" onClick={() => setText(JSON.stringify(old, null, 2))}>
          {from === "start" ? "Give other data" : "Edit the input"}
        </Button>
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center justify-between">
        <span className="font-medium text-sm">{from === "start" ? "Event data" : "Input of the step"}</span>
        <Button size="sm" variant="ghost" onClick={() => setText(null)}>
          As it was
        </Button>
      </div>
      <JsonEditor label={`The ${what}`} value={text} onValueChange={setText} className="h-48" />
      {inputError ? (
        <p role="alert" className="text-danger text-sm">
          {inputError}
        </p>
      ) : null}
    </div>
  );
}

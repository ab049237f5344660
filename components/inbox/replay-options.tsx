"use client";

import { useQuery } from "@tanstack/react-query";
import { Field } from "#components/ui/field.tsx";
import { Select, type SelectOption } from "#components/ui/select.tsx";
import type { DeadLetterView } from "#lib/shared/inbox-types.ts";
import { type ReplayChoice, replayPlanQuery, toBody, versionsQuery } from "./replay-choice.ts";

const keyOptions: readonly SelectOption<ReplayChoice["keys"]>[] = [
  { value: "same", label: "Same keys", description: "What took effect already may be skipped" },
  { value: "new", label: "New keys", description: "Every effect is done again" },
];

const fromFailed = toBody({ from: "failed", version: "same", keys: "same" }, undefined);

/** Where to begin: the failed step, the start, or a step before it. */
function useFromOptions(item: DeadLetterView): SelectOption<string>[] {
  // The steps whose results are kept are those that came before.
  const plan = useQuery(replayPlanQuery(item.id, fromFailed));
  return [
    { value: "failed", label: `The failed step: ${item.nodeName}`, description: "Earlier steps are not repeated" },
    { value: "start", label: "The start", description: "A new run of the whole event" },
    ...(plan.data?.keeps.map(({ nodeId, name }) => ({ value: nodeId, label: name, description: "A new run from this step on" })) ?? []),
  ];
}

function useVersionOptions(item: DeadLetterView): SelectOption<ReplayChoice["version"]>[] {
  const versions = useQuery(versionsQuery(item.workflowId));
  const own = item.version === null ? "The draft that ran" : `Version ${item.version}, which ran`;
  const others = versions.data?.items.filter((each) => each.version !== item.version && !each.live) ?? [];
  const live = versions.data?.items.find((each) => each.live);
  return [
    { value: "same", label: own },
    ...(live && live.version !== item.version ? [{ value: "live" as const, label: `Version ${live.version}, which is live` }] : []),
    ...others.map((each) => ({
      value: `${each.version}` as const,
      label: `Version ${each.version}`,
      ...(each.note ? { description: each.note } : {}),
    })),
  ];
}

export interface ReplayOptionsProps {
  item: DeadLetterView;
  choice: ReplayChoice;
  onChange: (choice: ReplayChoice) => void;
}

/** From where, on which version, under which keys. */
export function ReplayOptions({ item, choice, onChange }: ReplayOptionsProps) {
  const from = useFromOptions(item);
  const version = useVersionOptions(item);
  return (
    <div className="mb-4 grid gap-3 sm:grid-cols-3">
      <Field label="Begin at">
        <Select options={from} value={choice.from} onValueChange={(next) => onChange({ ...choice, from: next })} />
      </Field>
      <Field label="Version">
        <Select options={version} value={choice.version} onValueChange={(next) => onChange({ ...choice, version: next })} />
      </Field>
      <Field label="Idempotency keys">
        <Select options={keyOptions} value={choice.keys} onValueChange={(next) => onChange({ ...choice, keys: next })} />
      </Field>
    </div>
  );
}

"use client";

import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { useQueryStates } from "nuqs";
import { type FormEvent, useState } from "react";
import { api } from "#components/api/client.ts";
import { workflowsQuery } from "#components/api/workflows.ts";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Combobox } from "#components/ui/combobox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { MultiSelect } from "#components/ui/multi-select.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { Select } from "#components/ui/select.tsx";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { type JsonValue, own } from "#lib/shared/json.ts";
import { AttributeFilter } from "./attribute-filter.tsx";
import { type RunFilter, runFilterParsers } from "./filter.ts";
import { triggerOptions } from "./words.ts";

const byOptions = [
  { value: "received", label: "When it was received" },
  { value: "started", label: "When it started" },
  { value: "ended", label: "When it ended" },
] as const;

const modeOptions = [
  { value: "all", label: "Live and test" },
  { value: "live", label: "Live only" },
  { value: "test", label: "Test only" },
] as const;

const replayOptions = [
  { value: "all", label: "Replayed or not" },
  { value: "yes", label: "Has a replay" },
  { value: "no", label: "Has no replay" },
] as const;

/** A payload field is a path and a value: `body.order.id=42`. */
const fieldPattern = "[^=.]+([.][^=.]+)*=.*";

/** The filters that are needed less often, behind one button. */
export function MoreFilters({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Popover
      label="More filters"
      open={open}
      onOpenChange={onOpenChange}
      className="max-h-[min(44rem,var(--available-height))] w-88 max-w-[var(--available-width)] overflow-y-auto"
      trigger={
        <button type="button" className={cn(buttonClass(), "font-normal")}>
          <SlidersHorizontal aria-hidden className="text-fg-subtle" />
          More filters
        </button>
      }
    >
      <FilterForm onDone={() => onOpenChange(false)} />
    </Popover>
  );
}

function FilterForm({ onDone }: { onDone: () => void }) {
  const [filter, setFilter] = useQueryStates(runFilterParsers);
  const [draft, setDraft] = useState<Partial<RunFilter>>({});
  const now = { ...filter, ...draft };
  const change = (part: Partial<RunFilter>) => setDraft({ ...draft, ...part });
  const text = (key: "error" | "key" | "field") => ({
    value: now[key] ?? "",
    onChange: (event: { target: { value: string } }) => change({ [key]: event.target.value || null }),
  });
  const whole = (key: "version" | "attempts" | "longer") => ({
    type: "number",
    min: key === "longer" ? 0 : 1,
    step: 1,
    value: now[key] ?? "",
    onChange: (event: { target: { value: string } }) => change({ [key]: event.target.value === "" ? null : Number(event.target.value) }),
  });
  const apply = (event: FormEvent) => {
    event.preventDefault();
    void setFilter(draft);
    onDone();
  };
  return (
    <form onSubmit={apply} className="flex flex-col gap-3">
      <WorkflowField value={now.workflow} onValueChange={(workflow) => change({ workflow, version: null, node: null })} />
      <div className="flex items-center justify-between gap-2">
        <span className="font-medium text-sm">Trigger</span>
        <MultiSelect
          label="Trigger"
          empty="Any"
          options={triggerOptions}
          values={now.trigger}
          onValuesChange={(trigger) => change({ trigger })}
        />
      </div>
      <FailedNode workflowId={now.workflow} value={now.node} onValueChange={(node) => change({ node })} />
      <Field label="Error text">
        <Input {...text("error")} placeholder="answered 503" />
      </Field>
      <Field label="Idempotency or deduplication key" help="The whole key.">
        <Input {...text("key")} />
      </Field>
      <AttributeFilter workflowId={now.workflow} value={now.attr} onValueChange={(attr) => change({ attr })} />
      <Field label="Payload field" help="A path and its value. Payloads are looked through a stretch at a time.">
        <Input {...text("field")} pattern={fieldPattern} title="path=value" placeholder="body.order.id=42" className="font-mono" />
      </Field>
      <div className="grid grid-cols-3 gap-2">
        <Field label="Version">
          <Input {...whole("version")} />
        </Field>
        <Field label="Attempts ≥">
          <Input {...whole("attempts")} max={1_000} />
        </Field>
        <Field label="Seconds ≥">
          <Input {...whole("longer")} />
        </Field>
      </div>
      <Field label="Replay">
        <Select
          options={replayOptions}
          value={now.replayed === null ? "all" : now.replayed ? "yes" : "no"}
          onValueChange={(value) => change({ replayed: value === "all" ? null : value === "yes" })}
        />
      </Field>
      <Field label="Mode">
        <Select options={modeOptions} value={now.mode ?? "all"} onValueChange={(mode) => change({ mode: mode === "all" ? null : mode })} />
      </Field>
      <Field label="The time range is about">
        <Select options={byOptions} value={now.by ?? "received"} onValueChange={(by) => change({ by: by === "received" ? null : by })} />
      </Field>
      <Button type="submit" variant="primary">
        Apply filters
      </Button>
    </form>
  );
}

/** On a phone, where it has no place beside the others. */
function WorkflowField({ value, onValueChange }: { value: string | null; onValueChange: (workflow: string | null) => void }) {
  const workflows = useQuery(workflowsQuery);
  const options = workflows.data?.items.map((workflow) => ({ value: workflow.id, label: workflow.name })) ?? [];
  return (
    <div className="sm:hidden">
      <Field label="Workflow">
        <Combobox clearable={value !== null} placeholder="Every workflow" options={options} value={value} onValueChange={onValueChange} />
      </Field>
    </div>
  );
}

/** Steps have names in a workflow; without one only their id can be given. */
function FailedNode(props: { workflowId: string | null; value: string | null; onValueChange: (node: string | null) => void }) {
  const { workflowId, value, onValueChange } = props;
  const workflow = useQuery({
    queryKey: ["workflows", "nodes", workflowId],
    queryFn: ({ signal }) => api.get<WorkflowView>(`/workflows/${workflowId}`, { signal }),
    enabled: workflowId !== null,
  });
  const steps = namedSteps(workflow.data?.liveDocument ?? workflow.data?.draft.document);
  if (workflowId === null || steps.length === 0) {
    return (
      <Field label="Step that failed" help="The step's id; choose a workflow to pick it by its name.">
        <Input value={value ?? ""} onChange={(event) => onValueChange(event.target.value || null)} className="font-mono" />
      </Field>
    );
  }
  return (
    <Field label="Step that failed">
      <Combobox clearable={value !== null} placeholder="Any step" options={steps} value={value} onValueChange={onValueChange} />
    </Field>
  );
}

// The schema of documents would read them too, and is larger than this page.
function namedSteps(document: JsonValue | undefined): { value: string; label: string }[] {
  const nodes = own(document, "nodes");
  return (Array.isArray(nodes) ? nodes : []).flatMap((node) => {
    const [value, label] = [own(node, "id"), own(node, "name")];
    return typeof value === "string" && typeof label === "string" ? [{ value, label }] : [];
  });
}

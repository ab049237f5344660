"use client";

import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp, Database, Play } from "lucide-react";
import { useMemo, useState } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { formatRelative } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { announce } from "#components/ui/live-region.ts";
import { useNow } from "#components/ui/now.ts";
import { useZone } from "#components/ui/preferences.ts";
import { Select } from "#components/ui/select.tsx";
import { lookOfRun } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { RunSummary } from "#lib/shared/api-types.ts";
import { sourcesOf } from "../expression/data-rows.ts";
import { DataTree } from "../expression/data-tree.tsx";
import type { FieldTarget } from "../expression/field-target.ts";
import type { SampleScope } from "../expression/sample-scope.ts";
import { partRefusal } from "../run/partial-run.ts";
import type { RunHandle } from "../run/use-run.ts";
import { useEditor } from "../use-editor.ts";
import { TestedItem } from "./tested-item.tsx";
import type { SampleChoice } from "./use-sample.ts";

interface DataPaneProps {
  node: WorkflowNode;
  sample: SampleScope;
  choice: SampleChoice;
  run: RunHandle;
  target: FieldTarget | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDragging: (dragging: boolean) => void;
}

/** What a step can use, with real values: below its settings, so that both are in sight while mapping. */
export function DataPane(props: DataPaneProps) {
  const { open, onOpenChange, choice, sample, target } = props;
  const [search, setSearch] = useState("");
  const sources = useMemo(() => sourcesOf(sample, "run"), [sample]);
  const pick = (path: string) => {
    if (target === null) announce("Go to a field first: values go to where the cursor was last");
    else target.insertPath(path);
  };
  return (
    <section aria-label="Data" className="flex h-full min-h-0 flex-col bg-subtle">
      <div className="flex h-9 shrink-0 items-center gap-2 border-b bg-bg pr-1.5 pl-4">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => onOpenChange(!open)}
          className="-ml-1 flex h-7 items-center gap-1.5 rounded px-1 font-medium text-sm hover:bg-hover"
        >
          <Database aria-hidden className="size-3.5 text-fg-subtle" />
          Data
          {open ? <ChevronDown aria-hidden className="size-3.5" /> : <ChevronUp aria-hidden className="size-3.5" />}
        </button>
        <span className="ml-auto" />
        <SampleSelect choice={choice} />
      </div>
      {open ? (
        <>
          {choice.runId === null && !choice.loading ? <NoRun {...props} /> : null}
          {choice.error === null ? null : (
            <p className="border-b px-4 py-2 text-danger text-sm">The runs could not be read; these are examples.</p>
          )}
          <TestedItem sample={sample} className="px-4 pt-2" />
          <div className="shrink-0 px-4 pt-2">
            <Input
              aria-label="Find data"
              placeholder="Find a field or a value"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="h-7"
            />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-2">
            <DataTree label="Data of the steps before" sources={sources} search={search} onPick={pick} onDragging={props.onDragging} />
          </div>
          <p className="shrink-0 truncate border-t px-4 py-1.5 text-fg-muted text-sm" data-target={target?.label ?? ""}>
            {target === null ? (
              "Go to a field, then click a value; or drag it there."
            ) : (
              <>
                A click puts the value into <span className="font-medium text-fg">{target.label}</span>.
              </>
            )}
          </p>
        </>
      ) : null}
    </section>
  );
}

function NoRun({ node, run }: DataPaneProps) {
  const refusal = useEditor(({ document, testedItems: items }) =>
    partRefusal({ document, nodeId: node.id, scope: "to", run: run.view, items }),
  );
  return (
    <div className="flex shrink-0 items-center justify-between gap-3 border-b px-4 py-2">
      <p className="text-fg-muted text-sm">These are examples. A run brings real values.</p>
      <Button
        size="sm"
        icon={<Play aria-hidden />}
        loading={run.starting}
        disabledReason={refusal}
        onClick={() => run.startPart(node.id, "to")}
      >
        Run to here
      </Button>
    </div>
  );
}

const example = "example";

/** Which run the values are of, with a step to the one before and after. */
function SampleSelect({ choice }: { choice: SampleChoice }) {
  const nowMs = useNow(false);
  const zone = useZone();
  const { runs, runId, choose } = choice;
  if (runs.length === 0) return <span className="pr-2 text-fg-subtle text-sm">{choice.loading ? "Loading…" : "Examples"}</span>;
  const words = (run: RunSummary) =>
    `${formatRelative(Date.parse(run.createdAt), nowMs || Date.now(), zone)}${run.mode === "test" ? ", test" : run.version === null ? "" : `, v${run.version}`}`;
  const index = runs.findIndex((run) => run.id === runId);
  const older = runs[index + 1];
  const newer = index > 0 ? runs[index - 1] : undefined;
  return (
    <div className="flex min-w-0 items-center">
      <IconButton
        label="Sample before"
        icon={<ChevronLeft aria-hidden />}
        className="size-7"
        disabledReason={older === undefined ? "There is no earlier run among the last 20" : null}
        onClick={() => older && choose(older.id)}
      />
      <Select
        aria-label="Sample"
        size="sm"
        className="w-40 border-transparent bg-transparent"
        options={[
          ...runs.map((run) => ({ value: run.id, label: `Run ${words(run)}`, icon: <StatusIcon look={lookOfRun(run)} /> })),
          { value: example, label: "Examples" },
        ]}
        value={runId ?? example}
        onValueChange={(next) => choose(next === example ? null : next)}
      />
      <IconButton
        label="Sample after"
        icon={<ChevronRight aria-hidden />}
        className="size-7"
        disabledReason={newer === undefined ? "This is the latest run" : null}
        onClick={() => newer && choose(newer.id)}
      />
    </div>
  );
}

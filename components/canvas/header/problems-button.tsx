"use client";

import { useReactFlow } from "@xyflow/react";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { Popover } from "#components/ui/popover.tsx";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { nodeOf } from "../document-index.ts";
import { centreOf } from "../flow/neighbours.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { placeOf } from "./problem-place.ts";

/** How many problems there are; opens the list of them. */
export function ProblemsButton({ panel }: { panel: PanelState }) {
  const problems = useEditor((state) => state.problems);
  const [open, setOpen] = useState(false);
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  const label =
    problems.length === 0
      ? "No problems"
      : [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean).join(", ");
  return (
    <Popover
      label="Problems"
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="max-h-[28rem] w-[26rem] overflow-y-auto p-1"
      trigger={
        <Button variant="ghost" size="sm" aria-label={label} className="gap-2.5 px-1.5">
          {problems.length === 0 ? <CircleCheck aria-hidden className="text-fg-subtle" /> : null}
          {errors > 0 ? (
            <span className="flex items-center gap-1 text-danger tabular-nums">
              <CircleAlert aria-hidden /> {errors}
            </span>
          ) : null}
          {warnings > 0 ? (
            <span className="flex items-center gap-1 text-retrying tabular-nums">
              <TriangleAlert aria-hidden /> {warnings}
            </span>
          ) : null}
        </Button>
      }
    >
      <ProblemList problems={problems} panel={panel} onDone={() => setOpen(false)} />
    </Popover>
  );
}

/** Problems, errors first; choosing one pans to its step and puts the keyboard on the setting. */
export function ProblemList({ problems, panel, onDone }: { problems: DocumentProblem[]; panel: PanelState; onDone: () => void }) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const open = (problem: DocumentProblem) => {
    onDone();
    if (problem.nodeId === null) return;
    const { tab, field } = placeOf(problem);
    const { document, select, set } = store.getState();
    select({ nodeIds: [problem.nodeId] });
    set({ activeNodeId: problem.nodeId });
    panel.open(problem.nodeId, tab, field);
    const centre = centreOf(document, problem.nodeId);
    if (centre !== null) void flow.setCenter(centre.x, centre.y, { zoom: Math.max(flow.getZoom(), 0.8), duration: 150 });
  };
  if (problems.length === 0) return <p className="px-3 py-4 text-fg-muted">No problems. This draft can be published.</p>;
  return (
    <ul>
      {problems.map((problem) => (
        <ProblemLine key={`${problem.path} ${problem.message}`} problem={problem} onOpen={open} />
      ))}
    </ul>
  );
}

function ProblemLine({ problem, onOpen }: { problem: DocumentProblem; onOpen: (problem: DocumentProblem) => void }) {
  const name = useEditor((state) => (problem.nodeId === null ? null : (nodeOf(state.document, problem.nodeId)?.name ?? null)));
  const isError = problem.severity === "error";
  return (
    <li>
      <button
        type="button"
        onClick={() => onOpen(problem)}
        className="focus-inset flex w-full items-start gap-2 rounded px-2 py-1.5 text-left hover:bg-hover"
      >
        {isError ? (
          <CircleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0 text-danger" />
        ) : (
          <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0 text-retrying" />
        )}
        <span className="min-w-0">
          <span className="block">
            <span className="sr-only">{isError ? "Error: " : "Warning: "}</span>
            {problem.message.charAt(0).toUpperCase() + problem.message.slice(1)}
          </span>
          <span className="block truncate text-fg-subtle text-sm">
            {name ?? "Workflow"}
            {problem.nodeId === null ? null : (
              <span className="ml-1.5 font-mono text-xs">{placeOf(problem).field.replace(/^(config|policy)\./, "")}</span>
            )}
          </span>
        </span>
      </button>
    </li>
  );
}

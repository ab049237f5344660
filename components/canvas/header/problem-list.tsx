"use client";

import { useReactFlow } from "@xyflow/react";
import { ChevronRight, CircleAlert, TriangleAlert, Wrench } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { announce } from "#components/ui/live-region.ts";
import { helpFor, type ProblemHelp } from "#lib/graph/reliability.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { nodeOf } from "../document-index.ts";
import { glideMs } from "../flow/glide.ts";
import { centreOf } from "../flow/neighbours.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { placeOf } from "./problem-place.ts";

/** Problems, errors first; choosing one pans to its step and puts the keyboard on the setting. */
export function ProblemList({ problems, panel, onDone }: { problems: DocumentProblem[]; panel: PanelState; onDone: () => void }) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const open = (problem: DocumentProblem) => {
    onDone();
    if (problem.path.startsWith("settings.")) store.getState().set({ settingsOpen: true });
    if (problem.nodeId === null) return;
    const { tab, field } = placeOf(problem);
    const { document, select, set } = store.getState();
    select({ nodeIds: [problem.nodeId] });
    set({ activeNodeId: problem.nodeId });
    panel.open(problem.nodeId, tab, field);
    const centre = centreOf(document, problem.nodeId);
    if (centre !== null) void flow.setCenter(centre.x, centre.y, { zoom: Math.max(flow.getZoom(), 0.8), duration: glideMs(150) });
  };
  if (problems.length === 0) return <p className="px-3 py-4 text-fg-muted">No problems. This draft can be published.</p>;
  return (
    <ul>
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.message}`} className="rounded hover:bg-hover">
          <ProblemLine problem={problem} onOpen={open} />
          {problem.rule === undefined ? null : <ProblemHelpRow problem={problem} />}
        </li>
      ))}
    </ul>
  );
}

function ProblemLine({ problem, onOpen }: { problem: DocumentProblem; onOpen: (problem: DocumentProblem) => void }) {
  const name = useEditor((state) => (problem.nodeId === null ? null : (nodeOf(state.document, problem.nodeId)?.name ?? null)));
  const isError = problem.severity === "error";
  return (
    <button
      type="button"
      onClick={() => onOpen(problem)}
      className="focus-inset flex w-full items-start gap-2 rounded px-2 py-1.5 text-left"
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
  );
}

/** Why it matters, on demand, and the click that mends it. Both are one entry of undo away from gone. */
function ProblemHelpRow({ problem }: { problem: DocumentProblem }) {
  const store = useEditorStore();
  const help = useEditor((state) => helpOf(state.document, problem));
  const readOnly = useEditor((state) => state.readOnly);
  const [told, setTold] = useState(false);
  if (help === null) return null;
  const { why, mend } = help;
  const apply = () => {
    if (mend === null) return;
    store.getState().apply(mend.label, mend.apply);
    announce(`Done: ${mend.label}. Undo takes it back.`);
  };
  return (
    <div className="pr-2 pb-1.5 pl-7.5">
      <div className="flex flex-wrap items-center gap-1">
        <Button variant="ghost" size="sm" className="-ml-2" aria-expanded={told} onClick={() => setTold(!told)}>
          <ChevronRight aria-hidden className={cn("transition-transform duration-100", told && "rotate-90")} />
          Why
        </Button>
        {mend === null || readOnly ? null : (
          <Button variant="ghost" size="sm" icon={<Wrench aria-hidden />} className="text-accent" onClick={apply}>
            {mend.label}
          </Button>
        )}
      </div>
      {told ? <p className="pt-0.5 pb-1 text-fg-muted text-sm">{why}</p> : null}
    </div>
  );
}

/** Kept by document, so that reading it from the store gives the same object until something is edited. */
const helps = new WeakMap<object, Map<string, ProblemHelp | null>>();

function helpOf(document: Parameters<typeof helpFor>[0], problem: DocumentProblem): ProblemHelp | null {
  const known = helps.get(document) ?? new Map<string, ProblemHelp | null>();
  helps.set(document, known);
  const key = `${problem.rule} ${problem.path}`;
  const help = known.get(key) ?? helpFor(document, problem);
  known.set(key, help);
  return help;
}

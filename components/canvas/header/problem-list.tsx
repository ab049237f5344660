"use client";

import { useReactFlow } from "@xyflow/react";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { Suspense } from "react";
import { lazyPart, usePrefetch } from "#components/ui/lazy.tsx";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { nodeOf } from "../document-index.ts";
import { glideMs } from "../flow/glide.ts";
import { centreOf } from "../flow/neighbours.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { placeOf } from "./problem-place.ts";

// It knows all rules of reliability, which the page does not need to show itself.
const ProblemHelpRow = lazyPart(async () => (await import("./problem-help.tsx")).ProblemHelpRow);

/** Fetches what the list of problems will show. */
export function usePrefetchedHelp(): void {
  usePrefetch(ProblemHelpRow);
}

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
          <Suspense>{problem.rule === undefined ? null : <ProblemHelpRow problem={problem} />}</Suspense>
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

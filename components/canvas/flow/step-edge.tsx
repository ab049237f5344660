"use client";

import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { Plus, X } from "lucide-react";
import { memo, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { indexDocument, nodeOf } from "../document-index.ts";
import { removeEdge } from "../editor-actions.ts";
import { loopsOf } from "../frames.ts";
import type { RunOverlay } from "../run-overlay.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { EdgeLabel } from "./edge-labels.tsx";
import type { StepFlowEdge } from "./flow-elements.ts";

/** A wire, with a `+` in its middle that inserts a step and, on hover, an `×` that deletes it. */
export const StepEdge = memo(function StepEdge(props: EdgeProps<StepFlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data } = props;
  const [hovered, setHovered] = useState(false);
  const trace = useEditor((state) => traceOf(state.document, state.overlay, id));
  const dropping = useEditor((state) => state.dropEdgeId === id);
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    <>
      <g onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
        <BaseEdge
          path={path}
          interactionWidth={24}
          className={cn(
            "!stroke-edge !stroke-[1.5px] transition-opacity duration-100",
            trace === "taken" && "!stroke-fg !stroke-2",
            trace === "dead" && "opacity-35",
            (hovered || selected || dropping) && "!stroke-accent !stroke-2 opacity-100",
          )}
          style={data?.failure ? { strokeDasharray: "5 4" } : {}}
        />
      </g>
      <ItemCount edgeId={id} x={x} y={y} />
      <EdgeTools edgeId={id} x={x} y={y} shown={hovered || selected === true} onHover={setHovered} />
    </>
  );
});

/** Whether the shown run went along this edge. */
function traceOf(document: WorkflowDocument, overlay: RunOverlay | null, edgeId: string): "taken" | "dead" | null {
  const edge = indexDocument(document).edges.get(edgeId);
  if (edge === undefined || overlay === null) return null;
  const source = overlay.nodes.get(edge.source);
  if (source === undefined) return overlay.final ? "dead" : null;
  // The step of a loop leaves through its last output only; that items went into its body is told by what stands there.
  const behind = overlay.nodes.get(edge.target);
  if (loopsOf(document).bodies.get(edge.source)?.port === edge.sourcePort) return behind?.stepId ? "taken" : null;
  if (source.port === null) return source.status === "skipped" ? "dead" : null;
  // A node with iterations took several outputs; then what stands behind tells.
  if (source.iterations > 1) return overlay.nodes.has(edge.target) ? "taken" : "dead";
  return source.port === edge.sourcePort ? "taken" : "dead";
}

/** How many items of a loop went along this edge in the shown run. */
function ItemCount({ edgeId, x, y }: { edgeId: string; x: number; y: number }) {
  const count = useEditor((state) => itemsOn(state.document, state.overlay, edgeId));
  if (count === null) return null;
  return (
    <EdgeLabel>
      <span
        style={{ transform: `translate(-50%, -100%) translate(${x}px, ${y - 12}px)` }}
        className="pointer-events-none absolute rounded bg-float px-1 text-fg-muted text-xs tabular-nums shadow-float"
      >
        {count}
        <span className="sr-only"> items</span>
      </span>
    </EdgeLabel>
  );
}

function itemsOn(document: WorkflowDocument, overlay: RunOverlay | null, edgeId: string): number | null {
  const edge = indexDocument(document).edges.get(edgeId);
  const target = edge && overlay?.nodes.get(edge.target);
  return target !== undefined && target.iterations > 1 ? target.iterations : null;
}

interface EdgeToolsProps {
  edgeId: string;
  x: number;
  y: number;
  shown: boolean;
  onHover: (hovered: boolean) => void;
}

const toolClass =
  "flex size-4.5 items-center justify-center rounded border border-control bg-float text-fg-subtle after:absolute after:-inset-1";

function EdgeTools({ edgeId, x, y, shown, onHover }: EdgeToolsProps) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const names = useEditor((state) => edgeNames(state.document, edgeId));
  if (readOnly) return null;
  return (
    <EdgeLabel>
      <div
        onPointerEnter={() => onHover(true)}
        onPointerLeave={() => onHover(false)}
        style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        className="nodrag nopan group/edge pointer-events-auto absolute flex gap-1.5 in-data-far:hidden"
      >
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Insert a step ${names}`}
          className={cn(toolClass, "relative hover:border-accent hover:text-accent-text", shown && "border-accent text-accent-text")}
          onClick={(event) => {
            event.stopPropagation();
            const box = event.currentTarget.getBoundingClientRect();
            store.getState().set({ search: { edgeId, anchor: { x: box.right + 6, y: box.top } } });
          }}
        >
          <Plus aria-hidden className="size-3" />
        </button>
        {shown ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`Delete the connection ${names}`}
            className={cn(toolClass, "relative hover:border-danger hover:text-danger")}
            onClick={(event) => {
              event.stopPropagation();
              removeEdge(store, edgeId);
            }}
          >
            <X aria-hidden className="size-3" />
          </button>
        ) : null}
      </div>
    </EdgeLabel>
  );
}

function edgeNames(document: WorkflowDocument, edgeId: string): string {
  const edge = indexDocument(document).edges.get(edgeId);
  if (edge === undefined) return "";
  return `between ${nodeOf(document, edge.source)?.name ?? "?"} and ${nodeOf(document, edge.target)?.name ?? "?"}`;
}

"use client";

import { Minus, Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { lookOfStep, runLooks, type StatusLook } from "#components/ui/status.ts";
import { StatusIcon, toneClasses } from "#components/ui/status-badge.tsx";
import { documentSchema } from "#lib/graph/document.ts";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { type DrawnEdge, type DrawnNode, layOut, nodeHeight, nodeWidth } from "./canvas-layout.ts";

interface RunCanvasProps {
  run: RunView;
  selected: string;
  onSelect: (stepId: string) => void;
}

const zooms = [1, 1.5, 2, 3] as const;
/** Smaller, the names cannot be read; then the drawing scrolls. */
const smallest = 0.75;

/** What stands for a node of which there are several steps: the worst of them. */
function worst(steps: readonly StepSummary[]): StepSummary | undefined {
  return steps.find((step) => step.status === "failed") ?? steps.find((step) => step.finishedAt === null) ?? steps.at(-1);
}

/** The version that ran, as it was drawn, with what became of each step. */
export function RunCanvas({ run, selected, onSelect }: RunCanvasProps) {
  const [zoom, setZoom] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen comes into view when it or the size changes
  useEffect(() => {
    frame.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [selected, zoom]);
  const drawing = useMemo(() => {
    const parsed = documentSchema.safeParse(run.document);
    return parsed.success && parsed.data.nodes.length > 0 ? layOut(parsed.data) : null;
  }, [run.document]);
  const stepsOf = useMemo(() => Map.groupBy(run.steps, (step) => step.nodeId), [run.steps]);
  if (!drawing) return <p className="border-t px-6 py-4 text-fg-muted">The version that ran cannot be drawn by this release.</p>;
  const factor = zooms[zoom] ?? 1;
  return (
    <section aria-label="Canvas" className="border-t">
      <div className="flex justify-end border-b px-4 py-1.5 md:px-6">
        <IconButton
          label="Smaller"
          icon={<Minus aria-hidden />}
          disabledReason={zoom === 0 ? "All of it is shown" : null}
          onClick={() => setZoom(zoom - 1)}
        />
        <IconButton
          label="Larger"
          icon={<Plus aria-hidden />}
          disabledReason={zoom === zooms.length - 1 ? "This is the largest" : null}
          onClick={() => setZoom(zoom + 1)}
        />
      </div>
      <div ref={frame} className="max-h-[75dvh] overflow-auto border-b bg-subtle py-4">
        <svg
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          className="mx-auto block h-auto"
          style={{ width: `max(min(${factor * 100}%, ${drawing.width * factor}px), ${drawing.width * smallest}px)` }}
        >
          <title>Steps of the run</title>
          {drawing.edges.map((edge) => (
            <Edge key={edge.id} edge={edge} taken={isTaken(edge, stepsOf)} />
          ))}
          {drawing.nodes.map((node) => (
            <Node
              key={node.id}
              node={node}
              isTrigger={node.id === run.triggerNodeId}
              steps={stepsOf.get(node.id) ?? []}
              count={run.iterations.filter(({ nodeId }) => nodeId === node.id).reduce((sum, { count }) => sum + count, 0)}
              selected={selected}
              onSelect={onSelect}
            />
          ))}
        </svg>
      </div>
    </section>
  );
}

/** Whether the run went this way. The trigger leaves no step of its own. */
function isTaken(edge: DrawnEdge, stepsOf: ReadonlyMap<string, StepSummary[]>): boolean {
  const reached = (stepsOf.get(edge.target) ?? []).some((step) => step.status !== "skipped" && step.status !== "pending");
  const from = stepsOf.get(edge.source);
  return reached && (from === undefined || from.some((step) => step.port === null || step.port === edge.port));
}

function Edge({ edge, taken }: { edge: DrawnEdge; taken: boolean }) {
  return (
    <path
      d={edge.path}
      fill="none"
      stroke={taken ? "var(--edge)" : "var(--border-control)"}
      strokeWidth={taken ? 2 : 1.5}
      strokeDasharray={taken ? undefined : "4 4"}
    />
  );
}

interface NodeProps {
  node: DrawnNode;
  isTrigger: boolean;
  steps: StepSummary[];
  /** Of a node inside a loop: all of its steps. */
  count: number;
  selected: string;
  onSelect: (stepId: string) => void;
}

function Node({ node, isTrigger, steps, count, selected, onSelect }: NodeProps) {
  const step = worst(steps);
  const look: StatusLook = step ? lookOfStep(step) : isTrigger ? runLooks.succeeded : runLooks.pending;
  const chosen = steps.some((each) => each.id === selected) || (isTrigger && selected === "event");
  const label = step || isTrigger ? (isTrigger && !step ? "Received the event" : look.label) : "Not reached";
  const target = step?.id ?? (isTrigger ? "event" : null);
  return (
    <foreignObject x={node.x} y={node.y} width={nodeWidth} height={nodeHeight} className="overflow-visible">
      <button
        type="button"
        aria-current={chosen || undefined}
        aria-disabled={target === null || undefined}
        aria-label={`${node.name}, ${label}`}
        onClick={() => (target ? onSelect(target) : undefined)}
        style={{ height: nodeHeight }}
        className={cn(
          "flex w-full items-center gap-2 rounded-md border bg-bg px-3 text-left",
          target === null && "border-dashed bg-subtle text-fg-muted",
          chosen ? "border-accent outline-2 outline-accent" : "hover:border-control",
        )}
      >
        <span className={cn("flex size-6 shrink-0 items-center justify-center rounded-full", toneClasses[look.tone].tint)}>
          <StatusIcon look={look} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{node.name}</span>
          <span className="block truncate text-fg-muted text-xs tabular-nums">
            {label}
            {step && step.attempts > 1 ? ` ×${step.attempts}` : ""}
            {count > 0 ? ` · ${formatCount(count)} steps` : step?.durationMs != null ? ` · ${formatDuration(step.durationMs)}` : ""}
          </span>
        </span>
      </button>
    </foreignObject>
  );
}

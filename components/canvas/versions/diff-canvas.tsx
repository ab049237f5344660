"use client";

import { Background, BackgroundVariant, Handle, type NodeProps, Position, ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { Minus, Move, Pencil, Plus } from "lucide-react";
import { useTheme } from "next-themes";
import { memo } from "react";
import { cn } from "#components/ui/cn.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { fitOptions } from "../flow/canvas-controls.tsx";
import { headerHeight, nodeWidth, summaryHeight } from "../geometry.ts";
import { NodeIcon } from "../node-icon.tsx";
import { summaryOf } from "../policy-summary.ts";
import type { DiffFlowEdge, DiffFlowNode, DiffKind } from "./diff-elements.ts";
import "../flow/flow.css";

const looks: Record<Exclude<DiffKind, "same">, { icon: typeof Plus; word: string; frame: string; text: string }> = {
  added: { icon: Plus, word: "added", frame: "border-succeeded ring-1 ring-succeeded", text: "text-succeeded" },
  removed: { icon: Minus, word: "removed", frame: "border-failed border-dashed ring-1 ring-failed", text: "text-failed" },
  changed: { icon: Pencil, word: "changed", frame: "border-retrying ring-1 ring-retrying", text: "text-retrying" },
  moved: { icon: Move, word: "moved", frame: "border-edge border-dashed", text: "text-fg-muted" },
};

const nodeTypes = { diff: memo(DiffNode) };

/** Two versions in one picture, to look at. */
export function DiffCanvas({ nodes, edges }: { nodes: DiffFlowNode[]; edges: DiffFlowEdge[] }) {
  const { resolvedTheme } = useTheme();
  return (
    <ReactFlowProvider>
      <ReactFlow
        aria-label="What differs, on the canvas"
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={resolvedTheme === "dark" ? "dark" : "light"}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panOnScroll
        minZoom={0.1}
        fitView
        fitViewOptions={fitOptions}
        attributionPosition="bottom-right"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} color="var(--border)" />
      </ReactFlow>
    </ReactFlowProvider>
  );
}

function DiffNode({ data: { node, kind } }: NodeProps<DiffFlowNode>) {
  const look = kind === "same" ? null : looks[kind];
  const Icon = look?.icon;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a step on a canvas, not a fieldset
    <div
      role="group"
      aria-label={`${node.name}, ${look?.word ?? "the same"}`}
      data-diff={kind}
      style={{ width: nodeWidth, minHeight: headerHeight + summaryHeight }}
      className={cn("rounded-md border border-control bg-float text-fg", look?.frame)}
    >
      <Handle
        type="target"
        position={Position.Left}
        isConnectable={false}
        className="!border-0 !bg-transparent"
        style={{ top: headerHeight / 2 }}
      />
      <Handle
        type="source"
        position={Position.Right}
        isConnectable={false}
        className="!border-0 !bg-transparent"
        style={{ top: headerHeight / 2 }}
      />
      <div style={{ height: headerHeight }} className="flex items-center gap-2.5 px-2.5">
        <NodeIcon type={node.type} className="size-4 shrink-0 text-fg-muted" />
        <span className="min-w-0 flex-1">
          <span className={cn("block truncate font-medium leading-4.5", kind === "removed" && "line-through")}>{node.name}</span>
          <span className="block truncate text-fg-subtle text-xs leading-3.5">{getDefinition(node.type)?.title ?? node.type}</span>
        </span>
        {look === null || Icon === undefined ? null : (
          <span className={cn("flex shrink-0 items-center gap-1 text-xs", look.text)}>
            <Icon aria-hidden className="size-3.5" />
            {look.word}
          </span>
        )}
      </div>
      <p className="h-6 truncate px-3 text-fg-muted text-sm leading-5">{summaryOf(node)}</p>
    </div>
  );
}

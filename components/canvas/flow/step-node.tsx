"use client";

import { Handle, type NodeProps, Position, useConnection } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { Port } from "#lib/nodes/define.ts";
import { refusalOf } from "../connection-rules.ts";
import { outgoingOf } from "../document-index.ts";
import { pathsFrom } from "../expression/plug.ts";
import { handleSize, headerHeight, nodeHeight, nodeWidth, portLayout, portRowHeight } from "../geometry.ts";
import { isTrigger, portsToDraw } from "../node-ports.ts";
import { useEditor, useEditorStore, useNode, useNodeRun } from "../use-editor.ts";
import type { StepFlowNode } from "./flow-elements.ts";
import { StepChips } from "./step-chips.tsx";
import { StepHeader } from "./step-header.tsx";
import { useStepLabel } from "./step-label.ts";
import { StepSummary } from "./step-summary.tsx";
import { StepToolbar } from "./step-toolbar.tsx";

/**
 * One node of the canvas. It reads its own part of the store, so that only nodes that changed are drawn again. Where it stands is
 * its wrapper's business: a drag moves it without drawing it.
 */
export const StepNode = memo(
  function StepNode({ id, selected }: NodeProps<StepFlowNode>) {
    const node = useNode(id);
    return node === undefined ? null : <Step node={node} selected={selected} />;
  },
  (before, after) => before.id === after.id && before.selected === after.selected,
);

function Step({ node, selected }: { node: WorkflowNode; selected: boolean }) {
  const active = useEditor((state) => state.activeNodeId === node.id);
  const height = useEditor((state) => nodeHeight(state.document, node));
  const run = useNodeRun(node.id);
  const label = useStepLabel(node);
  const wiring = useInvitation(node.id);
  const invitation = usePickable(node.id) ?? wiring;
  const [hovered, setHovered] = useState(false);
  const onlySelected = useEditor((state) => state.selection.nodeIds.length === 1 && state.selection.nodeIds[0] === node.id);
  const readOnly = useEditor((state) => state.readOnly);
  const withTools = !readOnly && invitation === null && (hovered || onlySelected);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a step is a group of controls on a canvas, not a fieldset
    <div
      role="group"
      aria-roledescription="step"
      aria-label={label}
      // The canvas has one tab stop, the active step; arrows move it.
      tabIndex={active ? 0 : -1}
      data-step={node.id}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      data-step-name={node.name}
      data-status={run?.status ?? "none"}
      style={{ width: nodeWidth, minHeight: height }}
      className={cn(
        "group/step rounded-md border border-control bg-float text-fg transition-opacity duration-100 focus-visible:outline-offset-2",
        selected && "border-accent ring-1 ring-accent",
        node.disabled && "border-dashed",
        invitation === "refused" && "opacity-35",
        invitation === "welcome" && "border-accent/60",
      )}
    >
      {withTools ? <StepToolbar node={node} /> : null}
      {isTrigger(node) ? null : <Input height={height} catching={wiring === "welcome"} />}
      <div className={node.disabled ? "opacity-55" : undefined}>
        <StepHeader node={node} />
        {/* From far away the icon, the name and the status are what can be read. */}
        <div className="in-data-far:invisible">
          <StepSummary node={node} />
          <StepChips node={node} />
        </div>
      </div>
      <Outputs node={node} />
    </div>
  );
}

/** While a field waits for a value: whether this node has some to give. */
function usePickable(nodeId: string): "welcome" | "refused" | null {
  return useEditor(({ plug, document }) => {
    if (plug === null || plug.nodeId === nodeId) return null;
    return pathsFrom(document, nodeId, plug.nodeId).length > 0 ? "welcome" : "refused";
  });
}

/** While a wire is being drawn: whether this node would take it. */
function useInvitation(nodeId: string): "welcome" | "refused" | null {
  const from = useConnection((connection) =>
    connection.inProgress && connection.fromHandle.type === "source"
      ? `${connection.fromNode.id}\n${connection.fromHandle.id ?? "out"}`
      : null,
  );
  return useEditor((state) => {
    if (from === null) return null;
    const [source = "", sourcePort = ""] = from.split("\n");
    if (source === nodeId) return null;
    return refusalOf(state.document, { source, sourcePort, target: nodeId }) === null ? "welcome" : "refused";
  });
}

const handleClass =
  "!size-2.5 !min-w-0 !min-h-0 !rounded-full !border-[1.5px] !border-edge !bg-float transition-colors hover:!border-accent hover:!bg-accent after:absolute after:-inset-2.5 after:rounded-full pointer-coarse:after:-inset-4";

// Placed by numbers rather than by React Flow's transform: each of those is a layer for the browser to see to at every frame.
const leftHandle = { left: -handleSize / 2, transform: "none" };
const rightHandle = { right: -handleSize / 2, transform: "none" };

// While a wire is drawn the whole node catches it: the handle's own pseudo-element is stretched over it.
function Input({ height, catching }: { height: number; catching: boolean }) {
  return (
    <Handle
      type="target"
      position={Position.Left}
      isConnectableStart={false}
      role="img"
      aria-label="Input"
      style={{ ...leftHandle, top: headerHeight / 2 - handleSize / 2, ...(catching ? { "--catch-height": `${height}px` } : {}) }}
      className={cn(
        handleClass,
        catching &&
          "!z-10 !border-accent after:!inset-auto after:!-top-[17px] after:!left-1 after:!h-(--catch-height) after:!w-60 after:!rounded-md after:hover:bg-accent/10",
      )}
    />
  );
}

function Outputs({ node }: { node: WorkflowNode }) {
  const main = useEditor((state) => portLayout(state.document, node).main);
  const ports = useEditor((state) => portsToDraw(state.document, node));
  const rows = ports.filter((port) => port !== main);
  return (
    <>
      {main === null ? null : <Output nodeId={node.id} port={main} top={headerHeight / 2} />}
      {rows.length === 0 ? null : (
        <div className="border-t">
          {rows.map((port) => (
            <div
              key={port.name}
              style={{ height: portRowHeight }}
              className="relative flex items-center justify-end border-line/60 px-3 text-xs not-first:border-t"
            >
              <span className={cn("truncate in-data-far:invisible", port.failure ? "text-fg-subtle" : "text-fg-muted")}>{port.label}</span>
              <Output nodeId={node.id} port={port} top={portRowHeight / 2} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function Output({ nodeId, port, top }: { nodeId: string; port: Port; top: number }) {
  const store = useEditorStore();
  const free = useEditor((state) => !state.readOnly && !outgoingOf(state.document, nodeId).some((edge) => edge.sourcePort === port.name));
  return (
    <>
      <Handle
        type="source"
        id={port.name}
        position={Position.Right}
        isConnectableEnd={false}
        role="img"
        aria-label={`Output ${port.label}`}
        style={{ ...rightHandle, top: top - handleSize / 2 }}
        className={cn(handleClass, port.failure && "!border-dashed")}
      />
      {free ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Add a step after ${port.label}`}
          style={{ top: top - 12 }}
          className={cn(
            "nodrag nopan -right-9 absolute flex size-6 items-center justify-center rounded-full text-fg-subtle hover:text-accent-text",
            port.failure && "opacity-0 group-focus-within/step:opacity-100 group-hover/step:opacity-100",
          )}
          onClick={(event) => {
            event.stopPropagation();
            const box = event.currentTarget.getBoundingClientRect();
            store.getState().set({ search: { from: { nodeId, port: port.name }, anchor: { x: box.right + 4, y: box.top } } });
          }}
        >
          <span className="flex size-4 items-center justify-center rounded border border-control bg-float">
            <Plus aria-hidden className="size-3" />
          </span>
        </button>
      ) : null}
    </>
  );
}

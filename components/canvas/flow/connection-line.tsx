"use client";

import { type ConnectionLineComponentProps, getBezierPath, useConnection, ViewportPortal } from "@xyflow/react";
import { refusalOf } from "../connection-rules.ts";
import { useEditor } from "../use-editor.ts";

/** The wire while it is being drawn. */
export function ConnectionLine({ fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus }: ConnectionLineComponentProps) {
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    targetX: toX,
    targetY: toY,
    sourcePosition: fromPosition,
    targetPosition: toPosition,
  });
  return (
    <g>
      <path d={path} fill="none" strokeWidth={2} className={connectionStatus === "invalid" ? "stroke-danger" : "stroke-accent"} />
      <circle cx={toX} cy={toY} r={4} className={connectionStatus === "invalid" ? "fill-danger" : "fill-accent"} />
    </g>
  );
}

// React Flow lifts selected nodes to 1000.
const aboveNodes = 2_000;

/** Says beside the pointer why a wire may not end here. */
export function RefusalHint() {
  const wire = useConnection((connection) =>
    connection.inProgress && connection.toNode !== null && connection.fromHandle.type === "source"
      ? {
          source: connection.fromNode.id,
          sourcePort: connection.fromHandle.id ?? "out",
          target: connection.toNode.id,
          x: connection.to.x,
          y: connection.to.y,
        }
      : null,
  );
  const refusal = useEditor((state) => (wire === null ? null : refusalOf(state.document, wire)));
  if (wire === null || refusal === null) return null;
  return (
    <ViewportPortal>
      <div
        role="status"
        style={{ transform: `translate(${wire.x + 14}px, ${wire.y + 10}px)`, zIndex: aboveNodes }}
        className="absolute w-56 rounded-md bg-float px-2 py-1 text-danger text-sm shadow-float"
      >
        {refusal}
      </div>
    </ViewportPortal>
  );
}

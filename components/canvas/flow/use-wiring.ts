"use client";

import { type Connection, type OnConnectEnd, useReactFlow } from "@xyflow/react";
import { useCallback } from "react";
import { announce } from "#components/ui/live-region.ts";
import { canConnect, refusalOf, type Wire } from "../connection-rules.ts";
import { addWire, moveWire } from "../editor-actions.ts";
import { headerHeight } from "../geometry.ts";
import type { EditorStore } from "../store.ts";
import type { StepFlowEdge } from "./flow-elements.ts";

function wireOf(connection: { source: string; target: string; sourceHandle?: string | null | undefined }): Wire {
  return { source: connection.source, sourcePort: connection.sourceHandle ?? "out", target: connection.target };
}

function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
}

/** Drawing, moving and dropping wires. Refusals are told, never swallowed. */
export function useWiring(store: EditorStore) {
  const flow = useReactFlow();
  const isValidConnection = useCallback(
    (candidate: Connection | StepFlowEdge) => canConnect(store.getState().document, wireOf(candidate)),
    [store],
  );
  const onConnect = useCallback((connection: Connection) => void addWire(store, wireOf(connection)), [store]);
  const onConnectEnd = useCallback<OnConnectEnd>(
    (event, state) => {
      const { fromNode, fromHandle, toNode, isValid } = state;
      if (isValid || fromNode === null || fromHandle?.type !== "source") return;
      const from = { nodeId: fromNode.id, port: fromHandle.id ?? "out" };
      if (toNode !== null) {
        const refusal = refusalOf(store.getState().document, { source: from.nodeId, sourcePort: from.port, target: toNode.id });
        // Seen beside the pointer already; now it is also heard.
        if (refusal !== null && toNode.id !== fromNode.id) announce(refusal);
        return;
      }
      const onCanvas = event.target instanceof Element && event.target.closest(".react-flow__pane") !== null;
      if (!onCanvas) return;
      // Dropped on empty canvas: the search opens there, and what is chosen comes already wired.
      const anchor = pointOf(event);
      const at = flow.screenToFlowPosition(anchor);
      store.getState().set({ search: { from, anchor, position: { x: at.x, y: at.y - headerHeight / 2 } } });
    },
    [store, flow],
  );
  const onReconnect = useCallback(
    (edge: StepFlowEdge, connection: Connection) => {
      const wire = wireOf(connection);
      const unchanged = wire.source === edge.source && wire.target === edge.target && wire.sourcePort === edge.sourceHandle;
      const refusal = unchanged ? null : moveWire(store, edge.id, wire);
      if (refusal !== null) announce(refusal);
    },
    [store],
  );
  return { isValidConnection, onConnect, onConnectEnd, onReconnect };
}

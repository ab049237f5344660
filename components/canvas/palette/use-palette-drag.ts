"use client";

import { useReactFlow } from "@xyflow/react";
import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import type { Point } from "../commands/move-nodes.ts";
import { addType } from "../editor-actions.ts";
import { edgeAt } from "../flow/edge-at.ts";
import { headerHeight, nodeWidth } from "../geometry.ts";
import type { EditorStore } from "../store.ts";

/** What is being dragged, for the ghost under the pointer. */
export interface PaletteDrag {
  definition: NodeDefinition;
  at: Point;
  overCanvas: boolean;
}

const thresholdPx = 4;

/**
 * Dragging a type out of the palette with pointer events: HTML drag and drop does not exist on touch screens. Dropped on
 * an edge it is put into it; Escape gives up.
 */
export function usePaletteDrag(store: EditorStore, onAdded: (nodeId: string) => void) {
  const flow = useReactFlow();
  const [drag, setDrag] = useState<PaletteDrag | null>(null);
  const stop = useRef<(() => void) | null>(null);
  const dragged = useRef(false);
  useEffect(() => () => stop.current?.(), []);

  const drop = useCallback(
    (definition: NodeDefinition, at: Point) => {
      const place = flow.screenToFlowPosition(at);
      const position = { x: place.x - nodeWidth / 2, y: place.y - headerHeight / 2 };
      const edgeId = definition.category === "trigger" ? undefined : edgeAt(at);
      // Put into an edge, it stands between its neighbours, which make room.
      onAdded(addType(store, definition, edgeId === undefined ? { position } : { edgeId }));
    },
    [store, flow, onAdded],
  );

  const start = useCallback(
    (event: ReactPointerEvent, definition: NodeDefinition) => {
      if (event.button !== 0 || store.getState().readOnly) return;
      const from = { x: event.clientX, y: event.clientY };
      dragged.current = false;
      const move = (moved: PointerEvent) => {
        const at = { x: moved.clientX, y: moved.clientY };
        if (!dragged.current && Math.hypot(at.x - from.x, at.y - from.y) < thresholdPx) return;
        dragged.current = true;
        const overCanvas = isOverCanvas(at);
        const edgeId = overCanvas && definition.category !== "trigger" ? (edgeAt(at) ?? null) : null;
        if (store.getState().dropEdgeId !== edgeId) store.getState().set({ dropEdgeId: edgeId });
        setDrag({ definition, at, overCanvas });
      };
      const end = () => {
        for (const [type, listener] of listeners) window.removeEventListener(type, listener);
        stop.current = null;
        store.getState().set({ dropEdgeId: null });
        setDrag(null);
      };
      const up = (upped: PointerEvent) => {
        const at = { x: upped.clientX, y: upped.clientY };
        const hit = dragged.current && isOverCanvas(at);
        if (hit) drop(definition, at);
        end();
      };
      const key = (pressed: KeyboardEvent) => {
        if (pressed.key === "Escape") end();
      };
      const listeners = [
        ["pointermove", move],
        ["pointerup", up],
        ["pointercancel", end],
        ["keydown", key],
      ] as [string, EventListener][]; // safe: each listener takes the event its name brings
      for (const [type, listener] of listeners) window.addEventListener(type, listener);
      stop.current = end;
    },
    [store, drop],
  );
  /** Whether the click that ends this press was a drag, and so must not add a second time. */
  const wasDrag = useCallback(() => dragged.current, []);
  return { drag, start, wasDrag };
}

function isOverCanvas(at: Point): boolean {
  return document.elementFromPoint(at.x, at.y)?.closest("[data-canvas]") != null;
}

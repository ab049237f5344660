"use client";

import { type ReactFlowInstance, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { nodeOf } from "../document-index.ts";
import { nodeHeight, nodeWidth } from "../geometry.ts";
import type { EditorStore } from "../store.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

const panMs = 120;

/** A good place for what opens without a place of its own, in window coordinates. */
export function canvasMiddle(): { x: number; y: number } {
  const box = document.querySelector("[data-canvas]")?.getBoundingClientRect();
  return box === undefined ? { x: 16, y: 120 } : { x: box.left + box.width / 2, y: box.top + box.height / 3 };
}

/** Pans until a step is wholly visible; the zoom stays as the person chose it. */
export function keepInView(flow: ReactFlowInstance, store: EditorStore, nodeId: string): void {
  const { document: graph } = store.getState();
  const node = nodeOf(graph, nodeId);
  const canvas = document.querySelector("[data-canvas]")?.getBoundingClientRect();
  if (node === undefined || canvas === undefined) return;
  const { x, y, zoom } = flow.getViewport();
  const height = nodeHeight(graph, node);
  const left = node.position.x * zoom + x;
  const top = node.position.y * zoom + y;
  const visible = left >= 0 && top >= 0 && left + nodeWidth * zoom <= canvas.width && top + height * zoom <= canvas.height;
  if (!visible) void flow.setCenter(node.position.x + nodeWidth / 2, node.position.y + height / 2, { zoom, duration: panMs });
}

/** The panel takes room from the canvas, and a new step may land outside of it: neither is to be searched for. */
export function useStepsInView(openNodeId: string | null): void {
  const store = useEditorStore();
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const count = useEditor((state) => state.document.nodes.length);
  const activeNodeId = useEditor((state) => state.activeNodeId);
  const countBefore = useRef(count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again once the canvas has its new width
  useEffect(() => {
    if (openNodeId !== null) keepInView(flow, store, openNodeId);
  }, [openNodeId, width, flow, store]);
  useEffect(() => {
    if (count > countBefore.current && activeNodeId !== null) keepInView(flow, store, activeNodeId);
    countBefore.current = count;
  }, [count, activeNodeId, flow, store]);
}

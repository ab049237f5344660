"use client";

import { getViewportForBounds, type ReactFlowInstance, useNodesInitialized, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { nodeOf } from "../document-index.ts";
import { nodeHeight, nodeWidth } from "../geometry.ts";
import type { EditorStore } from "../store.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { glideMs } from "./glide.ts";

const panMs = 120;

/** A good place for what opens without a place of its own, in window coordinates. */
export function canvasMiddle(): { x: number; y: number } {
  const box = document.querySelector("[data-canvas]")?.getBoundingClientRect();
  return box === undefined ? { x: 16, y: 120 } : { x: box.left + box.width / 2, y: box.top + box.height / 3 };
}

/** Wide enough for the + beside a step. */
const margin = 52;

/** How far to shift so that the span [start, end] lies within [0, size]; its start wins when it is too long. */
function shiftFor(start: number, end: number, size: number): number {
  if (start < margin) return margin - start;
  return end > size - margin ? Math.max(size - margin - end, margin - start) : 0;
}

/** How much of the canvas is not below the panel, which lies over it in a narrow window. */
function freeWidth(canvas: DOMRect): number {
  const panel = document.querySelector("[data-step-panel]")?.getBoundingClientRect();
  return Math.min(canvas.right, panel?.left ?? canvas.right) - canvas.left;
}

/** Pans just far enough to show a whole step; the zoom stays as the person chose it. */
export function keepInView(flow: ReactFlowInstance, store: EditorStore, nodeId: string): void {
  const { document: graph } = store.getState();
  const node = nodeOf(graph, nodeId);
  const canvas = document.querySelector("[data-canvas]")?.getBoundingClientRect();
  if (node === undefined || canvas === undefined) return;
  const { x, y, zoom } = flow.getViewport();
  const left = node.position.x * zoom + x;
  const top = node.position.y * zoom + y;
  const dx = shiftFor(left, left + nodeWidth * zoom, freeWidth(canvas));
  const dy = shiftFor(top, top + nodeHeight(graph, node) * zoom, canvas.height);
  if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: glideMs(panMs) });
}

const readableZoom = 0.7;
const openedZoom = 0.9;

/** A step that the address opens is drawn large enough to be read, where everything together would be too small for it. */
export function useReadableStart(openNodeId: string | null): void {
  const flow = useReactFlow();
  const ready = useNodesInitialized();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const opened = useRef(openNodeId);
  useEffect(() => {
    const nodeId = opened.current;
    if (!ready || width === 0 || nodeId === null) return;
    opened.current = null;
    const whole = getViewportForBounds(flow.getNodesBounds(flow.getNodes()), width, height, 0.1, 1, 0.12);
    if (whole.zoom >= readableZoom) return;
    const canvas = document.querySelector("[data-canvas]")?.getBoundingClientRect();
    const covered = canvas === undefined ? 0 : width - freeWidth(canvas);
    const around: `${number}px` = `${margin}px`;
    const padding = { top: around, bottom: around, left: around, right: `${covered + margin}px` } as const;
    void flow.fitView({ nodes: [{ id: nodeId }], maxZoom: openedZoom, padding });
  }, [ready, width, height, flow]);
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

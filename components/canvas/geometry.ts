import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { portsToDraw } from "./node-ports.ts";

/*
 * Sizes of a node on the canvas, in px at 100 %. The styles of the node shell use the same numbers, so that layout and
 * placing need not wait for the browser to measure.
 */
export const gridSize = 20;
export const nodeWidth = 240;
export const headerHeight = 44;
export const summaryHeight = 24;
export const chipRowHeight = 26;
export const portRowHeight = 24;
export const columnGap = 60;
export const rowGap = 40;

/** Rounds to the grid. */
export function snap(value: number): number {
  return Math.round(value / gridSize) * gridSize;
}

/** Outputs drawn as labelled rows. A sole output sits beside the header and needs none. */
export function portRows(document: WorkflowDocument, node: WorkflowNode): number {
  const ports = portsToDraw(document, node);
  return ports.length > 1 ? ports.length : 0;
}

/** How high a node is drawn, with all its rows. */
export function nodeHeight(document: WorkflowDocument, node: WorkflowNode): number {
  return headerHeight + summaryHeight + chipRowHeight + portRows(document, node) * portRowHeight;
}

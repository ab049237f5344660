import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { Port } from "#lib/nodes/define.ts";
import { portsToDraw } from "./node-ports.ts";
import { chipsOf } from "./policy-summary.ts";

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
const borderWidth = 1;
export const columnGap = 60;
export const rowGap = 40;

/** Rounds to the grid. */
export function snap(value: number): number {
  return Math.round(value / gridSize) * gridSize;
}

/**
 * How the outputs of a node are drawn: a sole way on leaves beside the header, so that chains run straight; everything
 * else gets a labelled row.
 */
export function portLayout(document: WorkflowDocument, node: WorkflowNode): { main: Port | null; rows: Port[] } {
  const ports = portsToDraw(document, node);
  const usual = ports.filter((port) => port.failure !== true);
  const main = usual.length === 1 ? (usual[0] ?? null) : null;
  return { main, rows: ports.filter((port) => port !== main) };
}

/** How high a node is drawn, with all its rows. */
export function nodeHeight(document: WorkflowDocument, node: WorkflowNode): number {
  const chips = chipsOf(node).length > 0 ? chipRowHeight : 0;
  return headerHeight + summaryHeight + chips + portLayout(document, node).rows.length * portRowHeight + 2 * borderWidth;
}

import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { Port } from "#lib/nodes/define.ts";
import { isTrigger, portsToDraw } from "./node-ports.ts";
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
export const handleSize = 10;
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
  const { rows } = portLayout(document, node);
  const outputs = rows.length === 0 ? 0 : borderWidth + rows.length * portRowHeight;
  return bodyHeight(node) + outputs + borderWidth;
}

function bodyHeight(node: WorkflowNode): number {
  const chips = chipsOf(node).length > 0 ? chipRowHeight : 0;
  return borderWidth + headerHeight + summaryHeight + chips;
}

export interface HandlePlace {
  type: "source" | "target";
  /** The output; null for the input. */
  port: string | null;
  /** Its middle, from the upper left corner of the node. */
  x: number;
  y: number;
}

/** Where wires begin and end at a node. */
export function handlePlaces(document: WorkflowDocument, node: WorkflowNode): HandlePlace[] {
  const { main, rows } = portLayout(document, node);
  const beside = headerHeight / 2;
  const firstRow = bodyHeight(node) + borderWidth + portRowHeight / 2;
  // Rows lie inside the border of the node, and all but the first have a line of their own.
  const ofRow = (port: Port, index: number): HandlePlace => ({
    type: "source",
    port: port.name,
    x: nodeWidth - borderWidth,
    y: firstRow + index * portRowHeight + (index === 0 ? 0 : borderWidth),
  });
  return [
    ...(isTrigger(node) ? [] : [{ type: "target" as const, port: null, x: 0, y: beside }]),
    ...(main === null ? [] : [{ type: "source" as const, port: main.name, x: nodeWidth, y: beside }]),
    ...rows.map(ofRow),
  ];
}

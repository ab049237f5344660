import type { WorkflowDocument } from "#lib/graph/document.ts";
import { mapNodes } from "./command.ts";

export interface Point {
  x: number;
  y: number;
}

/** Puts nodes at new places. */
export function placeNodes(document: WorkflowDocument, positions: ReadonlyMap<string, Point>): WorkflowDocument {
  return mapNodes(document, positions.keys(), (node) => {
    const to = positions.get(node.id);
    if (to === undefined || (to.x === node.position.x && to.y === node.position.y)) return node;
    return { ...node, position: { x: to.x, y: to.y } };
  });
}

/** Moves nodes by a distance, as the arrow keys do. */
export function nudgeNodes(document: WorkflowDocument, nodeIds: string[], by: Point): WorkflowDocument {
  return mapNodes(document, nodeIds, (node) => ({ ...node, position: { x: node.position.x + by.x, y: node.position.y + by.y } }));
}

import type { WorkflowDocument } from "#lib/graph/document.ts";
import { incomingOf, nodeOf, outgoingOf } from "../document-index.ts";
import { headerHeight, nodeWidth } from "../geometry.ts";
import { portsToDraw } from "../node-ports.ts";

export type Direction = "left" | "right" | "up" | "down";

const vectors: Record<Direction, { x: number; y: number }> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
};

/**
 * Where an arrow key leads. Right and left follow the wires first, because that is how a person reads a workflow;
 * otherwise the nearest node that lies more in that direction than beside it.
 */
export function neighbourOf(document: WorkflowDocument, nodeId: string, direction: Direction): string | null {
  return alongWire(document, nodeId, direction) ?? nearest(document, nodeId, direction);
}

function alongWire(document: WorkflowDocument, nodeId: string, direction: Direction): string | null {
  const node = nodeOf(document, nodeId);
  if (node === undefined) return null;
  if (direction === "left") return incomingOf(document, nodeId)[0]?.source ?? null;
  if (direction !== "right") return null;
  const ports = portsToDraw(document, node).map((port) => port.name);
  const [first] = outgoingOf(document, nodeId).toSorted((a, b) => ports.indexOf(a.sourcePort) - ports.indexOf(b.sourcePort));
  return first?.target ?? null;
}

function nearest(document: WorkflowDocument, nodeId: string, direction: Direction): string | null {
  const from = nodeOf(document, nodeId);
  if (from === undefined) return null;
  const vector = vectors[direction];
  const ahead = document.nodes.flatMap((node) => {
    const dx = node.position.x - from.position.x;
    const dy = node.position.y - from.position.y;
    const along = dx * vector.x + dy * vector.y;
    const aside = Math.abs(dx * vector.y) + Math.abs(dy * vector.x);
    return along > 0 ? [{ id: node.id, slanted: aside > along, cost: along + 2 * aside }] : [];
  });
  const [best] = ahead.toSorted((a, b) => Number(a.slanted) - Number(b.slanted) || a.cost - b.cost);
  return best?.id ?? null;
}

/** The middle of a node's header, for panning to it. */
export function centreOf(document: WorkflowDocument, nodeId: string): { x: number; y: number } | null {
  const node = nodeOf(document, nodeId);
  return node === undefined ? null : { x: node.position.x + nodeWidth / 2, y: node.position.y + headerHeight };
}

import type { WorkflowDocument } from "#lib/graph/document.ts";
import { indexDocument, outgoingOf, reachable } from "./document-index.ts";
import { isTrigger, portsToDraw } from "./node-ports.ts";

export interface Wire {
  source: string;
  sourcePort: string;
  target: string;
}

/**
 * Why a wire may not be drawn, in words for the person drawing it; null when it may.
 * `ignoreEdgeId` is the edge being moved, which does not stand in its own way.
 */
export function refusalOf(document: WorkflowDocument, wire: Wire, ignoreEdgeId?: string): string | null {
  const { nodes } = indexDocument(document);
  const source = nodes.get(wire.source);
  const target = nodes.get(wire.target);
  if (source === undefined || target === undefined) return "This step no longer exists";
  if (wire.source === wire.target) return "A step cannot lead to itself";
  if (isTrigger(target)) return "A trigger starts the workflow: nothing can lead to it";
  if (!portsToDraw(document, source).some((port) => port.name === wire.sourcePort))
    return `${source.name} has no output “${wire.sourcePort}”`;
  const others = outgoingOf(document, wire.source).filter((edge) => edge.id !== ignoreEdgeId);
  if (others.some((edge) => edge.target === wire.target && edge.sourcePort === wire.sourcePort)) return "These are already connected";
  const rest = ignoreEdgeId === undefined ? document : { ...document, edges: document.edges.filter((edge) => edge.id !== ignoreEdgeId) };
  if (reachable(rest, wire.target, "downstream").has(wire.source))
    return `This would be a loop: ${target.name} already leads to ${source.name}`;
  return null;
}

/** Whether a wire may be drawn. */
export function canConnect(document: WorkflowDocument, wire: Wire, ignoreEdgeId?: string): boolean {
  return refusalOf(document, wire, ignoreEdgeId) === null;
}

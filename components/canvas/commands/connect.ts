import type { WorkflowDocument } from "#lib/graph/document.ts";
import { canConnect, type Wire } from "../connection-rules.ts";
import { createIdMaker } from "../element-ids.ts";

/** Draws an edge; a wire that is not allowed changes nothing (`refusalOf` says why). */
export function connect(document: WorkflowDocument, wire: Wire, newId = createIdMaker(document)): WorkflowDocument {
  if (!canConnect(document, wire)) return document;
  return { ...document, edges: [...document.edges, { id: newId("e"), ...wire }] };
}

/** Moves an end of an edge somewhere else. */
export function reconnect(document: WorkflowDocument, edgeId: string, wire: Wire): WorkflowDocument {
  if (!canConnect(document, wire, edgeId)) return document;
  return { ...document, edges: document.edges.map((edge) => (edge.id === edgeId ? { id: edge.id, ...wire } : edge)) };
}

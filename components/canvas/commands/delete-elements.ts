import type { WorkflowDocument } from "#lib/graph/document.ts";
import { incomingOf, nodeOf, outgoingOf } from "../document-index.ts";
import { createIdMaker } from "../element-ids.ts";
import { mainPort } from "../node-ports.ts";
import { connect } from "./connect.ts";
import { setPin } from "./pins.ts";

/** Deletes edges. */
export function deleteEdges(document: WorkflowDocument, edgeIds: string[]): WorkflowDocument {
  const gone = new Set(edgeIds);
  const edges = document.edges.filter((edge) => !gone.has(edge.id));
  return edges.length === document.edges.length ? document : { ...document, edges };
}

/** Deletes nodes and their edges. With `join`, whatever led into a deleted node leads to what followed on its main output. */
export function deleteNodes(document: WorkflowDocument, nodeIds: string[], options: { join: boolean }): WorkflowDocument {
  return nodeIds.reduce((current, nodeId) => deleteNode(current, nodeId, options.join), document);
}

function deleteNode(document: WorkflowDocument, nodeId: string, join: boolean): WorkflowDocument {
  const node = nodeOf(document, nodeId);
  if (node === undefined) return document;
  const before = incomingOf(document, nodeId);
  const main = mainPort(node);
  const after = outgoingOf(document, nodeId).filter((edge) => edge.sourcePort === main);
  const rest: WorkflowDocument = {
    ...setPin(document, nodeId, undefined),
    nodes: document.nodes.filter((other) => other.id !== nodeId),
    edges: document.edges.filter((edge) => edge.source !== nodeId && edge.target !== nodeId),
  };
  if (!join) return rest;
  const newId = createIdMaker(document);
  const wires = before.flatMap((into) => after.map((out) => ({ source: into.source, sourcePort: into.sourcePort, target: out.target })));
  return wires.reduce((current, wire) => connect(current, wire, newId), rest);
}

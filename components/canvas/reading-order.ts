import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { outgoingOf } from "./document-index.ts";
import { isTrigger, portsToDraw } from "./node-ports.ts";

/** The wires that leave a node, in the order of its outputs. */
export function inPortOrder(document: WorkflowDocument, node: WorkflowNode) {
  const ports = portsToDraw(document, node).map((port) => port.name);
  return outgoingOf(document, node.id).toSorted((a, b) => ports.indexOf(a.sourcePort) - ports.indexOf(b.sourcePort));
}

/** Triggers first, then each branch to its end: the order in which a person would tell the workflow. */
export function inReadingOrder(document: WorkflowDocument, nodes: WorkflowNode[] = document.nodes): WorkflowNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const targets = new Set(document.edges.map((edge) => edge.target));
  const starts = nodes.filter((node) => isTrigger(node) || !targets.has(node.id)).toSorted((a, b) => a.position.y - b.position.y);
  const ordered = new Map<string, WorkflowNode>();
  const visit = (node: WorkflowNode) => {
    if (ordered.has(node.id)) return;
    ordered.set(node.id, node);
    for (const edge of inPortOrder(document, node)) {
      const target = byId.get(edge.target);
      if (target !== undefined) visit(target);
    }
  };
  for (const node of starts) visit(node);
  for (const node of nodes) visit(node);
  return [...ordered.values()];
}

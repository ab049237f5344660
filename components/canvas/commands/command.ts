import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";

/** Replaces nodes by what `change` gives; returns the same document when nothing changed. */
export function mapNodes(
  document: WorkflowDocument,
  nodeIds: Iterable<string>,
  change: (node: WorkflowNode) => WorkflowNode,
): WorkflowDocument {
  const wanted = new Set(nodeIds);
  let changed = false;
  const nodes = document.nodes.map((node) => {
    if (!wanted.has(node.id)) return node;
    const next = change(node);
    if (next !== node) changed = true;
    return next;
  });
  return changed ? { ...document, nodes } : document;
}

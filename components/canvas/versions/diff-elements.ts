import type { Edge, Node } from "@xyflow/react";
import { type DocumentDiff, diffDocuments } from "#lib/graph/diff.ts";
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from "#lib/graph/document.ts";

export type DiffKind = "added" | "removed" | "changed" | "moved" | "same";
export type DiffFlowNode = Node<{ node: WorkflowNode; kind: DiffKind }, "diff">;
export type DiffFlowEdge = Edge<{ kind: "added" | "removed" | "same" }>;

/** Both documents in one picture: the newer one, with what it no longer has where it stood. */
export function diffElements(before: WorkflowDocument, after: WorkflowDocument, withMoves: boolean) {
  const diff = diffDocuments(before, after);
  const kinds = new Map(diff.nodes.map((change) => [change.nodeId, change.kind]));
  const kindOf = (id: string): DiffKind => {
    const kind = kinds.get(id) ?? "same";
    return kind === "moved" && !withMoves ? "same" : kind;
  };
  const gone = before.nodes.filter((node) => kinds.get(node.id) === "removed");
  const nodes = [...after.nodes, ...gone].map(
    (node): DiffFlowNode => ({ id: node.id, type: "diff", position: node.position, data: { node, kind: kindOf(node.id) } }),
  );
  return { diff, nodes, edges: edgesOf(diff, after) };
}

function edgesOf({ edges }: DocumentDiff, after: WorkflowDocument): DiffFlowEdge[] {
  const added = new Set(edges.added.map((edge) => edge.id));
  const drawn = (edge: WorkflowEdge, kind: "added" | "removed" | "same"): DiffFlowEdge => ({
    id: `${kind} ${edge.id}`,
    source: edge.source,
    target: edge.target,
    data: { kind },
    className: `diff-${kind}`,
  });
  return [
    ...after.edges.map((edge) => drawn(edge, added.has(edge.id) ? "added" : "same")),
    ...edges.removed.map((edge) => drawn(edge, "removed")),
  ];
}

import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from "#lib/graph/document.ts";

export interface DocumentIndex {
  nodes: Map<string, WorkflowNode>;
  edges: Map<string, WorkflowEdge>;
  incoming: Map<string, WorkflowEdge[]>;
  outgoing: Map<string, WorkflowEdge[]>;
  /** The number of each node, from 1. */
  places: Map<string, number>;
}

const cache = new WeakMap<WorkflowDocument, DocumentIndex>();
const noEdges: WorkflowEdge[] = [];

/** Looks a document up by id. Documents are immutable, so the index of each is made once. */
export function indexDocument(document: WorkflowDocument): DocumentIndex {
  const known = cache.get(document);
  if (known !== undefined) return known;
  const index: DocumentIndex = {
    nodes: new Map(document.nodes.map((node) => [node.id, node])),
    edges: new Map(document.edges.map((edge) => [edge.id, edge])),
    incoming: Map.groupBy(document.edges, (edge) => edge.target),
    outgoing: Map.groupBy(document.edges, (edge) => edge.source),
    places: new Map(document.nodes.map((node, index) => [node.id, index + 1])),
  };
  cache.set(document, index);
  return index;
}

export function nodeOf(document: WorkflowDocument, nodeId: string): WorkflowNode | undefined {
  return indexDocument(document).nodes.get(nodeId);
}

/** The edges that lead into a node. The same array as long as the document is the same. */
export function incomingOf(document: WorkflowDocument, nodeId: string): WorkflowEdge[] {
  return indexDocument(document).incoming.get(nodeId) ?? noEdges;
}

/** The edges that leave a node. The same array as long as the document is the same. */
export function outgoingOf(document: WorkflowDocument, nodeId: string): WorkflowEdge[] {
  return indexDocument(document).outgoing.get(nodeId) ?? noEdges;
}

/** All nodes reachable from `start` (itself excluded), against or along the edges. */
export function reachable(document: WorkflowDocument, start: string, direction: "upstream" | "downstream"): Set<string> {
  const found = new Set<string>();
  const queue = [start];
  for (let nodeId = queue.pop(); nodeId !== undefined; nodeId = queue.pop()) {
    const next =
      direction === "upstream"
        ? incomingOf(document, nodeId).map((edge) => edge.source)
        : outgoingOf(document, nodeId).map((edge) => edge.target);
    for (const neighbour of next) {
      if (neighbour === start || found.has(neighbour)) continue;
      found.add(neighbour);
      queue.push(neighbour);
    }
  }
  return found;
}

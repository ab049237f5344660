import { documentSchema, edgeSchema, nodeSchema, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from "./document.ts";

type NodeInput = Partial<WorkflowNode> & { id: string; type: string };

/** A document for tests from nodes and wires written as `a -> b` or `a:port -> b`. */
export function documentOf(nodes: NodeInput[], wires: string[] = []): WorkflowDocument {
  return documentSchema.parse({ schemaVersion: 1, nodes: nodes.map(nodeOf), edges: wires.map(edgeOf) });
}

function nodeOf(node: NodeInput): WorkflowNode {
  return nodeSchema.parse({ name: node.id, ...node });
}

function edgeOf(wire: string, index: number): WorkflowEdge {
  const [from = "", target = ""] = wire.split(" -> ");
  const [source, sourcePort = "out"] = from.split(":");
  return edgeSchema.parse({ id: `e${index}`, source, sourcePort, target });
}

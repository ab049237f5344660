import { documentSchema, edgeSchema, nodeSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";

/**
 * A document in one line per edge, for tests: `graph({ hook: "webhook", call: "http-request" }, ["hook > call", "call:error > log"])`.
 * Nodes stand in a row, 300 px apart.
 */
export function graph(types: Record<string, string>, wires: string[] = []): WorkflowDocument {
  const nodes = Object.entries(types).map(([id, type], index) =>
    nodeSchema.parse({ id, type, name: id, position: { x: index * 300, y: 0 }, config: definitionOf(type).initialConfig }),
  );
  const edges = wires.map((wire) => {
    const [from = "", target = ""] = wire.split(" > ");
    const [source, sourcePort = "out"] = from.split(":");
    return edgeSchema.parse({ id: `e_${from.replace(/\W+/g, "_")}_${target}`, source, sourcePort, target });
  });
  return documentSchema.parse({ schemaVersion: 1, nodes, edges });
}

/** The edges of a document the way `graph` takes them, sorted. */
export function wiresOf(document: WorkflowDocument): string[] {
  return document.edges
    .map((edge) => `${edge.source}${edge.sourcePort === "out" ? "" : `:${edge.sourcePort}`} > ${edge.target}`)
    .toSorted();
}

export function definitionOf(type: string): NodeDefinition {
  const definition = getDefinition(type);
  if (definition === undefined) throw new Error(`no node type ${type}`);
  return definition;
}

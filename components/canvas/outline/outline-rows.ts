import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { incomingOf, nodeOf } from "../document-index.ts";
import { loopsOf } from "../frames.ts";
import { portsToDraw } from "../node-ports.ts";
import { inReadingOrder } from "../reading-order.ts";

export interface OutlineRow {
  node: WorkflowNode;
  /** How far it is indented: one level deeper behind each output that is not the only way on, and in each loop. */
  depth: number;
  /** The outputs that lead here, for steps behind a branch: "true", "rejected". */
  via: string[];
}

/** The workflow as a list a person can read from top to bottom. */
export function outlineRows(document: WorkflowDocument): OutlineRow[] {
  const { bodies } = loopsOf(document);
  const depths = new Map<string, number>();
  return inReadingOrder(document).map((node) => {
    const edges = incomingOf(document, node.id);
    const ways = edges.map((edge) => {
      const source = nodeOf(document, edge.source);
      const ports = source === undefined ? [] : portsToDraw(document, source);
      const port = ports.find((candidate) => candidate.name === edge.sourcePort);
      const afterLoop = source !== undefined && bodies.has(source.id) && port?.name !== bodies.get(source.id)?.port;
      const only = ports.length < 2 || afterLoop || (port?.name === "out" && port.failure !== true);
      return { label: only ? null : (port?.label ?? edge.sourcePort), depth: (depths.get(edge.source) ?? 0) + (only ? 0 : 1) };
    });
    // Where branches meet again, the list goes back to the shallower one.
    const depth = ways.length === 0 ? 0 : Math.min(...ways.map((way) => way.depth));
    depths.set(node.id, depth);
    return { node, depth, via: ways.flatMap((way) => way.label ?? []) };
  });
}

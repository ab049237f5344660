import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from "./document.ts";

/** One value that differs; null stands for "not there". */
export interface FieldChange {
  path: string;
  before: JsonValue;
  after: JsonValue;
}

export interface NodeChange {
  nodeId: string;
  name: string;
  type: string;
  /** `moved`: only its place on the canvas is another. */
  kind: "added" | "removed" | "changed" | "moved";
  fields: FieldChange[];
}

export interface DocumentDiff {
  nodes: NodeChange[];
  edges: { added: WorkflowEdge[]; removed: WorkflowEdge[] };
  settings: FieldChange[];
  /** Nothing that a run would notice: the same, or only moved. */
  layoutOnly: boolean;
}

/** What changed between two documents, node by node. */
export function diffDocuments(before: WorkflowDocument, after: WorkflowDocument): DocumentDiff {
  const nodes = diffNodes(before.nodes, after.nodes);
  const edges = diffEdges(before.edges, after.edges);
  const settings = diffValues(asJson(before.settings), asJson(after.settings), "");
  const layoutOnly = edges.added.length + edges.removed.length + settings.length === 0 && nodes.every((change) => change.kind === "moved");
  return { nodes, edges, settings, layoutOnly };
}

/** What changed between two lists of nodes. */
export function diffNodes(before: WorkflowNode[], after: WorkflowNode[]): NodeChange[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const current = new Set(after.map((node) => node.id));
  const describe = ({ id, name, type }: WorkflowNode) => ({ nodeId: id, name, type });
  const changed = after.flatMap((node): NodeChange[] => {
    const previous = old.get(node.id);
    if (!previous) return [{ ...describe(node), kind: "added", fields: [] }];
    const fields = diffValues(asJson(previous), asJson(node), "");
    if (fields.length === 0) return [];
    return [{ ...describe(node), kind: fields.every(({ path }) => path.startsWith("position")) ? "moved" : "changed", fields }];
  });
  const removed = before
    .filter((node) => !current.has(node.id))
    .map((node): NodeChange => ({ ...describe(node), kind: "removed", fields: [] }));
  return [...changed, ...removed];
}

/** Through JSON, so that `undefined` and an absent key are the same. */
function asJson(part: WorkflowNode | WorkflowDocument["settings"]): JsonValue {
  const copy: JsonValue = JSON.parse(JSON.stringify(part));
  return copy;
}

/** Edges are compared by what they connect; a new id for the same wire is no change. */
function diffEdges(before: WorkflowEdge[], after: WorkflowEdge[]): DocumentDiff["edges"] {
  const wire = (edge: WorkflowEdge): string => JSON.stringify([edge.source, edge.sourcePort, edge.target]);
  const old = new Set(before.map(wire));
  const current = new Set(after.map(wire));
  return { added: after.filter((edge) => !old.has(wire(edge))), removed: before.filter((edge) => !current.has(wire(edge))) };
}

function diffValues(before: JsonValue, after: JsonValue, path: string): FieldChange[] {
  if (before === after) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => diffValues(own(before, key) ?? null, own(after, key) ?? null, path === "" ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) => diffValues(before[i] ?? null, after[i] ?? null, `${path}.${i}`)).flat();
  }
  return [{ path, before, after }];
}

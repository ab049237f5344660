import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import { type Clipping, clip } from "../clipboard.ts";
import { createIdMaker, freeName } from "../element-ids.ts";
import { gridSize, snap } from "../geometry.ts";
import type { Point } from "./move-nodes.ts";

/** A document with copies in it, and which nodes those are. */
export interface Pasted {
  document: WorkflowDocument;
  nodeIds: string[];
}

/** Adds the nodes of a clipping under new ids, their upper left corner at `at`, with the edges among them. */
export function paste(document: WorkflowDocument, clipping: Clipping, at: Point): Pasted {
  const newId = createIdMaker(document);
  const ids = new Map(clipping.nodes.map((node) => [node.id, newId(node.type)]));
  const left = Math.min(...clipping.nodes.map((node) => node.position.x));
  const top = Math.min(...clipping.nodes.map((node) => node.position.y));
  let nodes = document.nodes;
  for (const node of clipping.nodes) {
    const position = { x: snap(at.x + node.position.x - left), y: snap(at.y + node.position.y - top) };
    nodes = [...nodes, { ...renumbered(node, ids), name: freeName({ ...document, nodes }, node.name), position }];
  }
  const edges = clipping.edges.flatMap((edge) => {
    const source = ids.get(edge.source);
    const target = ids.get(edge.target);
    return source === undefined || target === undefined ? [] : [{ id: newId("e"), source, sourcePort: edge.sourcePort, target }];
  });
  return { document: { ...document, nodes, edges: [...document.edges, ...edges] }, nodeIds: [...ids.values()] };
}

/** Copies nodes within the document, a little lower and to the right. */
export function duplicate(document: WorkflowDocument, nodeIds: string[]): Pasted {
  const clipping = clip(document, nodeIds);
  if (clipping.nodes.length === 0) return { document, nodeIds: [] };
  const left = Math.min(...clipping.nodes.map((node) => node.position.x));
  const top = Math.min(...clipping.nodes.map((node) => node.position.y));
  return paste(document, clipping, { x: left + 2 * gridSize, y: top + 2 * gridSize });
}

// Expressions among the copies must name the copies: `steps.a.output` becomes `steps.b.output`.
function renumbered(node: WorkflowNode, ids: Map<string, string>): WorkflowNode {
  const id = ids.get(node.id) ?? node.id;
  const config = mapStrings(node.config, (text) => renameSteps(text, ids));
  const policy = mapStrings(node.policy, (text) => renameSteps(text, ids));
  return { ...node, id, config, policy };
}

function renameSteps(text: string, ids: Map<string, string>): string {
  return text.replace(/\bsteps\.([A-Za-z_]\w*)/g, (whole, id: string) => {
    const to = ids.get(id);
    return to === undefined ? whole : `steps.${to}`;
  });
}

function mapStrings<T>(value: T, change: (text: string) => string): T {
  // Safe because strings become strings and everything else keeps its shape.
  return mapJson(value as JsonValue, change) as T;
}

function mapJson(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((entry) => mapJson(entry, change));
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapJson(entry, change)]));
  return value;
}

import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { nodeSchema } from "#lib/graph/document.ts";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { incomingOf, indexDocument, nodeOf, outgoingOf, reachable } from "../document-index.ts";
import { createIdMaker, freeName } from "../element-ids.ts";
import { columnGap, gridSize, nodeHeight, nodeWidth, rowGap, snap } from "../geometry.ts";
import { isTrigger, mainPort } from "../node-ports.ts";
import { connect } from "./connect.ts";
import { nudgeNodes, type Point, placeNodes } from "./move-nodes.ts";

/** A document with a new node in it, and which one that is. */
export interface Added {
  document: WorkflowDocument;
  nodeId: string;
}

function createNode(document: WorkflowDocument, definition: NodeDefinition, position: Point): WorkflowNode {
  return nodeSchema.parse({
    id: createIdMaker(document)(definition.type),
    type: definition.type,
    typeVersion: definition.version,
    name: freeName(document, definition.title),
    position: { x: snap(position.x), y: snap(position.y) },
    config: definition.initialConfig,
  });
}

/** Adds a node of a type, wired to nothing. */
export function addNode(document: WorkflowDocument, definition: NodeDefinition, position: Point): Added {
  const node = createNode(document, definition, position);
  return { document: { ...document, nodes: [...document.nodes, node] }, nodeId: node.id };
}

/** Adds a node behind an output of another, at `position` or, without one, in the free place nearest to its right. */
export function addAfter(
  document: WorkflowDocument,
  definition: NodeDefinition,
  from: { nodeId: string; port?: string | undefined },
  position?: Point,
): Added {
  const source = nodeOf(document, from.nodeId);
  if (source === undefined) return addNode(document, definition, position ?? { x: 0, y: 0 });
  const at = position ?? freePlace(document, { x: source.position.x + nodeWidth + columnGap, y: source.position.y });
  const added = addNode(document, definition, at);
  const port = from.port ?? mainPort(source);
  if (port === undefined) return added;
  return { ...added, document: connect(added.document, { source: source.id, sourcePort: port, target: added.nodeId }) };
}

/** Puts a new node into an edge and makes room for it: what follows moves to the right when it stands too near. */
export function insertOnEdge(document: WorkflowDocument, definition: NodeDefinition, edgeId: string, position?: Point): Added {
  const { edges, nodes } = indexDocument(document);
  const edge = edges.get(edgeId);
  const source = edge && nodes.get(edge.source);
  const target = edge && nodes.get(edge.target);
  if (edge === undefined || source === undefined || target === undefined) return addNode(document, definition, position ?? { x: 0, y: 0 });
  const at = position ?? { x: source.position.x + nodeWidth + columnGap, y: target.position.y };
  const added = addNode(document, definition, at);
  return { nodeId: added.nodeId, document: makeRoom(spliceIntoEdge(added.document, added.nodeId, edgeId), added.nodeId, target.id) };
}

/** Whether a step may be put into an edge: it is wired to nothing yet, and something may lead to it. */
export function canSplice(document: WorkflowDocument, nodeId: string, edgeId: string): boolean {
  const node = nodeOf(document, nodeId);
  const edge = indexDocument(document).edges.get(edgeId);
  return node !== undefined && edge !== undefined && isLoose(document, nodeId) && !isTrigger(node);
}

/** Whether a step is wired to nothing. */
export function isLoose(document: WorkflowDocument, nodeId: string): boolean {
  return incomingOf(document, nodeId).length + outgoingOf(document, nodeId).length === 0;
}

/** Puts a step that was dropped on an edge between its neighbours, which make room as for a new one. */
export function dropOnEdge(document: WorkflowDocument, nodeId: string, edgeId: string): WorkflowDocument {
  const { edges, nodes } = indexDocument(document);
  const edge = edges.get(edgeId);
  const source = edge && nodes.get(edge.source);
  const target = edge && nodes.get(edge.target);
  if (source === undefined || target === undefined || !canSplice(document, nodeId, edgeId)) return document;
  const at = { x: snap(source.position.x + nodeWidth + columnGap), y: target.position.y };
  const placed = placeNodes(document, new Map([[nodeId, at]]));
  return makeRoom(spliceIntoEdge(placed, nodeId, edgeId), nodeId, target.id);
}

/** Leads an edge through a step that is wired to nothing. */
function spliceIntoEdge(document: WorkflowDocument, nodeId: string, edgeId: string): WorkflowDocument {
  const edge = indexDocument(document).edges.get(edgeId);
  if (edge === undefined || !canSplice(document, nodeId, edgeId)) return document;
  const without = { ...document, edges: document.edges.filter((other) => other.id !== edgeId) };
  const first = connect(without, { source: edge.source, sourcePort: edge.sourcePort, target: nodeId });
  return onward(first, nodeId, edge.target);
}

// A type without outputs ends the chain: then what followed is left loose rather than wired to nowhere.
function onward(document: WorkflowDocument, nodeId: string, targetId: string): WorkflowDocument {
  const node = nodeOf(document, nodeId);
  const port = node && mainPort(node);
  return port === undefined ? document : connect(document, { source: nodeId, sourcePort: port, target: targetId });
}

function makeRoom(document: WorkflowDocument, nodeId: string, targetId: string): WorkflowDocument {
  const node = nodeOf(document, nodeId);
  const target = nodeOf(document, targetId);
  if (node === undefined || target === undefined) return document;
  const missing = node.position.x + nodeWidth + columnGap - target.position.x;
  if (missing <= 0) return document;
  return nudgeNodes(document, [targetId, ...reachable(document, targetId, "downstream")], { x: snap(missing + gridSize / 2), y: 0 });
}

/** The first place at or below `wanted` where a node of usual size covers no other. */
export function freePlace(document: WorkflowDocument, wanted: Point): Point {
  const place = { x: snap(wanted.x), y: snap(wanted.y) };
  const covers = (node: WorkflowNode) =>
    Math.abs(node.position.x - place.x) < nodeWidth + gridSize &&
    place.y < node.position.y + nodeHeight(document, node) + rowGap / 2 &&
    place.y + 100 + rowGap / 2 > node.position.y;
  while (document.nodes.some(covers)) place.y += gridSize;
  return place;
}

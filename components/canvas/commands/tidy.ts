import { graphlib, layout } from "@dagrejs/dagre";
import type { Bodies } from "#lib/graph/bodies.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { incomingOf, nodeOf } from "../document-index.ts";
import { framesOf, loopsOf } from "../frames.ts";
import { columnGap, nodeHeight, nodeWidth, rowGap, snap } from "../geometry.ts";
import { mainPort } from "../node-ports.ts";
import { inPortOrder, inReadingOrder } from "../reading-order.ts";
import { type Point, placeNodes } from "./move-nodes.ts";

/** Lays the graph (or the given nodes) out from left to right. The upper left corner of what is laid out stays where it was. */
export function tidy(document: WorkflowDocument, nodeIds?: string[]): WorkflowDocument {
  const wanted = new Set(nodeIds === undefined || nodeIds.length < 2 ? document.nodes.map((node) => node.id) : nodeIds);
  const nodes = document.nodes.filter((node) => wanted.has(node.id));
  if (nodes.length === 0) return document;
  const loops = loopsOf(document);
  const graph = new graphlib.Graph({ compound: true });
  graph.setGraph({ rankdir: "LR", nodesep: rowGap, ranksep: columnGap, ranker: "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of inReadingOrder(document, nodes)) graph.setNode(node.id, { width: nodeWidth, height: nodeHeight(document, node) });
  for (const node of nodes)
    for (const edge of inPortOrder(document, node)) if (wanted.has(edge.target)) graph.setEdge(edge.source, edge.target);
  keepBodiesTogether(graph, loops, wanted);
  layout(graph, { constraints: branchOrder(document, nodes) });
  const places = new Map(nodes.map((node) => [node.id, topLeft(graph.node(node.id), nodeHeight(document, node))]));
  return placeNodes(document, anchored(nodes, straightened(document, places)));
}

/** What a loop runs for each item is laid out as one block, so that its frame holds nothing else. */
function keepBodiesTogether(graph: graphlib.Graph, { bodies, loopOf }: Bodies, wanted: ReadonlySet<string>): void {
  const blockOf = (loopId: string) => `body:${loopId}`;
  const drawn = [...bodies].filter(([, body]) => body.own.some((id) => wanted.has(id)));
  for (const [loopId] of drawn) graph.setNode(blockOf(loopId), {});
  for (const [loopId, body] of drawn) {
    for (const id of body.own) if (wanted.has(id)) graph.setParent(id, blockOf(loopId));
    const around = loopOf.get(loopId);
    if (around !== undefined && graph.hasNode(blockOf(around))) graph.setParent(blockOf(loopId), blockOf(around));
  }
}

/**
 * Dagre lines up the middles of nodes, but wires leave at their heads: where one step simply follows another and there
 * is room, it is put level with it.
 */
function straightened(document: WorkflowDocument, places: Map<string, Point>): Map<string, Point> {
  const straight = new Map(places);
  for (const node of inReadingOrder(document)) {
    const place = straight.get(node.id);
    const [edge, ...others] = incomingOf(document, node.id);
    const source = edge && nodeOf(document, edge.source);
    const level = edge && straight.get(edge.source);
    if (place === undefined || source === undefined || level === undefined || others.length > 0) continue;
    if (edge?.sourcePort !== mainPort(source) || Math.abs(level.y - place.y) > maxShift) continue;
    const moved = { x: place.x, y: level.y };
    if (isFree(document, straight, node, moved)) straight.set(node.id, moved);
  }
  return straight;
}

const maxShift = 100;

function isFree(document: WorkflowDocument, places: Map<string, Point>, node: WorkflowNode, at: Point): boolean {
  if (crossesFrame(document, new Map(places).set(node.id, at))) return false;
  return document.nodes.every((other) => {
    const place = places.get(other.id);
    if (other.id === node.id || place === undefined || Math.abs(place.x - at.x) >= nodeWidth) return true;
    return at.y + nodeHeight(document, node) + rowGap / 2 <= place.y || place.y + nodeHeight(document, other) + rowGap / 2 <= at.y;
  });
}

/** Whether a frame covers a step that is not of its loop. */
function crossesFrame(document: WorkflowDocument, places: Map<string, Point>): boolean {
  const { bodies } = loopsOf(document);
  if (bodies.size === 0) return false;
  return framesOf(document, (id) => places.get(id)).some(({ loopId, position, width, height }) =>
    document.nodes.some((node) => {
      const place = places.get(node.id);
      if (place === undefined || bodies.get(loopId)?.all.has(node.id)) return false;
      const beside = place.x >= position.x + width || place.x + nodeWidth <= position.x;
      return !beside && place.y < position.y + height && place.y + nodeHeight(document, node) > position.y;
    }),
  );
}

/** What hangs on a node's outputs stands in the order of the outputs, from top to bottom. */
function branchOrder(document: WorkflowDocument, nodes: WorkflowNode[]): { left: string; right: string }[] {
  const above = new Map<string, Set<string>>();
  return nodes.flatMap((node) => {
    const targets = [...new Set(inPortOrder(document, node).map((edge) => edge.target))];
    return targets.slice(1).flatMap((right, index) => {
      const left = targets[index];
      // Two nodes that disagree about their common targets must not send dagre in circles: the first one wins.
      if (left === undefined || above.get(right)?.has(left)) return [];
      above.set(left, (above.get(left) ?? new Set()).add(right));
      return [{ left, right }];
    });
  });
}

function topLeft(centre: { x: number; y: number }, height: number): Point {
  return { x: centre.x - nodeWidth / 2, y: centre.y - height / 2 };
}

function anchored(nodes: WorkflowNode[], places: Map<string, Point>): Map<string, Point> {
  const left = (points: Point[]) => Math.min(...points.map((point) => point.x));
  const top = (points: Point[]) => Math.min(...points.map((point) => point.y));
  const before = nodes.map((node) => node.position);
  const after = [...places.values()];
  const dx = left(before) - left(after);
  const dy = top(before) - top(after);
  return new Map([...places].map(([id, place]) => [id, { x: snap(place.x + dx), y: snap(place.y + dy) }]));
}

import { graphlib, layout } from "@dagrejs/dagre";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { outgoingOf } from "../document-index.ts";
import { columnGap, nodeHeight, nodeWidth, rowGap, snap } from "../geometry.ts";
import { isTrigger, portsToDraw } from "../node-ports.ts";
import { type Point, placeNodes } from "./move-nodes.ts";

/** Lays the graph (or the given nodes) out from left to right. The upper left corner of what is laid out stays where it was. */
export function tidy(document: WorkflowDocument, nodeIds?: string[]): WorkflowDocument {
  const wanted = new Set(nodeIds === undefined || nodeIds.length < 2 ? document.nodes.map((node) => node.id) : nodeIds);
  const nodes = document.nodes.filter((node) => wanted.has(node.id));
  if (nodes.length === 0) return document;
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: rowGap, ranksep: columnGap, ranker: "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of inReadingOrder(document, nodes)) graph.setNode(node.id, { width: nodeWidth, height: nodeHeight(document, node) });
  for (const node of nodes)
    for (const edge of inPortOrder(document, node)) if (wanted.has(edge.target)) graph.setEdge(edge.source, edge.target);
  layout(graph, { constraints: branchOrder(document, nodes) });
  return placeNodes(
    document,
    anchored(nodes, (node) => topLeft(graph.node(node.id), nodeHeight(document, node))),
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

function anchored(nodes: WorkflowNode[], placeOf: (node: WorkflowNode) => Point): Map<string, Point> {
  const places = new Map(nodes.map((node) => [node.id, placeOf(node)]));
  const left = (points: Point[]) => Math.min(...points.map((point) => point.x));
  const top = (points: Point[]) => Math.min(...points.map((point) => point.y));
  const before = nodes.map((node) => node.position);
  const after = [...places.values()];
  const dx = left(before) - left(after);
  const dy = top(before) - top(after);
  return new Map([...places].map(([id, place]) => [id, { x: snap(place.x + dx), y: snap(place.y + dy) }]));
}

function inPortOrder(document: WorkflowDocument, node: WorkflowNode) {
  const ports = portsToDraw(document, node).map((port) => port.name);
  return outgoingOf(document, node.id).toSorted((a, b) => ports.indexOf(a.sourcePort) - ports.indexOf(b.sourcePort));
}

/** Triggers first, then each branch to its end: the order in which a person would tell the workflow. */
export function inReadingOrder(document: WorkflowDocument, nodes: WorkflowNode[] = document.nodes): WorkflowNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const targets = new Set(document.edges.map((edge) => edge.target));
  const starts = nodes.filter((node) => isTrigger(node) || !targets.has(node.id)).toSorted((a, b) => a.position.y - b.position.y);
  const ordered = new Map<string, WorkflowNode>();
  const visit = (node: WorkflowNode) => {
    if (ordered.has(node.id)) return;
    ordered.set(node.id, node);
    for (const edge of inPortOrder(document, node)) {
      const target = byId.get(edge.target);
      if (target !== undefined) visit(target);
    }
  };
  for (const node of starts) visit(node);
  for (const node of nodes) visit(node);
  return [...ordered.values()];
}

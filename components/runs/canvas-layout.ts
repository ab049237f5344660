import type { WorkflowDocument } from "#lib/graph/document.ts";

export const nodeWidth = 220;
export const nodeHeight = 52;
const margin = 32;

export interface DrawnNode {
  id: string;
  name: string;
  type: string;
  x: number;
  y: number;
}

export interface DrawnEdge {
  id: string;
  source: string;
  target: string;
  port: string;
  path: string;
}

/** Where everything of a document is drawn, moved so that it begins at zero. */
export function layOut(document: WorkflowDocument): { nodes: DrawnNode[]; edges: DrawnEdge[]; width: number; height: number } {
  const left = Math.min(...document.nodes.map((node) => node.position.x)) - margin;
  const top = Math.min(...document.nodes.map((node) => node.position.y)) - margin;
  const nodes = document.nodes.map(({ id, name, type, position }) => ({ id, name, type, x: position.x - left, y: position.y - top }));
  const placed = new Map(nodes.map((node) => [node.id, node]));
  const edges = document.edges.flatMap((edge) => {
    const [source, target] = [placed.get(edge.source), placed.get(edge.target)];
    if (!source || !target) return [];
    return [{ id: edge.id, source: edge.source, target: edge.target, port: edge.sourcePort, path: curve(source, target) }];
  });
  const width = Math.max(...nodes.map((node) => node.x), 0) + nodeWidth + margin;
  const height = Math.max(...nodes.map((node) => node.y), 0) + nodeHeight + margin;
  return { nodes, edges, width, height };
}

/** From the right side of one node to the left side of the next. */
function curve(source: DrawnNode, target: DrawnNode): string {
  const [x1, y1] = [source.x + nodeWidth, source.y + nodeHeight / 2];
  const [x2, y2] = [target.x, target.y + nodeHeight / 2];
  const bend = Math.max(32, Math.abs(x2 - x1) / 2);
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
}

import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { WorkflowEdge, WorkflowNode } from "./document.ts";

/** What a loop runs once for each item. */
export interface LoopBody {
  /** The port behind which it lies. */
  port: string;
  /** Every node reachable from that port, the bodies of loops inside it included. */
  all: ReadonlySet<string>;
  /** The nodes that belong to no loop inside this one, each after all it depends on. */
  own: string[];
  /** Those of `own` after which nothing may come, so that the output of the iteration may be theirs. */
  last: string[];
}

export interface Bodies {
  /** By the id of the loop's node. */
  bodies: ReadonlyMap<string, LoopBody>;
  /** The innermost loop a node lies in; without an entry it lies in none. */
  loopOf: ReadonlyMap<string, string>;
  /** The nodes outside of all loops, each after all it depends on. */
  outside: string[];
}

interface Graph {
  nodes: ReadonlyMap<string, WorkflowNode>;
  outgoing: ReadonlyMap<string, WorkflowEdge[]>;
  order: readonly string[];
}

/** Finds the bodies of all loops. Where wires lead into a body from elsewhere, which validation refuses, the smallest body wins. */
export function bodiesOf(graph: Graph): Bodies {
  const reached = new Map<string, Set<string>>();
  for (const node of graph.nodes.values()) {
    const port = bodyPortOf(node);
    if (port !== undefined) reached.set(node.id, reachableFrom(graph, node.id, port));
  }
  const loopOf = new Map<string, string>();
  const largestFirst = [...reached].sort(([, a], [, b]) => b.size - a.size);
  for (const [loopId, all] of largestFirst) for (const id of all) if (id !== loopId) loopOf.set(id, loopId);
  const bodies = new Map<string, LoopBody>();
  for (const [loopId, all] of reached) {
    const own = graph.order.filter((id) => loopOf.get(id) === loopId);
    const last = own.filter((id) => mayBeLast(graph, id));
    bodies.set(loopId, { port: bodyPortOf(graph.nodes.get(loopId)) ?? "", all, own, last });
  }
  return { bodies, loopOf, outside: graph.order.filter((id) => !loopOf.has(id)) };
}

/** The loop outside of all others that a node lies in; the node itself when it lies in none. */
export function outermostLoop({ loopOf }: Pick<Bodies, "loopOf">, nodeId: string): string {
  const around = loopOf.get(nodeId);
  return around === undefined ? nodeId : outermostLoop({ loopOf }, around);
}

function bodyPortOf(node: WorkflowNode | undefined): string | undefined {
  return node && getDefinition(node.type)?.bodyPort;
}

function reachableFrom({ outgoing }: Graph, nodeId: string, port: string): Set<string> {
  const found = new Set<string>();
  for (const edge of outgoing.get(nodeId) ?? []) if (edge.sourcePort === port) found.add(edge.target);
  // The set grows while it is walked.
  for (const id of found) for (const edge of outgoing.get(id) ?? []) found.add(edge.target);
  return found;
}

/** Whether the node has an ordinary port that no edge leaves from: a failure port that leads nowhere is never taken. */
function mayBeLast({ nodes, outgoing }: Graph, nodeId: string): boolean {
  const node = nodes.get(nodeId);
  const definition = node && getDefinition(node.type);
  if (!node || !definition) return false;
  const config = definition.config.safeParse(node.config);
  if (!config.success) return (outgoing.get(nodeId) ?? []).length === 0;
  const connected = new Set((outgoing.get(nodeId) ?? []).map((edge) => edge.sourcePort));
  return definition
    .ports(config.data)
    .some((port) => port.failure !== true && port.name !== definition.bodyPort && !connected.has(port.name));
}

import type { JoinMode } from "#lib/nodes/define.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { type Bodies, bodiesOf } from "./bodies.ts";
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from "./document.ts";

/** A document with what running and checking it needs looked up once. Documents are immutable, so this is too. */
export interface CompiledDocument extends Bodies {
  document: WorkflowDocument;
  nodes: Map<string, WorkflowNode>;
  /** Every node has an entry in both, empty when nothing comes in or goes out. */
  incoming: Map<string, WorkflowEdge[]>;
  outgoing: Map<string, WorkflowEdge[]>;
  /** Node ids, each after all it depends on. Nodes on a cycle (which validation refuses) are left out. */
  order: string[];
  triggers: WorkflowNode[];
  /** Nodes that join their incoming edges in another way than most: see `JoinMode`. */
  joins: Map<string, JoinMode>;
  /** Ids of the edges of disabled nodes that a run passing through does not take: those behind failure ports, or behind none of the type. */
  notPassed: ReadonlySet<string>;
  /** What a test of this document runs at most; null: everything. */
  wanted: ReadonlySet<string> | null;
}

/** Indexes a document. Edges that refer to nodes that do not exist are left out: validation names them. */
export function compileDocument(document: WorkflowDocument): CompiledDocument {
  const nodes = new Map<string, WorkflowNode>();
  const incoming = new Map<string, WorkflowEdge[]>();
  const outgoing = new Map<string, WorkflowEdge[]>();
  for (const node of document.nodes) {
    nodes.set(node.id, node);
    incoming.set(node.id, []);
    outgoing.set(node.id, []);
  }
  for (const edge of document.edges) {
    const into = incoming.get(edge.target);
    const from = outgoing.get(edge.source);
    if (!into || !from) continue;
    into.push(edge);
    from.push(edge);
  }
  const order = topologicalOrder(nodes, incoming, outgoing);
  return {
    document,
    nodes,
    incoming,
    outgoing,
    order,
    ...bodiesOf({ nodes, outgoing, order }),
    triggers: document.nodes.filter(isTrigger),
    joins: joinsOf(document),
    notPassed: notPassedOf(document, outgoing),
    wanted: wantedOf(document, incoming),
  };
}

// By what the port is, not by its name: a case of a switch may be named like the failure port of another type.
function notPassedOf(document: WorkflowDocument, outgoing: ReadonlyMap<string, WorkflowEdge[]>): Set<string> {
  const found = new Set<string>();
  for (const node of document.nodes) {
    if (!node.disabled) continue;
    const usual = usualPortsOf(node);
    for (const edge of outgoing.get(node.id) ?? []) if (!usual.has(edge.sourcePort)) found.add(edge.id);
  }
  return found;
}

function usualPortsOf(node: WorkflowNode): Set<string> {
  const definition = getDefinition(node.type);
  const parsed = definition?.config.safeParse(node.config);
  if (!definition || !parsed?.success) return new Set();
  return new Set(definition.ports(parsed.data).flatMap((port) => (port.failure ? [] : [port.name])));
}

function wantedOf({ testing }: WorkflowDocument, incoming: ReadonlyMap<string, WorkflowEdge[]>): Set<string> | null {
  const until = testing?.until;
  return until === undefined ? null : ancestorsOf({ incoming }, until).add(until);
}

function joinsOf(document: WorkflowDocument): Map<string, JoinMode> {
  const joins = new Map<string, JoinMode>();
  for (const node of document.nodes) {
    const definition = getDefinition(node.type);
    const parsed = definition?.join && definition.config.safeParse(node.config);
    if (definition?.join && parsed?.success) joins.set(node.id, definition.join(parsed.data));
  }
  return joins;
}

function isTrigger(node: WorkflowNode): boolean {
  return getDefinition(node.type)?.category === "trigger";
}

function topologicalOrder(
  nodes: ReadonlyMap<string, WorkflowNode>,
  incoming: ReadonlyMap<string, WorkflowEdge[]>,
  outgoing: ReadonlyMap<string, WorkflowEdge[]>,
): string[] {
  const open = new Map<string, number>();
  for (const id of nodes.keys()) open.set(id, incoming.get(id)?.length ?? 0);
  const order = [...nodes.keys()].filter((id) => open.get(id) === 0);
  // The list grows while it is walked: each node placed may free its successors.
  for (const id of order) {
    for (const edge of outgoing.get(id) ?? []) {
      const left = (open.get(edge.target) ?? 0) - 1;
      open.set(edge.target, left);
      if (left === 0) order.push(edge.target);
    }
  }
  return order;
}

/** The ids of all nodes from which an edge path leads to the node, without the node itself. */
export function ancestorsOf(compiled: { incoming: ReadonlyMap<string, WorkflowEdge[]> }, nodeId: string): Set<string> {
  const found = new Set<string>();
  const open = [nodeId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of compiled.incoming.get(id) ?? []) {
      if (found.has(edge.source)) continue;
      found.add(edge.source);
      open.push(edge.source);
    }
  }
  found.delete(nodeId);
  return found;
}

import type { CompiledDocument } from "../compile.ts";
import type { WorkflowDocument, WorkflowNode } from "../document.ts";

/** One place where a rule is broken. */
export interface Finding {
  node: WorkflowNode;
  /** The setting to look at, below the node: `policy.idempotency`. Empty for the node itself. */
  field: string;
  message: string;
  /** Mends it, in a copy; null when only a person can tell how. */
  mend: ((document: WorkflowDocument) => WorkflowDocument) | null;
}

/** One thing that goes wrong only on a bad day, and how to be ready for it. */
export interface LintRule {
  /** Stable: stands in addresses and in the reference. */
  id: string;
  title: string;
  why: string;
  /** What the one click does, as the button says it. Null when there is none. */
  mend: string | null;
  find(compiled: CompiledDocument): Finding[];
}

/** The nodes that take part in runs. */
export function activeNodes(compiled: CompiledDocument): WorkflowNode[] {
  return compiled.document.nodes.filter((node) => !node.disabled);
}

/** The document with one node put in another's place. */
export function withNode(document: WorkflowDocument, id: string, change: (node: WorkflowNode) => WorkflowNode): WorkflowDocument {
  return { ...document, nodes: document.nodes.map((node) => (node.id === id ? change(node) : node)) };
}

/** A name for a new node or edge that nothing in the document has yet. */
export function freeId(document: WorkflowDocument, base: string): string {
  const taken = new Set([...document.nodes, ...document.edges].map(({ id }) => id));
  for (let number = 1; ; number += 1) if (!taken.has(`${base}${number}`)) return `${base}${number}`;
}

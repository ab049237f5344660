import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { Policy } from "#lib/graph/policy.ts";
import { mapNodes } from "./command.ts";

type Editable = Pick<WorkflowNode, "config" | "policy" | "connectionId" | "notes" | "disabled" | "critical">;

/** Changes settings of one node. */
export function setNode(document: WorkflowDocument, nodeId: string, change: Partial<Editable>): WorkflowDocument {
  return mapNodes(document, [nodeId], (node) => ({ ...node, ...change }));
}

/** Sets one section of a node's policy; undefined goes back to the default. */
export function setPolicy<K extends keyof Policy>(
  document: WorkflowDocument,
  nodeId: string,
  section: K,
  value: Policy[K] | undefined,
): WorkflowDocument {
  return mapNodes(document, [nodeId], (node) => {
    const { [section]: _previous, ...rest } = node.policy;
    return { ...node, policy: value === undefined ? rest : { ...rest, [section]: value } };
  });
}

/** Gives a node another name. An empty name changes nothing: people would not find the step again. */
export function renameNode(document: WorkflowDocument, nodeId: string, name: string): WorkflowDocument {
  const trimmed = name.trim().slice(0, 120);
  if (trimmed === "") return document;
  return mapNodes(document, [nodeId], (node) => (node.name === trimmed ? node : { ...node, name: trimmed }));
}

/** Disables the nodes, or enables them when all are disabled already. */
export function toggleDisabled(document: WorkflowDocument, nodeIds: string[]): WorkflowDocument {
  const wanted = new Set(nodeIds);
  const disabled = document.nodes.some((node) => wanted.has(node.id) && !node.disabled);
  return mapNodes(document, nodeIds, (node) => (node.disabled === disabled ? node : { ...node, disabled }));
}

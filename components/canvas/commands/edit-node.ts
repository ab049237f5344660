import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { Policy } from "#lib/graph/policy.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { nodeOf } from "../document-index.ts";
import { type Path, setAt } from "../form/paths.ts";
import { portsOf } from "../node-ports.ts";
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

/** Writes one setting by its path below the node (`["config", "url"]`, `["policy", "retry", "maxAttempts"]`); undefined takes it away. */
export function setSetting(document: WorkflowDocument, nodeId: string, path: Path, value: JsonValue | undefined): WorkflowDocument {
  const [root, ...rest] = path;
  const changed = mapNodes(document, [nodeId], (node) => {
    if (root === "config") return { ...node, config: asConfig(setAt(node.config, rest, value)) };
    if (root === "policy") return { ...node, policy: asPolicy(prune(setAt(JSON.parse(JSON.stringify(node.policy)), rest, value))) };
    return root === "connectionId" && (value === undefined || value === null || typeof value === "string")
      ? { ...node, connectionId: value ?? null }
      : node;
  });
  return followPort(document, changed, nodeId);
}

/** When a setting gives an output another name (a case of a switch), its wires go with it. */
function followPort(before: WorkflowDocument, after: WorkflowDocument, nodeId: string): WorkflowDocument {
  const old = nodeOf(before, nodeId);
  const current = nodeOf(after, nodeId);
  if (old === undefined || current === undefined) return after;
  const names = portsOf(old).map((port) => port.name);
  const next = portsOf(current).map((port) => port.name);
  const renamed = names.flatMap((name, index) => (name === next[index] ? [] : [{ from: name, to: next[index] }]));
  const [only] = renamed;
  if (names.length !== next.length || renamed.length !== 1 || only?.to === undefined || names.includes(only.to)) return after;
  const { from, to } = only;
  const edges = after.edges.map((edge) => (edge.source === nodeId && edge.sourcePort === from ? { ...edge, sourcePort: to } : edge));
  return { ...after, edges };
}

function asConfig(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

// Safe because a draft may hold settings out of range: they are kept as typed, told as problems, and block publishing.
function asPolicy(value: JsonValue | undefined): Policy {
  return (value ?? {}) as Policy;
}

/** Sections without a setting are left out, so that "nothing set here" looks the same however it came about. */
function prune(value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, section]) => !(isJsonObject(section) && Object.keys(section).length === 0));
  return Object.fromEntries(kept);
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

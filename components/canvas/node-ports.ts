import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { NodeDefinition, Port } from "#lib/nodes/define.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import { outgoingOf } from "./document-index.ts";

const portCache = new WeakMap<WorkflowNode, Port[]>();
const defaultPorts: Port[] = [{ name: "out", label: "out" }];

/**
 * The config to draw a node from: parsed, with defaults. A half-filled one (a case without its condition, say) still has
 * ports and a summary, so it is passed on unparsed over the initial config.
 */
export function drawableConfig(definition: NodeDefinition, node: WorkflowNode): unknown {
  const parsed = definition.config.safeParse(node.config);
  if (parsed.success) return parsed.data;
  const initial = definition.initialConfig;
  return isJsonObject(initial) ? { ...initial, ...node.config } : node.config;
}

/** The outputs of a node. None for a type this version does not know; see `portsToDraw`. */
export function portsOf(node: WorkflowNode): Port[] {
  const known = portCache.get(node);
  if (known !== undefined) return known;
  const ports = readPorts(node);
  portCache.set(node, ports);
  return ports;
}

function readPorts(node: WorkflowNode): Port[] {
  const definition = getDefinition(node.type);
  if (definition === undefined) return [];
  try {
    return definition.ports(drawableConfig(definition, node));
  } catch {
    return defaultPorts;
  }
}

const strayCache = new WeakMap<WorkflowNode, { names: string; ports: Port[] }>();

/**
 * The outputs to draw: those of the type, and those that edges leave from although the type lacks them. The same array
 * as long as neither changes, because React compares it.
 */
export function portsToDraw(document: WorkflowDocument, node: WorkflowNode): Port[] {
  const ports = portsOf(node);
  const known = new Set(ports.map((port) => port.name));
  const used = new Set(outgoingOf(document, node.id).map((edge) => edge.sourcePort));
  const stray = [...used].filter((name) => !known.has(name));
  if (stray.length === 0) return ports;
  const names = stray.join("\n");
  const cached = strayCache.get(node);
  if (cached?.names === names) return cached.ports;
  const all = [...ports, ...stray.map((name) => ({ name, label: name }))];
  strayCache.set(node, { names, ports: all });
  return all;
}

/** Where a chain goes on when nothing special happens: the first output that is no failure. */
export function mainPort(node: WorkflowNode): string | undefined {
  const ports = portsOf(node);
  return (ports.find((port) => port.failure !== true) ?? ports[0])?.name;
}

export function isTrigger(node: WorkflowNode): boolean {
  return getDefinition(node.type)?.category === "trigger";
}

import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { EffectClass } from "#lib/shared/statuses.ts";
import type { WorkflowNode } from "./document.ts";

/** The effect class of a node with its policy applied; null when its config does not parse or its type is unknown. */
export function effectOf(node: WorkflowNode): EffectClass | "none" | null {
  const definition = getDefinition(node.type);
  const config = definition?.config.safeParse(node.config);
  if (!definition || !config?.success) return null;
  const natural = definition.effect(config.data);
  const { effect, key, header, lookup } = node.policy.idempotency ?? {};
  if (natural === "none") return natural;
  if (effect !== undefined || natural !== "unsafe") return effect ?? natural;
  if (key && header) return "keyed";
  return lookup ? "reconcilable" : natural;
}

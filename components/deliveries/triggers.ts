import type { TriggerView, WorkflowView } from "#lib/shared/api-types.ts";
import { isJsonObject, own } from "#lib/shared/json.ts";

export interface DeliveryTrigger {
  id: string;
  name: string;
  url: string | null;
}

/** The triggers that something is delivered to, named as their nodes. Runs that people start by hand are no deliveries. */
export function deliveryTriggers(workflow: Pick<WorkflowView, "triggers" | "liveDocument">): DeliveryTrigger[] {
  const nodes = own(workflow.liveDocument, "nodes");
  const named = new Map<string, string>();
  for (const node of Array.isArray(nodes) ? nodes : []) {
    if (isJsonObject(node) && typeof node.id === "string" && typeof node.name === "string") named.set(node.id, node.name);
  }
  const toTrigger = (trigger: TriggerView) => ({ id: trigger.id, name: named.get(trigger.nodeId) ?? trigger.nodeId, url: trigger.url });
  return workflow.triggers.filter((trigger) => trigger.type !== "manual").map(toTrigger);
}

import type { JsonObject } from "#lib/shared/json.ts";
import { edgeAfter } from "./decide.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";

/** What a node that joins branches is given: the outputs of the nodes whose edges to it are taken by now. */
export function incomingOf(session: RunSession, plan: NodePlan): JsonObject {
  const incoming: JsonObject = {};
  if (!plan.definition.join) return incoming;
  const { steps } = session.scope({});
  for (const edge of session.plan.compiled.incoming.get(plan.node.id) ?? []) {
    const step = session.steps.get(edge.source);
    if (step && edgeAfter(step, edge) === "taken") incoming[edge.source] = steps[edge.source]?.output ?? null;
  }
  return incoming;
}

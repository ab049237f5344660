import { stepKey } from "#lib/shared/iteration.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { edgeAfter } from "./decide.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { StepRef } from "./run-state.ts";

/** What a node that joins branches is given: the outputs of the nodes whose edges to it are taken by now. */
export function incomingOf(session: RunSession, plan: NodePlan, at: StepRef): JsonObject {
  const incoming: JsonObject = {};
  if (!plan.definition.join) return incoming;
  const { steps } = session.scope(at, {});
  const loopId = session.plan.compiled.loopOf.get(plan.node.id);
  for (const edge of session.plan.compiled.incoming.get(plan.node.id) ?? []) {
    const step = session.steps.get(stepKey(edge.source, at.iteration));
    const taken = edge.source === loopId || (step !== undefined && edgeAfter(session.plan.compiled, step, edge) === "taken");
    if (taken) incoming[edge.source] = steps[edge.source]?.output ?? null;
  }
  return incoming;
}

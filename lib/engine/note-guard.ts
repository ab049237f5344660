import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";

/** Has it known where a breaker or budget stands that holds a live run back. Test runs have people before them. */
export function noteGuard(session: RunSession, plan: NodePlan, guard: { id: string; host: string | null }): void {
  const { workspaceId, workflowId, mode } = session.run;
  if (mode !== "live") return;
  session.ports.guards.note({ ...guard, workspaceId, workflowId, nodeId: plan.node.id, connectionId: plan.node.connectionId });
}

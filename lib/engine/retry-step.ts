import { NodeError } from "#lib/nodes/runner.ts";
import { usesBudget } from "#lib/policies/retry-budget.ts";
import { derivedId } from "#lib/shared/ids.ts";
import { noteGuard } from "./note-guard.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import type { BudgetOwner } from "./systems/retry-budget.ts";

export type RetryEntry =
  /** `sent` counts the call when it goes, `handBack` says that it does not. */
  { next: "go"; sent(): void; handBack(): void } | { next: "wait"; untilMs: number } | { next: "fail"; error: NodeError };

/**
 * Sees to it that retries stay a small part of what a remote gets (engine.md 1.4): when many steps fail together, their
 * retries must not be what keeps it down. One that is over the budget waits for its turn; none is lost.
 */
export async function admitRetry(session: RunSession, plan: NodePlan, step: StepState): Promise<RetryEntry> {
  const owner = budgetOf(session, plan);
  const { retries } = session.ports;
  if (!isRetry(step)) return { next: "go", sent: () => retries.called(owner), handBack: () => undefined };
  const turn = await session.guard(retries.take({ ...owner, holder: step.id }));
  if (turn.next === "go") return { next: "go", sent: () => undefined, handBack: () => retries.handBack(owner) };
  noteGuard(session, plan, { id: owner.id, host: null });
  if (step.deadlineAtMs === null || turn.untilMs < step.deadlineAtMs) return turn;
  const message = "so many calls to this remote are retries that there is no room for another before the step's deadline";
  return { next: "fail", error: new NodeError("timeout", "retry_budget_timeout", message) };
}

function isRetry(step: StepState): boolean {
  return step.attempts > step.attemptsBase && step.error !== null && usesBudget(step.error.class);
}

/** One budget a connection, over all workflows; a node without one has its own. */
function budgetOf(session: RunSession, plan: NodePlan): BudgetOwner {
  const { workspaceId, workflowId } = session.run;
  const { connectionId, id: nodeId } = plan.node;
  const id =
    connectionId === null ? derivedId(workspaceId, "node-budget", workflowId, nodeId) : derivedId(workspaceId, "budget", connectionId);
  return { workspaceId, id };
}

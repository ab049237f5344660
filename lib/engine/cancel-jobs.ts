import { prepareInput } from "#lib/nodes/prepare.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { callRemote } from "./call-remote.ts";
import type { NodePlan } from "./plan.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { RunEnd, StepState } from "./run-state.ts";
import { acquireThrottle, leaveQueue } from "./throttle-step.ts";

const keyHeader = "idempotency-key";

/**
 * Tells remotes to give up the jobs that a run has waited for and nobody will collect: it was canceled, or is past its
 * deadline. Best effort (engine.md 1.7): one call each, which nothing waits for but the run's end, and whose failure changes nothing.
 */
export async function cancelJobs(session: RunSession, end: RunEnd): Promise<void> {
  if (end.status !== "canceled" && end.error?.code !== "run_deadline") return;
  for (const step of session.steps.values()) {
    const { cancel } = session.planOf(step);
    if (cancel === null || step.status !== "waiting") continue;
    try {
      await cancelJob(session, cancel, step);
    } catch (thrown) {
      // What the remote said is in the attempt; a request that cannot be worked out names no job.
      if (thrown instanceof RunLostError) throw thrown;
    }
  }
}

async function cancelJob(session: RunSession, plan: NodePlan, step: StepState): Promise<void> {
  const connection = await session.connection(plan);
  if (connection?.held) return;
  const input = await requestOf(session, plan, step);
  const grant = await acquireThrottle(session, plan, step);
  if (grant.next !== "go") return leaveQueue(session, step);
  try {
    await callRemote(session, plan, step, null, { turn: grant.turn, input });
  } finally {
    await grant.turn.end(null);
  }
}

/** Under a key of its own, by which a remote that knows keys tells a repeat after a crash. */
async function requestOf(session: RunSession, plan: NodePlan, step: StepState): Promise<JsonValue> {
  const connection = await session.connection(plan);
  const evaluate = session.evaluate(step, connection?.fields ?? {});
  const request = prepareInput(plan.definition, plan.runner, { config: plan.config, evaluate, now: session.ports.now(), incoming: {} });
  if (!isJsonObject(request)) return request;
  return { ...request, headers: { [keyHeader]: `cancel-${step.id}`, ...(isJsonObject(request.headers) ? request.headers : {}) } };
}

import { type NodeCall, NodeError, type NodeResult } from "#lib/nodes/runner.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { waitStep } from "./settle-step.ts";

/**
 * Calls another workflow for a step; null: the step is parked until the child has ended, holding nothing. May be asked as
 * often as one likes: the child is found again by the step and how often it was redriven, so a crash starts no second one.
 *
 * A redrive takes the result of the child of before if that has since been redriven to success itself, waits for it if it is
 * on its way, and else starts a new one.
 */
export async function callChild(session: RunSession, step: StepState, call: NodeCall["call"]): Promise<NodeResult | null> {
  const { run, ports } = session;
  const key = { workspaceId: run.workspaceId, parentRunId: run.id, parentStepId: step.id };
  const generation = step.attemptsBase;
  const last = generation > 0 && call.wait ? await session.guard(ports.children.last(key)) : null;
  const alive = last !== null && last.status !== "failed" && last.status !== "canceled" ? last.runId : null;
  const runId = alive ?? (await startChild(session, step, call, generation));
  await failpoint("child-started", session.run.id);
  // The child counts as the step's attempt, so that a redrive makes the next generation.
  step.attempts = Math.max(step.attempts, generation + 1);
  session.touch(step);
  if (!call.wait) return { port: "out", output: { runId } };
  const child = await session.guard(ports.children.look({ workspaceId: run.workspaceId, runId }));
  switch (child.status) {
    case "succeeded":
      return { port: "out", output: child.output };
    case "failed":
    case "canceled":
      return refused(runId, child);
    default:
      waitStep(session, step, "child", null);
      return null;
  }
}

/** Of a run that ends otherwise than well, the children it waits for end too. */
export async function cancelChildren(session: RunSession): Promise<void> {
  const calls = [...session.plan.nodes.values()].some((plan) => plan.type === "sub-workflow");
  if (calls) await session.guard(session.ports.children.cancel({ workspaceId: session.run.workspaceId, parentRunId: session.run.id }));
}

async function startChild(session: RunSession, step: StepState, call: NodeCall["call"], generation: number): Promise<string> {
  const { run, ports } = session;
  try {
    const request = {
      parent: run,
      stepId: step.id,
      generation,
      workflowId: call.workflowId,
      input: call.input,
      waits: call.wait,
      now: ports.now(),
    };
    return await ports.children.start(request);
  } catch (thrown) {
    if (thrown instanceof NodeError) throw thrown;
    return session.guard(Promise.reject(thrown));
  }
}

function refused(
  runId: string,
  child: { status: "failed" | "canceled"; error: { class: string; code: string; message: string } | null },
): NodeResult {
  const error = child.error && { class: child.error.class, code: child.error.code, message: child.error.message };
  const message =
    child.status === "canceled" ? "the called run was canceled" : `the called run failed: ${error?.message ?? "no reason is known"}`;
  const output = { runId, status: child.status, error };
  return { port: "error", output, failure: new NodeError("permanent", `child_${child.status}`, message, { details: output }) };
}

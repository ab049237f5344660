import { prepareInput } from "#lib/nodes/prepare.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import { defaultKey } from "#lib/policies/idempotency-key.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { isUndo, undoIteration } from "#lib/shared/iteration.ts";
import { decideUndo } from "./decide-undo.ts";
import { executeStep } from "./execute-step.ts";
import { toFailure, toNodeError } from "./failure.ts";
import { claimKey, freeRecord } from "./idempotency.ts";
import { toStep } from "./ledger/claim.ts";
import { letGo } from "./let-go.ts";
import { canLook, putQuestion, reconcile } from "./reconcile-step.ts";
import { recoverStep } from "./recover-step.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { RunEnd, StepState } from "./run-state.ts";
import { endFailed, failStep, succeedStep } from "./settle-step.ts";
import { storedValue } from "./stored-value.ts";
import { withNames } from "./with-names.ts";

/** Waits up to this long hold the run in memory. */
const holdMs = 1_000;

/**
 * Whether a run that is about to end is to be undone now: when nobody will take it further. A failure that waits in the inbox
 * may still be redriven, and must find what was done before it; such a run is undone when its last item is discarded.
 */
export function mustUndo(session: RunSession, end: RunEnd): boolean {
  if (!session.plan.canUndo || end.status === "succeeded") return false;
  if (end.status === "canceled" || session.run.mode === "test" || end.error?.code === "run_deadline") return true;
  return [...session.steps.values()].some((step) => step.status === "failed" && session.nodePlan(step.nodeId).policy.onFailure === "stop");
}

/**
 * Undoes what a run has done, one action after the other in reverse order, until all is undone or a person has to help. A cancel
 * or the run's deadline does not end it. Where it stands is told by its steps alone, so that any worker can take it up.
 */
export async function driveUndo(session: RunSession): Promise<void> {
  session.beginUndo();
  await session.commit();
  await failpoint("undo-begun", session.run.id);
  const steps = await load(session);
  const asked = new Set<string>();
  for (;;) {
    const next = decideUndo({ steps, asked, now: session.ports.now() });
    switch (next.next) {
      case "undo":
        steps.push(await openUndo(session, next.action));
        break;
      case "resume":
        await executeStep(session, session.openStep(next.step));
        await failpoint("undo-ended", session.run.id);
        break;
      case "settle":
        await settle(session, next.action);
        if (next.action.status === "failed" && next.action.unsettled !== null) asked.add(next.action.id);
        break;
      case "wait": {
        const waitMs = next.untilMs === null ? Number.POSITIVE_INFINITY : next.untilMs - session.ports.now();
        if (waitMs > holdMs) return session.park(next.untilMs);
        await session.bell.heard(waitMs);
        break;
      }
      case "end":
        for (const step of session.steps.values()) await letGo(session, step);
        return session.finish(endOf(session));
    }
  }
}

/** The actions that can be undone, and what undoes them, wherever in loops they stand. */
async function load(session: RunSession): Promise<StepState[]> {
  const iterations = await session.guard(session.ports.loops.undoIterations(session.run.id));
  const rows = await session.guard(session.ports.loops.steps(session.run.id, iterations));
  const found = rows.map(toStep);
  for (const { step } of found) session.addStep(step);
  for (const { cutOff } of found) if (cutOff) recoverStep(session, cutOff);
  return found.map(({ step }) => step);
}

/** Makes the step that undoes an action: its input is frozen once, from what the action was given and what it gave. */
async function openUndo(session: RunSession, action: StepState): Promise<StepState> {
  const ref = { nodeId: action.nodeId, iteration: undoIteration(action.iteration) };
  const step = session.openStep(ref);
  const plan = session.planOf(ref);
  step.status = "pending";
  step.idempotencyKey = defaultKey({ runId: session.run.id, ...ref });
  try {
    const connection = await session.connection(plan);
    const names = { input: action.input?.value ?? null, output: action.output?.value ?? null };
    const evaluate = withNames(session.evaluate(action, connection?.fields ?? {}), names);
    step.input = storedValue(
      prepareInput(plan.definition, plan.runner, { config: plan.config, evaluate, now: session.ports.now(), incoming: {} }),
    );
  } catch (thrown) {
    if (thrown instanceof RunLostError) throw thrown;
    failStep(session, plan, step, { kind: "permanent", failure: toFailure(toNodeError(thrown)) });
  }
  session.touch(step);
  return step;
}

/** Finds out whether an action was applied: by its look-up, or else by asking a person. */
async function settle(session: RunSession, action: StepState): Promise<void> {
  const plan = session.nodePlan(action.nodeId);
  const open = "the run is to be undone, and it is not known whether this call was applied";
  if (!canLook(plan) || action.unsettled === null) return putQuestion(session, plan, action, null, open);
  action.unsettled = { ...action.unsettled, lookFirst: true };
  session.openStep(action);
  const claim = await claimKey(session, plan, action);
  const record = claim.next === "hold" ? claim.record : null;
  const known = await reconcile(session, plan, action, record);
  switch (known.next) {
    case "adopt":
      return succeedStep(session, plan, action, known.result, record);
    case "absent":
      freeRecord(session, action, known.record, "released");
      return endFailed(session, action, toFailure(new NodeError("cancelled", "not_applied", "the call was not applied")));
    case "send":
      return putQuestion(session, plan, action, record, open);
    case "settled":
      return;
  }
}

function endOf(session: RunSession): RunEnd {
  if (session.cancelRequested) return { status: "canceled", error: null };
  const failed = [...session.steps.values()].find((step) => step.status === "failed" && !isUndo(step.iteration));
  if (failed?.error) return { status: "failed", error: { ...failed.error, nodeId: failed.nodeId } };
  const message = "the run did not come to its end, and what it had done was undone";
  const overdue = session.ports.now() >= session.run.deadlineAtMs;
  const failure = { class: "timeout" as const, code: overdue ? "run_deadline" : "undone", message, details: null };
  return { status: "failed", error: { ...failure, nodeId: session.run.triggerNodeId } };
}

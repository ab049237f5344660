import type { NodeResult } from "#lib/nodes/runner.ts";
import { isUndo } from "#lib/shared/iteration.ts";
import type { WaitReason } from "#lib/shared/statuses.ts";
import { fingerprintOf } from "./failure.ts";
import { settleRecord } from "./idempotency.ts";
import type { HeldRecord } from "./ledger/run-changes.ts";
import { splitIteration } from "./loop-scope.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { Failure, StepState } from "./run-state.ts";
import { storedValue } from "./stored-value.ts";

/** Ends a step with a result. `deduplicated`: the result is that of an earlier step with the same key. */
export function succeedStep(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  result: NodeResult,
  record: HeldRecord | null,
  status: "succeeded" | "deduplicated" = "succeeded",
): void {
  step.status = status;
  step.waitReason = null;
  step.wakeAtMs = null;
  step.port = result.port;
  step.error = null;
  step.finishedAtMs = session.ports.now();
  // A trigger's output is the event, which is stored already.
  if (!plan.isTrigger) step.output = storedValue(result.output);
  if (record) settleRecord(session, step, record, "succeeded", result);
  if (step.deadLetterId !== null) session.resolveDeadLetter(step);
  if (result.answer) session.answer(result.answer);
  session.touch(step);
}

/** Parks a step until a time; null: until somebody wakes it. */
export function waitStep(session: RunSession, step: StepState, reason: WaitReason, untilMs: number | null): void {
  step.status = "waiting";
  step.waitReason = reason;
  step.wakeAtMs = untilMs;
  session.touch(step);
}

/**
 * Ends a step that policy could not save, as its `onFailure` says: go on with the error as output, take the `error` port,
 * or fail and ask a person. An unknown outcome always asks: going on would bury a call nobody knows the fate of.
 * So does a stop: asking is all it is for.
 */
export function failStep(session: RunSession, plan: NodePlan, step: StepState, end: FailedEnd): void {
  const { kind, failure } = end;
  if (end.refused && isBatchRefused(step, failure)) return endFailed(session, step, { ...failure, divided: true });
  const settled = kind === "unknown_outcome" || kind === "canceled" || kind === "stopped";
  if (!settled && plan.policy.onFailure === "continue") return goOnWithout(session, plan, step, failure, firstPort(plan));
  if (!settled && plan.policy.onFailure === "fallback") return fallBack(session, plan, step, failure);
  endForPerson(session, step, kind, failure);
}

/** How a step failed. */
export interface FailedEnd {
  kind: string;
  failure: Failure;
  /** It is certain that nothing was done. */
  refused?: boolean;
}

/** Takes the `error` port with the failure as output; without an edge there, a person is asked. */
export function fallBack(session: RunSession, plan: NodePlan, step: StepState, failure: Failure): void {
  if (plan.connectedPorts.has("error")) goOnWithout(session, plan, step, failure, "error");
  else endForPerson(session, step, "permanent", failure);
}

/** Over the limit, and the author chose to leave such calls out: nothing behind the step runs. */
export function dropStep(session: RunSession, step: StepState): void {
  step.status = "skipped";
  step.port = null;
  step.finishedAtMs = session.ports.now();
  session.run.partial = true;
  session.touch(step);
}

function goOnWithout(session: RunSession, plan: NodePlan, step: StepState, failure: Failure, port: string): void {
  session.run.partial = true;
  const output = { error: { class: failure.class, code: failure.code, message: failure.message, details: failure.details } };
  succeedStep(session, plan, step, { port, output }, null);
  step.error = failure;
}

/** A batch that was refused as a whole is tried in halves, until the item that is to blame stands alone (engine.md 1.8). */
function isBatchRefused(step: StepState, failure: Failure): boolean {
  const { unit } = splitIteration(step.iteration);
  return unit !== null && unit.to > unit.from && (failure.class === "permanent" || failure.class === "validation");
}

function endForPerson(session: RunSession, step: StepState, kind: string, failure: Failure): void {
  endFailed(session, step, failure);
  askPerson(session, step, kind, failure);
}

/** Ends a step that failed without asking anybody. */
export function endFailed(session: RunSession, step: StepState, failure: Failure): void {
  step.status = "failed";
  step.waitReason = null;
  step.wakeAtMs = null;
  step.error = failure;
  step.finishedAtMs = session.ports.now();
  session.touch(step);
}

/** Makes a dead letter of a step that failed. */
export function askPerson(session: RunSession, step: StepState, kind: string, failure: Failure): void {
  // A test run is watched by the person who started it, and a canceled one was ended by one: neither belongs in the inbox.
  if (session.run.mode === "test" || kind === "canceled") return;
  // What could not be undone is loud, and told apart from what could not be done.
  const own = isUndo(step.iteration) && kind !== "unknown_outcome" ? "compensation" : kind;
  session.deadLetter({
    step,
    kind: own,
    failure,
    fingerprint: fingerprintOf({ workflowId: session.run.workflowId, nodeId: step.nodeId, kind: own }, failure),
    title: failure.message,
    deadAtMs: session.ports.now(),
    critical: session.nodePlan(step.nodeId).node.critical,
  });
}

function firstPort(plan: NodePlan): string {
  return plan.definition.ports(plan.config).find((port) => !port.failure)?.name ?? "out";
}

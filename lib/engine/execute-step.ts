import { checkInput, inputMessage } from "#lib/graph/field-steps/check-input.ts";
import { checkAgainst } from "#lib/graph/json-schema.ts";
import { prepareInput } from "#lib/nodes/prepare.ts";
import { NodeError, type NodeResult, type PrepareArgs, stoppedCode } from "#lib/nodes/runner.ts";
import { afterFailure } from "#lib/policies/retry.ts";
import type { Problem } from "#lib/shared/errors.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { isUndo } from "#lib/shared/iteration.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { admitBreaker, handBackBreaker, reportBreaker } from "./breaker-step.ts";
import { callRemote } from "./call-remote.ts";
import { callChild } from "./child-step.ts";
import { afterRefusedCredential, passConnection, type UsedCredential } from "./connection-step.ts";
import { toFailure, toNodeError } from "./failure.ts";
import { abandonKey, claimKey, freeRecord, settleRecord, storeFailure } from "./idempotency.ts";
import { incomingOf } from "./incoming.ts";
import { judgeItem } from "./judge-item.ts";
import type { HeldRecord } from "./ledger/run-changes.ts";
import { openLoop } from "./loop-step.ts";
import { requireArrivalKeys, requireOrderKey } from "./order-key.ts";
import { pinOf } from "./pinned.ts";
import type { NodePlan } from "./plan.ts";
import { pollRemote } from "./poll-step.ts";
import type { EvaluationJob } from "./ports.ts";
import { keepProgress } from "./progress.ts";
import { afterUnknown, canLook, isOpen, putQuestion, reconcile } from "./reconcile-step.ts";
import { admitRetry } from "./retry-step.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { dropStep, failStep, fallBack, succeedStep, waitStep } from "./settle-step.ts";
import { awaitSignal } from "./signal-step.ts";
import { storedValue } from "./stored-value.ts";
import { acquireThrottle, leaveQueue, type ThrottleGrant } from "./throttle-step.ts";

/**
 * Runs one step through the policy chain of engine.md 1.1, from wherever it stands, until it ends or has to wait. The
 * outcome is left in the step; nothing is thrown but RunLostError.
 *
 * Order: frozen input → stored result of the key → input check → claim of the key → connection → look-up of an earlier call whose
 * outcome is open → breaker → throttle → SENT → call → output check.
 */
export async function executeStep(session: RunSession, step: StepState): Promise<void> {
  const plan = session.planOf(step);
  try {
    // Whatever killed the last worker left no trace of where: from now on each step is on disk before it is begun, so that the
    // one to blame is found.
    if (session.run.lostCount > 0) await session.commit();
    if (plan.isTrigger) {
      requireOrderKey(session);
      requireArrivalKeys(session);
    }
    if (plan.isTrigger) return succeedStep(session, plan, step, { port: "out", output: session.trigger }, null);
    const pin = pinOf(session, step);
    if (pin !== undefined) return succeedStep(session, plan, step, pin, null);
    await freezeInput(session, plan, step);
    await failpoint("input-frozen", session.run.id);
    if (step.error?.class === "output_invalid" && step.output) {
      // The effect has happened and its result is stored: a redrive only judges it again (engine.md 1.1, stage 8).
      return finishWith(session, plan, step, { port: "out", output: step.output.value }, null);
    }
    if (plan.effect === "none") return await runPure(session, plan, step);
    await runEffect(session, plan, step);
  } catch (thrown) {
    if (thrown instanceof RunLostError) throw thrown;
    const failure = toFailure(toNodeError(thrown));
    const stopped = failure.code === stoppedCode;
    failStep(session, plan, step, { kind: stopped ? "stopped" : "permanent", failure, refused: !stopped });
  }
}

/** Resolved once: later attempts, redrives and releases reuse these bytes, so a repeated key never meets another body. */
async function freezeInput(session: RunSession, plan: NodePlan, step: StepState): Promise<void> {
  if (step.input) return;
  const connection = await session.connection(plan);
  const fields = connection?.fields ?? {};
  step.input = storedValue(
    session.isCostly(plan, step)
      ? await session.ports.evaluator.prepare(jobOf(session, plan, step, fields))
      : prepareInput(plan.definition, plan.runner, prepareArgs(session, plan, step, fields)),
  );
  session.touch(step);
}

/** A step that touches nothing outside leaves no attempt, needs no key, and may be run again after a crash. */
async function runPure(session: RunSession, plan: NodePlan, step: StepState): Promise<void> {
  requireInput(session, plan, step);
  const input = step.input?.value ?? null;
  if (plan.awaits) {
    const result = await awaitSignal(session, plan, step, plan.awaits);
    return result === null ? undefined : finishWith(session, plan, step, result, null);
  }
  const context = {
    signal: session.abort.signal,
    now: session.ports.now(),
    evaluate: session.evaluate(step, {}),
    outbound: refuseOutbound,
  };
  const outcome = session.isCostly(plan, step)
    ? await session.ports.evaluator.run({ ...jobOf(session, plan, step, {}), input })
    : await plan.runner.run({ config: plan.config, input, context });
  if ("loop" in outcome) return await openLoop(session, plan, step, outcome.loop.count);
  if ("pending" in outcome) throw new NodeError("code", "no_result", "a node that does not call out cannot poll");
  if ("wait" in outcome) return waitStep(session, step, outcome.wait.reason, outcome.wait.untilMs);
  if ("call" in outcome) {
    const called = await callChild(session, step, outcome.call);
    return called === null ? undefined : finishWith(session, plan, step, called, null);
  }
  const result = "firstOf" in outcome ? await firstOf(session, step, outcome.firstOf) : outcome;
  finishWith(session, plan, step, result, null);
}

/** Asked again after a crash, the answer for this run is the same. */
async function firstOf(session: RunSession, step: StepState, asked: { key: string; ttlMs: number }): Promise<NodeResult> {
  const { id: runId, workspaceId, workflowId, mode } = session.run;
  const request = { runId, workspaceId, workflowId, mode, nodeId: step.nodeId, ...asked };
  const port = await session.guard(session.ports.dedupe.claim(request));
  return { port, output: { key: asked.key, duplicate: port === "duplicate" } };
}

function prepareArgs(session: RunSession, plan: NodePlan, step: StepState, connectionFields: JsonObject): PrepareArgs<JsonObject> {
  const { config } = plan;
  return {
    config,
    evaluate: session.evaluate(step, connectionFields),
    now: session.ports.now(),
    incoming: incomingOf(session, plan, step),
  };
}

function jobOf(session: RunSession, plan: NodePlan, step: StepState, connectionFields: JsonObject): EvaluationJob {
  const { type, config } = plan;
  return {
    nodeType: type,
    config,
    scope: session.scope(step, connectionFields),
    now: session.ports.now(),
    incoming: incomingOf(session, plan, step),
  };
}

function refuseOutbound(): Promise<never> {
  return Promise.reject(new NodeError("code", "no_outbound", "a node without an effect class may not call out"));
}

async function runEffect(session: RunSession, plan: NodePlan, step: StepState): Promise<void> {
  requireInput(session, plan, step);
  if (plan.awaits) {
    const result = await pollRemote(session, plan, step, plan.awaits);
    return result === null ? undefined : finishWith(session, plan, step, result, null);
  }
  const claim = await claimKey(session, plan, step);
  if (claim.next === "replay") return succeedStep(session, plan, step, claim.result, null, "deduplicated");
  if (claim.next === "wait")
    return overdue(session, step) ? tooLong(session, plan, step) : waitStep(session, step, "duplicate", claim.untilMs);
  if (claim.next === "fail") return failStep(session, plan, step, { kind: claim.kind, failure: claim.failure });
  const record = claim.record;
  await failpoint("key-claimed", session.run.id);
  const connection = await passConnection(session, plan, step);
  if (connection.next === "waiting") return freeRecord(session, step, record, "claimed");
  if (connection.next === "fail") return failHolding(session, plan, step, record, connection.error, "permanent");

  if (overdue(session, step)) {
    await leaveQueue(session, step);
    return giveUpOnDeadline(session, plan, step, record);
  }
  const known = await reconcile(session, plan, step, record);
  if (known.next === "settled") return;
  if (known.next === "adopt") return finishWith(session, plan, step, known.result, record);
  if (known.next === "absent") return afterFailedAttempt(session, plan, step, known.record, known.error);
  const entry = await admitBreaker(session, plan, step);
  if (entry.next === "wait") return waitStep(session, step, "breaker", entry.untilMs);
  if (entry.next === "fail") return withoutGrant(session, plan, step, record, entry);
  await failpoint("breaker-admitted", session.run.id);
  const retry = await admitRetry(session, plan, step);
  if (retry.next !== "go") {
    handBackBreaker(session, entry.permit);
    if (retry.next === "wait") return waitStep(session, step, "retry", retry.untilMs);
    return withoutGrant(session, plan, step, record, retry);
  }
  const grant = await acquireThrottle(session, plan, step);
  if (grant.next !== "go") {
    retry.handBack();
    handBackBreaker(session, entry.permit);
    if (grant.next !== "wait") await leaveQueue(session, step);
    return withoutGrant(session, plan, step, record, grant);
  }
  retry.sent();
  await failpoint("throttle-granted", session.run.id);

  const { turn } = grant;
  const used: UsedCredential = { version: null };
  let failed: NodeError | null = null;
  try {
    const call = () => callRemote(session, plan, step, record, { turn, used });
    const result = await reportBreaker(session, entry.permit, plan.policy.timeoutMs, call);
    if (result.more) keepProgress(session, step, result.output);
    else finishWith(session, plan, step, result, record);
  } catch (thrown) {
    if (thrown instanceof RunLostError) throw thrown;
    failed = toNodeError(thrown);
    if (await afterRefusedCredential(session, plan, step, failed, used)) return freeRecord(session, step, record, "claimed");
    afterFailedAttempt(session, plan, step, record, failed);
  } finally {
    await failpoint("step-settled", session.run.id);
    await turn.end(failed);
  }
}

function withoutGrant(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  record: HeldRecord | null,
  grant: Exclude<ThrottleGrant, { next: "go" }>,
): void {
  switch (grant.next) {
    case "wait":
      return waitStep(session, step, "throttle", grant.untilMs);
    case "fail":
      return failHolding(session, plan, step, record, grant.error, grant.error.failureClass === "timeout" ? "deadline" : "permanent");
    case "drop":
      freeRecord(session, step, record, "released");
      return dropStep(session, step);
    case "fallback":
      freeRecord(session, step, record, "released");
      return fallBack(session, plan, step, toFailure(grant.error));
  }
}

function requireInput(session: RunSession, plan: NodePlan, step: StepState): void {
  if (plan.policy.validateInput === null) return;
  const problems = checkInput(plan.policy.validateInput, step.input?.value ?? null, session.evaluate(step, {}));
  if (problems.length > 0) throw new NodeError("validation", "input_invalid", inputMessage(problems), { details: problems });
}

/** Judges the result (stage 8) and ends the step with it. The call is not repeated whatever the verdict. */
function finishWith(session: RunSession, plan: NodePlan, step: StepState, result: NodeResult, record: HeldRecord | null): void {
  if (result.failure && !plan.connectedPorts.has(result.port)) throw result.failure;
  const problems = plan.policy.validateOutput === null ? [] : checkAgainst(plan.policy.validateOutput, result.output);
  const told = problems.length > 0 ? `the output does not match its schema: ${problems[0]?.message}` : null;
  const message = told ?? judgeItem(session, step, result);
  if (message === null) return succeedStep(session, plan, step, result, record);
  step.output = storedValue(result.output);
  if (record) settleRecord(session, step, record, "succeeded", result);
  failStep(session, plan, step, {
    kind: "output_invalid",
    failure: { class: "output_invalid", code: "output_invalid", message, details: listed(problems) },
  });
}

function afterFailedAttempt(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null, error: NodeError): void {
  if (session.cancelRequested && !error.mayHaveApplied && !isUndo(step.iteration)) {
    return failHolding(session, plan, step, record, new NodeError("cancelled", "canceled", "the run was canceled"), "canceled");
  }
  const next = afterFailure({
    failure: {
      class: error.failureClass,
      retryAfterMs: error.retryAfterMs,
      mayHaveApplied: error.mayHaveApplied,
      connectionLost: error.code === "connection_lost",
    },
    effect: plan.effect,
    retry: plan.policy.retry,
    attempts: step.attempts - step.attemptsBase - step.throttledAttempts,
    throttledAttempts: step.throttledAttempts,
    deadlineAtMs: step.deadlineAtMs ?? Number.POSITIVE_INFINITY,
    now: session.ports.now(),
    random: session.ports.random,
  });
  switch (next.next) {
    case "retry":
      if (!error.mayHaveApplied) freeRecord(session, step, record, "claimed");
      step.error = toFailure(error);
      session.run.retried = true;
      return waitStep(session, step, next.waitReason, session.ports.now() + next.delayMs);
    case "give-up":
      if (step.unsettled !== null && canLook(plan)) return afterUnknown(session, plan, step, record, error);
      return failHolding(session, plan, step, record, error, next.kind);
    case "unknown-outcome":
      return afterUnknown(session, plan, step, record, error);
  }
}

function overdue(session: RunSession, step: StepState): boolean {
  return step.deadlineAtMs !== null && session.ports.now() >= step.deadlineAtMs;
}

function giveUpOnDeadline(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null): void {
  if (isOpen(session, plan, step, record)) {
    return putQuestion(session, plan, step, record, "the call may have been applied, and the step passed its deadline before it was known");
  }
  const waitedFor = step.attempts - step.attemptsBase === 0 ? "throttle_timeout" : "step_deadline";
  failHolding(session, plan, step, record, new NodeError("timeout", waitedFor, "the step passed its deadline while waiting"), "deadline");
}

/**
 * Fails a step that holds an idempotency key. The key is free again when it is certain that nothing was applied; a call
 * that may have been applied keeps it, so that whoever is next goes on under the same one.
 */
function failHolding(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  record: HeldRecord | null,
  error: NodeError,
  kind: string,
): void {
  const failure = toFailure(error);
  const refused = !error.mayHaveApplied && step.unsettled === null;
  if (record === null) return failStep(session, plan, step, { kind, failure, refused });
  const certain = !error.mayHaveApplied && record.sentBefore === null;
  if (!certain) abandonKey(session, plan, step, "ended");
  else if (plan.policy.idempotency.storeFailures && (kind === "permanent" || kind === "exhausted"))
    storeFailure(session, step, record, failure);
  else freeRecord(session, step, record, "released");
  failStep(session, plan, step, { kind, failure, refused });
}

/** The first of the key is not done, and the duplicate's deadline has come. */
function tooLong(session: RunSession, plan: NodePlan, step: StepState): void {
  abandonKey(session, plan, step, "ended");
  const error = new NodeError("timeout", "duplicate_timeout", "the first call of this key was not done before the step's deadline");
  failStep(session, plan, step, { kind: "deadline", failure: toFailure(error) });
}

function listed(problems: Problem[]): JsonValue {
  return problems.map(({ path, message }) => ({ path, message }));
}

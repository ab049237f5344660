import { NodeError, type NodePending, type NodeResult, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { saysThrottled, throttledError } from "#lib/nodes/throttled-answer.ts";
import { noteUnknown } from "#lib/policies/reconcile.ts";
import { mayBeDone } from "#lib/policies/recovery.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { isUndo } from "#lib/shared/iteration.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { remoteOf } from "./breaker-step.ts";
import type { UsedCredential } from "./connection-step.ts";
import { toFailure, toNodeError } from "./failure.ts";
import { keyHeader, settleRecord } from "./idempotency.ts";
import type { HeldRecord } from "./ledger/run-changes.ts";
import type { NodePlan } from "./plan.ts";
import { recordRequest, recordResponse } from "./record-attempt.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { AttemptRecord, StepState } from "./run-state.ts";
import { lateCode, type Turn, unlimited } from "./throttle-step.ts";

/** How old a worker's own heartbeat may be for it to send: well below the silence after which others declare it dead. */
const freshLeaseMs = 10_000;

interface Call {
  fields: JsonObject;
  send(request: OutboundRequest, signal: AbortSignal): Promise<OutboundResponse>;
}

interface CallOptions {
  turn?: Turn;
  /** Told with which credential the call was made. */
  used?: UsedCredential;
  lookInput?: JsonValue;
  /** Absent: what is frozen in the step. */
  input?: JsonValue;
}

interface OpenCall {
  step: StepState;
  input: JsonValue;
  attempt: AttemptRecord;
  record: HeldRecord | null;
  turn: Turn;
  used: UsedCredential;
}

/** How long a call that nobody has to know the outcome of may still take once its run is canceled (engine.md 1.6). */
const cancelGraceMs = 10_000;

/** Each is waited for a second at most: all of them are over long before the worker's own lease is. */
const maxTurns = 5;

interface BoundedCall extends Call {
  input: JsonValue;
  timeoutMs: number;
  /** Whether a cancel of the run cuts it off: what was announced as SENT is let finish, and so are looks and what undoes. */
  endsByCancel: boolean;
}

/**
 * One attempt: SENT made durable first where a repeat would not be harmless, then the call, then the attempt's record.
 * With `lookInput` it is a look with that input, and no try of the call. Throws NodeError when the attempt failed,
 * RunLostError when the run is no longer ours.
 */
export async function callRemote(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  record: HeldRecord | null,
  options: CallOptions = {},
): Promise<NodeResult> {
  const outcome = await callOrPoll(session, plan, step, record, options);
  if ("port" in outcome) return outcome;
  throw new NodeError("code", "no_result", "a node that does not poll has no result", { mayHaveApplied: true });
}

/** The same for a node that may answer that the remote is not done. */
export async function callOrPoll(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  record: HeldRecord | null,
  { turn = unlimited, used = { version: null }, lookInput, input: given }: CallOptions,
): Promise<NodeResult | NodePending> {
  const isLook = lookInput !== undefined;
  const input = lookInput ?? given ?? step.input?.value ?? null;
  const undo = isUndo(step.iteration);
  step.attempts += 1;
  if (isLook) step.attemptsBase += 1;
  const attempt = { ...newAttempt(session, step, turn), kind: isLook ? ("lookup" as const) : ("call" as const) };
  session.putAttempt(attempt);
  session.touch(step);
  try {
    const call = await openCall(session, plan, { step, input, attempt, record, turn, used });
    await failpoint(undo ? "undo-before-sent" : "before-sent", session.run.id);
    if (plan.undo !== null && step.undoSeq === null) {
      step.undoSeq = 0;
      session.putEffects(step);
    }
    if (plan.undo !== null || (plan.effect !== "read" && plan.effect !== "natural")) await markSent(session, step, attempt, record);
    await keepTurn(turn);
    const timeoutMs = Math.min(plan.policy.timeoutMs, turn.timeLeftMs());
    const endsByCancel = attempt.state !== "sent" && !undo && !isLook && given === undefined;
    const result = await runBounded(session, plan, step, { ...call, input, timeoutMs, endsByCancel });
    await failpoint(undo ? "undo-answered" : "answered", session.run.id);
    if (!isLook && step.unsettled !== null) {
      step.unsettled = null;
      session.putEffects(step);
    }
    endAttempt(session, attempt, null);
    return result;
  } catch (thrown) {
    if (thrown instanceof RunLostError) throw thrown;
    if (session.abort.signal.reason instanceof RunLostError) throw session.abort.signal.reason;
    const error = judged(thrown, attempt);
    if (error.failureClass === "throttled" && !isLook) step.throttledAttempts += 1;
    if (error.mayHaveApplied && attempt.sentAtMs !== null) noteSent(session, step, attempt);
    endAttempt(session, attempt, error);
    throw error;
  }
}

/** Marking SENT may take longer than a turn holds. What is marked stays so while another turn is waited for, a few times. */
async function keepTurn(turn: Turn): Promise<void> {
  for (let tries = 0; ; tries++) {
    const refusal = turn.refusal();
    if (refusal === null) return;
    if (tries >= maxTurns || !(await turn.again())) throw refusal;
  }
}

/** Together with the attempt's end, so that whoever finds the one on disk finds the other. */
function noteSent(session: RunSession, step: StepState, attempt: AttemptRecord): void {
  const sentAtMs = attempt.sentAtMs ?? session.ports.now();
  step.unsettled = noteUnknown(step.unsettled, { sentAtMs, answered: attempt.httpStatus !== null });
  session.putEffects(step);
}

/**
 * SENT is the promise of the product (engine.md, rule 2). It is committed under the run's fence before the first byte
 * leaves, so a worker that was declared dead cannot send; and what a crash leaves behind as SENT is never sent again
 * blindly. After the commit the worker's own lease is looked at: a process that was stopped in between (SIGSTOP, a pause
 * of the machine) must not wake up and send what another worker has meanwhile taken over, so it asks for its fence again.
 */
async function markSent(session: RunSession, step: StepState, attempt: AttemptRecord, record: HeldRecord | null): Promise<void> {
  for (;;) {
    attempt.state = "sent";
    attempt.sentAtMs = session.ports.now();
    session.putAttempt(attempt);
    if (record) settleRecord(session, step, record, "sent", null);
    const recordsLost = await session.commit();
    if (recordsLost.has(step.id)) throw new NodeError("conflict", "key_taken_over", "another step has taken over the idempotency key");
    await failpoint(isUndo(step.iteration) ? "undo-sent-committed" : "sent-committed", session.run.id);
    if (session.ports.leaseAgeMs() < freshLeaseMs) return;
    await session.guard(session.ports.renewLease());
  }
}

async function runBounded(session: RunSession, plan: NodePlan, step: StepState, call: BoundedCall): Promise<NodeResult | NodePending> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), call.timeoutMs);
  const canceled = new NodeError("cancelled", "canceled", "the run was canceled while the call was under way");
  const unwatch = call.endsByCancel ? watchCancel(session, () => timer.abort(canceled)) : null;
  const signal = AbortSignal.any([timer.signal, session.abort.signal]);
  // A node that does not heed the signal must not hold the step: what it still does after that is nobody's any more.
  const cutOff = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  const context = {
    signal,
    now: session.ports.now(),
    evaluate: session.evaluate(step, call.fields),
    ...(step.output ? { progress: step.output.value } : {}),
    ...(isOpenRepeat(step) ? { mayBeDone: true as const } : {}),
    outbound: (request: OutboundRequest) => call.send(request, signal),
  };
  try {
    const outcome = await Promise.race([plan.runner.run({ config: plan.config, input: call.input, context }), cutOff]);
    if ("port" in outcome || "pending" in outcome) return outcome;
    throw new NodeError("code", "no_result", "a node that calls out cannot wait by itself, nor ask", { mayHaveApplied: true });
  } catch (thrown) {
    if (!timer.signal.aborted) throw thrown;
    if (timer.signal.reason === canceled) throw canceled;
    const mayHaveApplied = thrown instanceof NodeError ? thrown.mayHaveApplied : true;
    throw new NodeError("timeout", "attempt_timeout", `no answer within ${Math.round(call.timeoutMs)} ms`, {
      mayHaveApplied,
      cause: thrown,
    });
  } finally {
    clearTimeout(timeout);
    unwatch?.();
  }
}

function isOpenRepeat({ unsettled, lostCount, error }: StepState): boolean {
  return unsettled !== null || lostCount > 0 || (error !== null && mayBeDone(error));
}

/** Calls `cut` when a while has passed since the run was canceled. Returns what ends the watch. */
function watchCancel({ canceling: { signal } }: RunSession, cut: () => void): () => void {
  let grace: NodeJS.Timeout | undefined;
  const begin = () => {
    grace = setTimeout(cut, cancelGraceMs);
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return () => {
    signal.removeEventListener("abort", begin);
    clearTimeout(grace);
  };
}

/** Binds the way out to this attempt: what goes through it carries the connection's credential and the key, and is recorded. */
async function openCall(session: RunSession, plan: NodePlan, { step, input, attempt, record, turn, used }: OpenCall): Promise<Call> {
  const connection = await session.connection(plan);
  const secretValues: string[] = [];
  // Opened before SENT: were the database away just then, the call would count as one that may have been made.
  const origin = remoteOf(input)?.origin ?? null;
  const opened = connection && origin !== null ? await session.credential(connection, origin) : null;
  return {
    fields: connection?.fields ?? {},
    async send(request, signal) {
      const isOpened = origin !== null && URL.parse(request.url)?.origin === origin;
      const credential = isOpened || !connection ? opened : await connection.credential(request.url);
      if (credential) secretValues.push(...credential.secretValues);
      used.version = credential?.version ?? null;
      const headers = { ...request.headers, ...credential?.headers, ...keyHeader(session, plan, step, record) };
      const sent = { ...request, headers };
      attempt.request = recordRequest(sent, secretValues);
      const response = await session.ports.send(sent, { signal, timeoutMs: plan.policy.timeoutMs, credentialed: credential !== null });
      attempt.httpStatus = response.status;
      attempt.response = recordResponse(response, secretValues);
      turn.heard(response);
      const rule = connection?.limits.throttledWhen;
      if (rule !== undefined && saysThrottled(rule, session.evaluate(step, connection?.fields ?? {}), response)) {
        throw throttledError(request, response, session.ports.now());
      }
      if (used.version !== null && response.status < 400) connection?.care?.accepted(used.version, session.ports.now());
      return response;
    },
  };
}

/** Of a fault nobody foresaw it is not known whether the call went out before it: after SENT it counts as if it had. */
function judged(thrown: unknown, attempt: AttemptRecord): NodeError {
  const error = toNodeError(thrown);
  if (error.code !== "unexpected" || attempt.state !== "sent") return error;
  return new NodeError(error.failureClass, error.code, error.message, { mayHaveApplied: true, cause: thrown });
}

function newAttempt(session: RunSession, step: StepState, { askedAtMs }: Turn): AttemptRecord {
  return {
    stepId: step.id,
    no: step.attempts,
    kind: "call",
    state: "claimed",
    class: null,
    httpStatus: null,
    request: null,
    response: null,
    error: null,
    askedAtMs,
    createdAtMs: session.ports.now(),
    sentAtMs: null,
    endedAtMs: null,
  };
}

function endAttempt(session: RunSession, attempt: AttemptRecord, error: NodeError | null): void {
  attempt.state = error === null ? "succeeded" : error.code === lateCode ? "void" : "failed";
  attempt.class = error?.failureClass ?? null;
  attempt.error = error ? toFailure(error) : null;
  attempt.endedAtMs = session.ports.now();
  session.putAttempt(attempt);
}

import { ExpressionError } from "#lib/expressions/error.ts";
import { prepareInput } from "#lib/nodes/prepare.ts";
import { NodeError, type NodeResult } from "#lib/nodes/runner.ts";
import { afterLook, type BeforeSend, beforeSend, type RepeatRules, type Seen, type Unsettled } from "#lib/policies/reconcile.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { admitBreaker, handBackBreaker, reportBreaker } from "./breaker-step.ts";
import { callRemote } from "./call-remote.ts";
import { toFailure, toNodeError } from "./failure.ts";
import { remoteKey, settleRecord } from "./idempotency.ts";
import type { HeldRecord } from "./ledger/run-changes.ts";
import type { NodePlan } from "./plan.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { failStep, waitStep } from "./settle-step.ts";
import { storedValue } from "./stored-value.ts";
import { acquireThrottle, leaveQueue } from "./throttle-step.ts";
import { withNames } from "./with-names.ts";

export type Reconciled =
  /** Nothing stands against the call. */
  | { next: "send" }
  /** The remote had applied an earlier call; this is what it made. */
  | { next: "adopt"; result: NodeResult }
  /** It certainly had not: `error` is the earlier failure, `record` the key as it stands now. */
  | { next: "absent"; error: NodeError; record: HeldRecord | null }
  /** The step waits for its next look, or a person has been asked. */
  | { next: "settled" };

/** Whether what became of the step's calls can be asked of the remote. */
export function canLook(plan: NodePlan): boolean {
  return plan.lookup !== null && (plan.effect === "keyed" || plan.effect === "reconcilable");
}

/** Finds out what became of earlier calls before another is made (engine.md 1.3): look-up before create. */
export async function reconcile(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null): Promise<Reconciled> {
  const unsettled = unsettledOf(session, step, record);
  const next = nextFor(session, plan, unsettled);
  if (unsettled === null || next.next === "send") return { next: "send" };
  if (plan.lookup === null || next.next === "unknown-outcome") {
    putQuestion(session, plan, step, record, "an earlier call may have been applied, and nothing tells whether it was");
    return { next: "settled" };
  }
  const dueAtMs = next.next === "look" ? next.atMs : 0;
  if (dueAtMs > session.ports.now()) {
    waitForLook(session, plan, step, record, dueAtMs);
    return { next: "settled" };
  }
  return look(session, { plan, lookup: plan.lookup, step, record, unsettled });
}

/**
 * What follows a failed attempt after which no more calls are to be made while one may have been applied: the remote is
 * asked, or else a person.
 */
export function afterUnknown(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null, error: NodeError): void {
  const failure = toFailure(error);
  if (!canLook(plan) || step.unsettled === null) {
    if (record) settleRecord(session, step, record, "unknown_outcome", null);
    return failStep(session, plan, step, { kind: "unknown_outcome", failure });
  }
  const unsettled = { ...step.unsettled, lookFirst: true };
  step.error = failure;
  know(session, step, unsettled);
  session.run.retried = true;
  const next = nextFor(session, plan, unsettled);
  waitForLook(session, plan, step, record, next.next === "look" ? next.atMs : session.ports.now());
}

/** Whether it is open what became of the step's calls, so that it must not end as if nothing had happened. */
export function isOpen(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null): boolean {
  return nextFor(session, plan, unsettledOf(session, step, record)).next !== "send";
}

export function putQuestion(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null, message: string): void {
  if (record) settleRecord(session, step, record, "unknown_outcome", null);
  const failure = { class: "unknown_outcome" as const, code: "outcome_open", message, details: null };
  failStep(session, plan, step, { kind: "unknown_outcome", failure });
}

function nextFor(session: RunSession, plan: NodePlan, unsettled: Unsettled | null): BeforeSend {
  return beforeSend(unsettled, { ...rulesOf(plan), now: session.ports.now() });
}

function rulesOf(plan: NodePlan): RepeatRules {
  const { lookup, remoteKeyTtlMs, replaysErrors } = plan.policy.idempotency;
  const { timeoutMs } = plan.policy;
  return {
    effect: plan.effect,
    canLook: canLook(plan),
    timeoutMs,
    settleDelayMs: lookup?.settleDelayMs ?? 0,
    remoteKeyTtlMs,
    replaysErrors,
  };
}

/** What this step knows of its own calls, and what the record knows of those of others under the same key. */
function unsettledOf(session: RunSession, step: StepState, record: HeldRecord | null): Unsettled | null {
  const before = record?.sentBefore ?? null;
  if (before === null) return step.unsettled;
  if (step.unsettled !== null) return { ...step.unsettled, firstSentAtMs: Math.min(step.unsettled.firstSentAtMs, before.firstAtMs) };
  const lastSentAtMs = before.lastAtMs === 0 ? session.ports.now() : before.lastAtMs;
  // How another step's call ended is not known here, so it counts as answered.
  return { firstSentAtMs: before.firstAtMs, lastSentAtMs, answered: true, lookFirst: false, looks: 0, lookedAtMs: null };
}

function waitForLook(session: RunSession, plan: NodePlan, step: StepState, record: HeldRecord | null, atMs: number): void {
  if (step.deadlineAtMs !== null && atMs >= step.deadlineAtMs) {
    return putQuestion(
      session,
      plan,
      step,
      record,
      "the call may have been applied, and the step's deadline comes before it could be looked up",
    );
  }
  waitStep(session, step, "retry", atMs);
}

interface Look {
  plan: NodePlan;
  lookup: NodePlan;
  step: StepState;
  record: HeldRecord | null;
  unsettled: Unsettled;
}

/** One look: a read through breaker, limits and credential, and an attempt of its own. */
async function look(session: RunSession, a: Look): Promise<Reconciled> {
  const { lookup, step } = a;
  let seen: { seen: Seen; result: JsonValue; why: string };
  try {
    const input = await lookInput(session, a);
    const entry = await admitBreaker(session, lookup, { ...step, input: storedValue(input) });
    if (entry.next === "wait") return parked(session, step, "breaker", entry.untilMs);
    if (entry.next === "fail") return undecided(session, a, entry.error.message);
    const grant = await acquireThrottle(session, lookup, step);
    if (grant.next !== "go") {
      handBackBreaker(session, entry.permit);
      if (grant.next === "wait") return parked(session, step, "throttle", grant.untilMs);
      await leaveQueue(session, step);
      return undecided(session, a, "the limits leave no room for a look before the step's deadline");
    }
    let failed: NodeError | null = null;
    try {
      const call = () => callRemote(session, lookup, step, null, { turn: grant.turn, lookInput: input });
      seen = judge(session, a, await reportBreaker(session, entry.permit, lookup.policy.timeoutMs, call));
    } catch (thrown) {
      failed = toNodeError(thrown);
      if (failed.failureClass !== "throttled") throw thrown;
      // Turned away, so nothing was seen: such a look does not count.
      return parked(session, step, "throttle", session.ports.now() + (failed.retryAfterMs ?? lookup.policy.retry.initialMs));
    } finally {
      await grant.turn.end(failed);
    }
  } catch (thrown) {
    if (thrown instanceof RunLostError) throw thrown;
    seen = { seen: "unclear", result: null, why: toFailure(toNodeError(thrown)).message };
  }
  return conclude(session, a, seen);
}

function conclude(session: RunSession, a: Look, { seen, result, why }: { seen: Seen; result: JsonValue; why: string }): Reconciled {
  const { plan, step, record, unsettled } = a;
  const { effect, replaysErrors } = rulesOf(plan);
  const next = afterLook(unsettled, { effect, replaysErrors, seen, now: session.ports.now() });
  switch (next.next) {
    case "unknown-outcome":
      return undecided(session, a, why);
    case "look-again": {
      know(session, step, next.unsettled);
      const again = nextFor(session, plan, next.unsettled);
      waitForLook(session, plan, step, record, again.next === "look" ? again.atMs : session.ports.now());
      return { next: "settled" };
    }
    case "adopt":
      know(session, step, null);
      return { next: "adopt", result: { port: "out", output: result } };
    case "absent":
      if (next.newKey && record === null) step.keyGeneration += 1;
      know(session, step, null);
      return { next: "absent", error: refuted(step), record: record && { ...record, sentBefore: null, renew: next.newKey } };
  }
}

function know(session: RunSession, step: StepState, unsettled: Unsettled | null): void {
  step.unsettled = unsettled;
  session.putEffects(step);
}

/** The failure after which it was open whether the call was applied, as what it turned out to be: not applied. */
function refuted(step: StepState): NodeError {
  if (step.error === null) return new NodeError("lost", "not_applied", "the call was not applied");
  return new NodeError(step.error.class, step.error.code, step.error.message, { details: step.error.details });
}

function undecided(session: RunSession, { plan, step, record }: Look, why: string): Reconciled {
  putQuestion(session, plan, step, record, `the look-up could not tell whether the call was applied: ${why}`);
  return { next: "settled" };
}

function parked(session: RunSession, step: StepState, reason: "breaker" | "throttle", untilMs: number): Reconciled {
  waitStep(session, step, reason, untilMs);
  return { next: "settled" };
}

/** What the expressions of a look-up see besides the scope: the frozen input of the call, and the key it was sent under. */
function namesOf(session: RunSession, { step, record }: Look): JsonObject {
  return { input: step.input?.value ?? null, key: remoteKey(session, step, record) };
}

async function lookInput(session: RunSession, a: Look): Promise<JsonValue> {
  const { lookup, step } = a;
  const connection = await session.connection(lookup);
  const evaluate = withNames(session.evaluate(step, connection?.fields ?? {}), namesOf(session, a));
  return prepareInput(lookup.definition, lookup.runner, { config: lookup.config, evaluate, now: session.ports.now(), incoming: {} });
}

/** Judges the answer: `found` must be true or false, and what was found must give a result. */
function judge(session: RunSession, a: Look, answer: NodeResult): { seen: Seen; result: JsonValue; why: string } {
  const { lookup: rules } = a.plan.policy.idempotency;
  const evaluate = withNames(session.evaluate(a.step, {}), { ...namesOf(session, a), response: answer.output });
  try {
    const found = rules && evaluate.cel(rules.found);
    if (rules && found === true) return { seen: "found", result: evaluate.cel(rules.result), why: "" };
    if (found === false) return { seen: "absent", result: null, why: "" };
    return { seen: "unclear", result: null, why: "its condition is neither true nor false" };
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown;
    return { seen: "unclear", result: null, why: thrown.message };
  }
}

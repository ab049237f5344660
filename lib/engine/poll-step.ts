import type { Awaits } from "#lib/nodes/define.ts";
import { NodeError, type NodeResult, type Outside } from "#lib/nodes/runner.ts";
import { afterPoll, afterPollError, noPolls, type PollProgress, pollDelayMs, reusesAttempt } from "#lib/policies/poll.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { admitBreaker, handBackBreaker, reportBreaker } from "./breaker-step.ts";
import { callOrPoll } from "./call-remote.ts";
import { afterRefusedCredential, type ConnectionEntry, passConnection, type UsedCredential } from "./connection-step.ts";
import { toFailure, toNodeError } from "./failure.ts";
import type { NodePlan } from "./plan.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import { dropStep, failStep, fallBack, waitStep } from "./settle-step.ts";
import { isAnswered, lookOutside, settleWithout } from "./signal-step.ts";
import { storedValue } from "./stored-value.ts";
import { acquireThrottle, leaveQueue, type ThrottleGrant } from "./throttle-step.ts";

/**
 * One poll of a remote's job, through breaker and throttle, and after it the wait for the next, holding nothing. A call
 * back, where the node takes one, and the time-out are looked at first. Null: the step waits, or has ended without a result.
 * Throws NodeError for a refusal that is definite.
 */
export async function pollRemote(session: RunSession, plan: NodePlan, step: StepState, awaits: Awaits): Promise<NodeResult | null> {
  const connection = await passConnection(session, plan, step);
  if (connection.next !== "go") {
    // A call back needs no connection.
    if (!(await isAnswered(session, step, awaits))) return stopped(connection);
    session.openStep(step);
  }
  const outside = await lookOutside(session, step, awaits);
  if (outside.received || outside.isOver) {
    await leaveQueue(session, step);
    return settledResult(session, plan, step, outside);
  }
  const entry = await admitBreaker(session, plan, step);
  if (entry.next !== "go") return refused(session, plan, step, outside, entry, "breaker");
  const grant = await acquireThrottle(session, plan, step);
  if (grant.next !== "go") {
    handBackBreaker(session, entry.permit);
    return refused(session, plan, step, outside, grant, "throttle");
  }
  const progress = progressOf(step);
  // The call counts on: one less means that it writes over the last attempt.
  if (reusesAttempt(progress, step.attempts - step.attemptsBase)) step.attempts -= 1;
  const { turn } = grant;
  const used: UsedCredential = { version: null };
  let failed: NodeError | null = null;
  try {
    const outcome = await reportBreaker(session, entry.permit, plan.policy.timeoutMs, () =>
      callOrPoll(session, plan, step, null, { turn, used }),
    );
    if ("pending" in outcome) return pollLater(session, plan, step, outside, { progress, said: "pending", ...outcome.pending });
    if (awaits.signal === null || (await settleWithout(session, step, "poll"))) return outcome;
    // Somebody called back while we asked, and was told that it counts.
    return settledResult(session, plan, step, await lookOutside(session, step, awaits));
  } catch (thrown) {
    if (thrown instanceof RunLostError) throw thrown;
    failed = toNodeError(thrown);
    if (await afterRefusedCredential(session, plan, step, failed, used)) return keepProgress(step, progress);
    return afterFailedPoll(session, plan, step, outside, { progress, error: failed, awaits });
  } finally {
    await turn.end(failed);
  }
}

/** What the step ends with when it need not ask any more: no attempt is made for it. */
async function settledResult(session: RunSession, plan: NodePlan, step: StepState, outside: Outside): Promise<NodeResult> {
  const context = {
    signal: session.abort.signal,
    now: session.ports.now(),
    evaluate: session.evaluate(step, {}),
    outbound: () => Promise.reject(new NodeError("code", "no_outbound", "there is nothing to ask any more")),
    outside,
  };
  const outcome = await plan.runner.run({ config: plan.config, input: step.input?.value ?? null, context });
  if ("port" in outcome) return outcome;
  throw new NodeError("code", "no_result", "a node that was told the end has no result");
}

function afterFailedPoll(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  outside: Outside,
  { progress, error, awaits }: { progress: PollProgress; error: NodeError; awaits: Awaits },
): null {
  const sinceMs = session.ports.now() - (outside.untilMs - awaits.timeoutMs);
  const next = afterPollError({ class: error.failureClass, code: error.code, sinceMs });
  if (next.next === "give-up") throw error;
  if (next.next === "unknown-outcome") {
    const message = `${error.message}: the remote does not know the job (any more), so nobody knows what became of it`;
    const failure = { ...toFailure(error), class: "unknown_outcome" as const, code: "remote_job_gone", message };
    failStep(session, plan, step, { kind: "unknown_outcome", failure });
    return null;
  }
  step.error = toFailure(error);
  return pollLater(session, plan, step, outside, { progress, said: "failed", retryAfterMs: error.retryAfterMs });
}

function pollLater(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  outside: Outside,
  a: { progress: PollProgress; said: "pending" | "failed"; retryAfterMs: number | undefined },
): null {
  const progress = afterPoll(a.progress, a.said);
  const { everyMs } = plan.config;
  // A row of failures is asked after as if it had just begun to grow: the others did not fail for asking too often.
  const polls = progress.failedInARow > 0 ? progress.failedInARow : progress.polls;
  const delayMs = pollDelayMs({
    polls,
    everyMs: typeof everyMs === "number" ? everyMs : null,
    retryAfterMs: a.retryAfterMs,
    random: session.ports.random,
  });
  if (a.said === "pending") step.error = null;
  step.lostCount = 0;
  keepProgress(step, progress);
  waitStep(session, step, "poll", Math.min(session.ports.now() + delayMs, outside.untilMs));
  return null;
}

function keepProgress(step: StepState, progress: PollProgress): null {
  step.output = storedValue({ ...progress, attemptsBase: step.attemptsBase });
  return null;
}

/** Kept where the output will be: until then it is what people see of a step that polls. A redrive begins anew. */
function progressOf(step: StepState): PollProgress {
  const kept: JsonValue = step.output?.value ?? null;
  if (!isJsonObject(kept) || kept.attemptsBase !== step.attemptsBase) return noPolls;
  const number = (value: JsonValue | undefined) => (typeof value === "number" ? value : 0);
  return {
    polls: number(kept.polls),
    failedPolls: number(kept.failedPolls),
    failedInARow: number(kept.failedInARow),
    last: kept.last === "pending" ? "pending" : "failed",
  };
}

/** Parked already, or failed for good. */
function stopped(entry: Exclude<ConnectionEntry, { next: "go" }>): null {
  if (entry.next === "fail") throw entry.error;
  return null;
}

/** A remote that cannot be asked before the time-out is waited for until then: a call back may still come. */
function refused(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  outside: Outside,
  grant: Exclude<ThrottleGrant, { next: "go" }>,
  reason: "breaker" | "throttle",
): null {
  switch (grant.next) {
    case "wait":
      waitStep(session, step, reason, Math.min(grant.untilMs, outside.untilMs));
      return null;
    case "fail":
      if (grant.error.failureClass !== "timeout") throw grant.error;
      waitStep(session, step, reason, outside.untilMs);
      return null;
    case "drop":
      dropStep(session, step);
      return null;
    case "fallback":
      fallBack(session, plan, step, toFailure(grant.error));
      return null;
  }
}

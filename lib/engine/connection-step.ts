import { NodeError } from "#lib/nodes/runner.ts";
import { afterRefusal, type Refusal } from "#lib/policies/credential.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import type { Renewal } from "#lib/shared/oauth2.ts";
import { toFailure } from "./failure.ts";
import { type NodePlan, stepTimeMs } from "./plan.ts";
import type { OpenConnection } from "./ports.ts";
import type { RunSession } from "./run-session.ts";
import type { Failure, StepState } from "./run-state.ts";
import { waitStep } from "./settle-step.ts";
import type { Hold } from "./systems/connection-holds.ts";

export type ConnectionEntry = { next: "go" } | { next: "waiting" } | { next: "fail"; error: NodeError };

/** The credential an attempt was sent with, filled in when it is. */
export interface UsedCredential {
  version: string | null;
}

/** Whoever holds a connection wakes those that wait for it; this is how long they trust that before they look by themselves. */
const lookAgainMs = 3_600_000;
/** Before a credential that was refused is sent once more as it is. */
const resendMs = 1_000;

/** The token that was there a moment ago is not there any more. */
export const tokenGoneCode = "token_gone";

const heldCodes: Readonly<Record<Hold["reason"], string>> = { isolated: "connection_isolated", auth: "connection_auth" };

/**
 * Lets a step on to its connection, or parks it while that must not be called: a person has isolated it, or its credential is
 * refused (engine.md 1.4, 1.5). Waiting there costs no attempt, and stops the step's clock: no deadline turns a person's
 * decision into dead letters. The run's own deadline holds.
 */
export async function passConnection(session: RunSession, plan: NodePlan, step: StepState): Promise<ConnectionEntry> {
  const connection = await session.connection(plan);
  if (connection === null) return { next: "go" };
  if (connection.held) {
    const held = await waitFor(session, plan, step, connection.id);
    if (held !== null) return held;
  }
  const waited = step.error !== null && Object.values(heldCodes).includes(step.error.code);
  if (waited) {
    step.error = null;
    step.deadlineAtMs = session.ports.now() + stepTimeMs(plan);
  }
  return tend(session, plan, step, connection);
}

/** Sees to a token that holds, and to a new one where the last was refused. */
async function tend(session: RunSession, plan: NodePlan, step: StepState, connection: OpenConnection): Promise<ConnectionEntry> {
  const { care } = connection;
  if (!care?.ready) return { next: "go" };
  const refused = refusalOf(step.error);
  let renewal: Renewal;
  try {
    renewal = await (refused === null ? care.ready() : care.renew(refused.credential));
  } catch (thrown) {
    if (thrown instanceof NodeError) return { next: "fail", error: thrown };
    return session.guard(Promise.reject(thrown));
  }
  switch (renewal.next) {
    case "ready":
      return { next: "go" };
    case "wait":
      waitStep(session, step, "retry", session.ports.now() + renewal.afterMs * (1 + session.ports.random()));
      return { next: "waiting" };
    case "refused": {
      const error = new NodeError("auth", "token_refused", renewal.message);
      return (await hold(session, plan, step, connection.id, renewal.credential)) ?? { next: "fail", error };
    }
  }
}

/**
 * What follows a call whose credential was refused. True: the step waits, to be sent once more or until the connection is
 * mended, and none of this counts as an attempt. False: it failed like any other.
 */
export async function afterRefusedCredential(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  error: NodeError,
  used: UsedCredential,
): Promise<boolean> {
  if (error.failureClass !== "auth" || error.mayHaveApplied || session.cancelRequested) return false;
  if (error.code === tokenGoneCode) {
    // Nothing was sent: the secrets were entered anew after a token had been seen to.
    step.attemptsBase += 1;
    waitStep(session, step, "retry", session.ports.now());
    return true;
  }
  if (used.version === null) return false;
  const connection = await session.connection(plan);
  if (!connection?.care) return false;
  const now = session.ports.now();
  const next = afterRefusal({
    memo: refusalOf(step.error),
    used: used.version,
    stored: await session.guard(connection.care.stored()),
    renewable: connection.care.renewable,
    acceptedAtMs: connection.care.acceptedAtMs(used.version),
    now,
  });
  switch (next.next) {
    case "give-up":
      return false;
    case "hold":
      if ((await hold(session, plan, step, connection.id, used.version)) === null) return false;
      break;
    case "renew":
    case "send-again":
      step.error = remember(toFailure(error), next.memo);
      waitStep(session, step, "retry", next.memo !== null && next.next === "send-again" ? now + resendMs : now);
  }
  step.attemptsBase += 1;
  session.run.retried = true;
  return true;
}

/** Stops the connection and parks the step. Null: the credential was replaced meanwhile and may be tried, or nobody would come. */
async function hold(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  connectionId: string,
  credential: string,
): Promise<ConnectionEntry | null> {
  const { workspaceId, workflowId, mode } = session.run;
  if (mode === "test") return null;
  await session.guard(session.ports.holds.refuse({ workspaceId, connectionId, credential, workflowId, nodeId: plan.node.id }));
  const waiting = await waitFor(session, plan, step, connectionId);
  if (waiting !== null) return waiting;
  step.error = null;
  waitStep(session, step, "retry", session.ports.now());
  return { next: "waiting" };
}

async function waitFor(session: RunSession, plan: NodePlan, step: StepState, connectionId: string): Promise<ConnectionEntry | null> {
  const { workspaceId, id: runId, mode } = session.run;
  const held = await session.guard(session.ports.holds.wait({ workspaceId, connectionId, runId }));
  if (held === null) return null;
  const error = new NodeError(held.reason === "auth" ? "auth" : "unavailable", heldCodes[held.reason], held.message);
  // Somebody is watching a test run, who is told at once.
  if (mode === "test") return { next: "fail", error };
  step.error = { ...toFailure(error), details: { connectionId: plan.node.connectionId } };
  waitStep(session, step, "breaker", session.ports.now() + lookAgainMs);
  return { next: "waiting" };
}

/** Whether a step waits for its connection: it looks again whenever its run is claimed, for that may be the wake-up. */
export function waitsForConnection(step: StepState): boolean {
  return step.waitReason === "breaker" && step.error !== null && Object.values(heldCodes).includes(step.error.code);
}

/** Kept with the failure the step shows while it waits: its next attempt may be another worker's. */
function remember(failure: Failure, memo: Refusal | null): Failure {
  return memo === null ? failure : { ...failure, details: { refused: memo.credential, refusedAtMs: memo.atMs } };
}

function refusalOf(failure: Failure | null): Refusal | null {
  if (failure === null || !isJsonObject(failure.details)) return null;
  const { refused, refusedAtMs } = failure.details;
  return typeof refused === "string" && typeof refusedAtMs === "number" ? { credential: refused, atMs: refusedAtMs } : null;
}

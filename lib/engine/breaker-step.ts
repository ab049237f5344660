import { NodeError } from "#lib/nodes/runner.ts";
import { breakerId, isSlow, outcomeOf } from "#lib/policies/breaker.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { probeByHealth } from "./breaker-health.ts";
import { toNodeError } from "./failure.ts";
import { noteGuard } from "./note-guard.ts";
import type { NodePlan } from "./plan.ts";
import { RunLostError, type RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import type { BreakerAnswer, BreakerRequest, BreakerSample } from "./systems/breaker.ts";

/** Leave to call, to be handed back with what came of it. Null where no breaker is in force. */
export type BreakerPermit = Pick<BreakerSample, "request" | "gen" | "probe"> | null;

export type BreakerEntry =
  | { next: "go"; permit: BreakerPermit }
  | { next: "wait"; untilMs: number }
  /** The breaker stays open past the step's deadline. */
  | { next: "fail"; error: NodeError };

/** After the attempt's own time-out a probe counts as left behind by a worker that died. */
const leaseMarginMs = 5_000;

/**
 * Asks whether the remote is well enough to be called (engine.md 1.5). While it is not, the step waits: no attempt and no
 * place under a limit is used up. What goes is to be reported, or handed back when there is no call after all.
 */
export async function admitBreaker(session: RunSession, plan: NodePlan, step: StepState): Promise<BreakerEntry> {
  const request = breakerRequest(session, plan, step);
  if (request === null) return { next: "go", permit: null };
  let decided = await admitted(session, request);
  if (decided.next === "wait" && decided.probing && !request.repeatable) {
    const connection = await session.connection(plan);
    if (connection?.healthUrl && URL.parse(connection.healthUrl)?.host === remoteOf(step.input?.value ?? null)?.host) {
      await probeByHealth(session, connection, request);
      decided = await admitted(session, request);
    }
  }
  if (decided.next === "go") return { next: "go", permit: { request, gen: decided.gen, probe: decided.probe } };
  if (decided.elsewhere) session.leaveToOthers = true;
  else noteGuard(session, plan, { id: request.id, host: remoteOf(step.input?.value ?? null)?.host ?? null });
  if (step.deadlineAtMs === null || decided.untilMs < step.deadlineAtMs) return { next: "wait", untilMs: decided.untilMs };
  const message = "the remote keeps failing, and is not called again before the step's deadline";
  return { next: "fail", error: new NodeError("timeout", "breaker_timeout", message) };
}

/** Mostly known without asking; a promise is awaited only where there is one. */
async function admitted(session: RunSession, request: BreakerRequest): Promise<BreakerAnswer> {
  const answer = session.ports.breaker.admit(request);
  return answer instanceof Promise ? await session.guard(answer) : answer;
}

/** Makes the call and reports what came of it, whatever it was. */
export async function reportBreaker<T>(session: RunSession, permit: BreakerPermit, timeoutMs: number, call: () => Promise<T>): Promise<T> {
  if (permit === null) return await call();
  const startedAt = performance.now();
  const slow = () => isSlow(performance.now() - startedAt, timeoutMs);
  try {
    const result = await call();
    session.ports.breaker.report({ ...permit, outcome: "success", slow: slow() });
    return result;
  } catch (thrown) {
    const error = thrown instanceof RunLostError ? null : toNodeError(thrown);
    const outcome = error === null ? "ignored" : outcomeOf(error.failureClass, error.code);
    session.ports.breaker.report({ ...permit, outcome, slow: outcome === "failure" && slow() });
    throw thrown;
  }
}

/** No call was made after all: its probe is free for another. */
export function handBackBreaker(session: RunSession, permit: BreakerPermit): void {
  if (permit) session.ports.breaker.report({ ...permit, outcome: "ignored", slow: false });
}

function breakerRequest(session: RunSession, plan: NodePlan, step: StepState): BreakerRequest | null {
  const { breaker: settings, timeoutMs } = plan.policy;
  const host = settings.enabled ? remoteOf(step.input?.value ?? null)?.host : null;
  if (!host) return null;
  const { workspaceId, workflowId } = session.run;
  const { connectionId, id: nodeId } = plan.node;
  return {
    workspaceId,
    id: breakerId({ workspaceId, workflowId, nodeId, connectionId, host }),
    holder: step.id,
    settings,
    leaseMs: timeoutMs + leaseMarginMs,
    now: session.ports.now,
    repeatable: plan.effect !== "unsafe" && plan.effect !== "reconcilable",
  };
}

/** The address of a frozen request; null when there is none that could be called. */
export function remoteOf(input: JsonValue): URL | null {
  return isJsonObject(input) && typeof input.url === "string" ? URL.parse(input.url.trim()) : null;
}

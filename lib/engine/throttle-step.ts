import { setTimeout as sleep } from "node:timers/promises";
import { NodeError } from "#lib/nodes/runner.ts";
import { normalizeKey } from "#lib/policies/idempotency-key.ts";
import { type StepLimits, stepLimits } from "#lib/policies/throttle-buckets.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";

export type ThrottleGrant =
  /** Call now; `release` afterwards, whatever came of it. */
  | { next: "go"; limits: StepLimits | null; release(): Promise<void> }
  | { next: "wait"; untilMs: number }
  | { next: "fail"; error: NodeError }
  | { next: "drop" }
  | { next: "fallback"; error: NodeError };

/** After the attempt's own time-out a place counts as left behind by a worker that died. */
const leaseMarginMs = 15_000;

/**
 * Waits its turn under the limits of the node and of its connection, both of which hold (engine.md 1.2). A turn within
 * the horizon is waited for here; a later one parks the step. A throttle wait is not an attempt.
 */
export async function acquireThrottle(session: RunSession, plan: NodePlan, step: StepState): Promise<ThrottleGrant> {
  const limits = await limitsOf(session, plan, step);
  if (limits instanceof NodeError) return { next: "fail", error: limits };
  if (limits === null) return { next: "go", limits, release: async () => {} };
  const { throttle } = session.ports;
  let queuedAtMs: number | undefined;
  for (;;) {
    const grant = await session.guard(
      throttle.acquire({
        workspaceId: session.run.workspaceId,
        holder: step.id,
        ...limits,
        leaseMs: plan.policy.timeoutMs + leaseMarginMs,
        ...(queuedAtMs === undefined ? {} : { queuedAtMs }),
      }),
    );
    if (grant.status === "park") return exceeded(session, plan, step, grant.untilMs);
    const inMs = grant.atMs - session.ports.now();
    if (inMs > 0) await sleep(inMs);
    const lateMs = session.ports.now() - grant.atMs;
    if (lateMs <= grant.graceMs) return { next: "go", limits, release: () => release(session, step, limits) };
    // A grant used late would fall into another window than the one that had room for it.
    queuedAtMs = grant.queuedAtMs;
  }
}

/** What a 429 teaches everybody who calls through the same limits: the connection's, or without one the node's own. */
export async function pauseLimits(session: RunSession, limits: StepLimits | null, forMs: number): Promise<void> {
  const widest = limits?.buckets[0];
  if (widest) await session.guard(session.ports.throttle.block(session.run.workspaceId, [widest.id], forMs));
}

async function limitsOf(session: RunSession, plan: NodePlan, step: StepState): Promise<StepLimits | NodeError | null> {
  const { throttle } = plan.policy;
  const { connectionId } = plan.node;
  if (throttle === null && connectionId === null) return null;
  const connection = await session.connection(plan);
  const key = throttle?.key == null ? null : normalizeKey(session.evaluate(step, connection?.fields ?? {}).template(throttle.key));
  // An expression that gives nothing is a fault of this item, never "no limit" and never one key for all (scenario 103).
  if (key && !key.ok) return new NodeError("validation", "throttle_key_invalid", `the throttle key cannot be used. ${key.problem}`);
  const limits = stepLimits({
    workspaceId: session.run.workspaceId,
    workflowId: session.run.workflowId,
    nodeId: plan.node.id,
    throttle,
    key: key?.key ?? null,
    connection,
  });
  return limits.buckets.length === 0 && limits.pools.length === 0 ? null : limits;
}

function exceeded(session: RunSession, plan: NodePlan, step: StepState, untilMs: number): ThrottleGrant {
  const onExceed = plan.policy.throttle?.onExceed ?? "queue";
  const maxWaitMs = plan.policy.throttle?.maxWaitMs ?? null;
  const error = new NodeError("throttled", "throttle_exceeded", "the limit of the node or its connection is reached");
  if (onExceed === "drop") return { next: "drop" };
  if (onExceed === "fallback") return { next: "fallback", error };
  if (onExceed === "fail") return { next: "fail", error };
  const givesUpAtMs = Math.min(
    step.deadlineAtMs ?? Number.POSITIVE_INFINITY,
    maxWaitMs === null ? Number.POSITIVE_INFINITY : (step.startedAtMs ?? 0) + maxWaitMs,
  );
  if (session.ports.now() < givesUpAtMs && untilMs <= givesUpAtMs) return { next: "wait", untilMs };
  return { next: "fail", error: new NodeError("timeout", "throttle_timeout", "the limit leaves no room before the step's deadline") };
}

/** Gives up the step's place among those that wait, which it would keep until its time has passed. */
export async function leaveQueue(session: RunSession, step: StepState): Promise<void> {
  const { policy, node } = session.nodePlan(step.nodeId);
  if (policy.throttle === null && node.connectionId === null) return;
  await session.ports.throttle.release(step.id).catch(() => []); // best effort, as below
}

async function release(session: RunSession, step: StepState, limits: StepLimits): Promise<void> {
  // Best effort (engine.md, rule 10): a place that is not given back lapses with its lease.
  if (limits.pools.length > 0) await session.ports.throttle.release(step.id).catch(() => []);
}

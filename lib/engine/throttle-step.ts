import { setTimeout as sleep } from "node:timers/promises";
import { NodeError, type OutboundResponse } from "#lib/nodes/runner.ts";
import { isTurnedAway } from "#lib/nodes/throttled-answer.ts";
import { normalizeKey } from "#lib/policies/idempotency-key.ts";
import { type StepLimits, stepLimits } from "#lib/policies/throttle-buckets.ts";
import { ageingMs, classOf, pollClass } from "#lib/policies/throttle-queue.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { NodePlan } from "./plan.ts";
import { acquirePoll } from "./poll-turn.ts";
import type { RunSession } from "./run-session.ts";
import type { StepState } from "./run-state.ts";
import type { AcquireRequest, Grant } from "./systems/throttle.ts";
import { type Caller, type GrantedCall, learnSource, passOn } from "./throttle-feedback.ts";

/** Leave to make one call now. */
export interface Turn {
  /** When the call first asked for it; null: nothing limits the call. */
  readonly askedAtMs: number | null;
  /** Why the call must not be sent any more, looked at in the last moment before it is. Null: send. */
  refusal(): NodeError | null;
  /** Waits for another turn in place of one that is over. False when that is too far ahead to be waited for. */
  again(): Promise<boolean>;
  /** For how long the call may still be under way: until its place under a limit lapses. */
  timeLeftMs(): number;
  /** What the remote answered. */
  heard(response: OutboundResponse): void;
  /** To be called when the attempt is over, whatever came of it: passes on what it taught, and gives back its places. */
  end(error: NodeError | null): Promise<void>;
}

export type ThrottleGrant =
  | { next: "go"; turn: Turn }
  | { next: "wait"; untilMs: number }
  | { next: "fail"; error: NodeError }
  | { next: "drop" }
  | { next: "fallback"; error: NodeError };

/** After the attempt's own time-out a place counts as left behind by a worker that died. */
const leaseMarginMs = 15_000;

/** A turn further ahead than this may be overtaken by a pause that the remote asks for. */
const noticeMs = 100;

/** The turn was over before the call could be sent: no call was made. */
export const lateCode = "turn_over";

/** Of a call that nothing limits. */
export const unlimited: Turn = {
  askedAtMs: null,
  refusal: () => null,
  again: async () => true,
  timeLeftMs: () => Number.POSITIVE_INFINITY,
  heard: () => undefined,
  end: async () => {},
};

interface Limited {
  limits: StepLimits;
  key: string | null;
  retryAfterScope: "key" | "connection" | null;
  cost: number;
}

/**
 * Waits its turn under the limits of the node and of its connection, both of which hold (engine.md 1.2). A turn within
 * the horizon is waited for here; a later one parks the step. A throttle wait is not an attempt.
 */
export async function acquireThrottle(session: RunSession, plan: NodePlan, step: StepState): Promise<ThrottleGrant> {
  const limited = await limitsOf(session, plan, step);
  if (limited instanceof NodeError) return { next: "fail", error: limited };
  if (limited === null) return { next: "go", turn: unlimited };
  const asking: Asking = { lateTurns: 0 };
  const asked = await askForTurn(session, plan, step, limited, asking);
  if ("parkUntilMs" in asked) return exceeded(session, plan, step, asked.parkUntilMs);
  return { next: "go", turn: turnOf(session, plan, step, limited, asking, asked) };
}

/** What is remembered from one turn to the next of the same call. */
interface Asking {
  /** Its place in the queue, which it keeps when its turn is over. */
  queuedAtMs?: number;
  lateTurns: number;
}

interface HeldTurn {
  grant: Granted;
  askedAtMs: number;
  leaseEndsAt: number;
}

/** Asks until there is a turn that is not over by the time it is known here. */
async function askForTurn(
  session: RunSession,
  plan: NodePlan,
  step: StepState,
  limited: Limited,
  asking: Asking,
): Promise<HeldTurn | { parkUntilMs: number }> {
  const leaseMs = plan.policy.timeoutMs + leaseMarginMs;
  // What is awaited and calls out is a remote's job, and this asks after it.
  const polls = plan.awaits !== null;
  const priority = polls ? pollClass : classOf(session.run.priority, session.plan.compiled.document.settings.priority);
  for (;;) {
    const askedAt = performance.now();
    const request: AcquireRequest = {
      workspaceId: session.run.workspaceId,
      holder: step.id,
      buckets: limited.limits.buckets,
      pools: limited.limits.pools,
      leaseMs,
      runId: session.run.id,
      cost: limited.cost,
      priority,
      ...(asking.queuedAtMs === undefined ? {} : { queuedAtMs: asking.queuedAtMs }),
    };
    const { throttle } = session.ports;
    const grant = await session.guard(polls ? acquirePoll(throttle, limited.limits, request) : throttle.acquire(request));
    if (grant.status === "park") return { parkUntilMs: grant.untilMs };
    const inMs = grant.atMs - session.ports.now();
    if (inMs > 0) await sleep(inMs);
    // Counted from before the database gave the lease, so we never believe in it for longer than others do.
    const leaseEndsAt = askedAt + grant.inMs + grant.leaseMs;
    const overtaken = inMs > noticeMs && (await isPaused(session, limited.limits));
    const late = isLate(session, grant, asking);
    // Its place in the queue counts as taken earlier by its class.
    if (!overtaken && !late) return { grant, askedAtMs: grant.queuedAtMs + priority * ageingMs, leaseEndsAt };
    // A grant used late would fall into another window than the one that had room for it, one in a pause into the pause.
    asking.queuedAtMs = grant.queuedAtMs;
    if (late) asking.lateTurns += 1;
  }
}

/** The remote may have asked for a pause while the call waited for its turn. */
function isPaused(session: RunSession, { buckets }: StepLimits): Promise<boolean> {
  return session.guard(session.ports.throttle.isPaused(buckets.map((bucket) => bucket.id)));
}

type Granted = Extract<Grant, { status: "granted" }>;

/**
 * Each turn in a row that was over too soon doubles the grace of the next, up to sixteen times: where machine or database are so
 * busy that no turn is known in time, windows give a little, so that calls are made at all.
 */
function isLate(session: RunSession, grant: Granted, { lateTurns }: Asking): boolean {
  return session.ports.now() - grant.atMs > grant.graceMs * 2 ** Math.min(lateTurns, 4);
}

function turnOf(session: RunSession, plan: NodePlan, step: StepState, limited: Limited, asking: Asking, first: HeldTurn): Turn {
  const { limits } = limited;
  let held = first;
  const timeLeftMs = () => (limits.pools.length > 0 ? held.leaseEndsAt - performance.now() : Number.POSITIVE_INFINITY);
  let response: OutboundResponse | null = null;
  return {
    askedAtMs: first.askedAtMs,
    // Marking SENT may have taken longer than the grant holds. Nothing has left yet, so nothing is lost but the turn.
    refusal: () => {
      const late = limits.buckets.some((bucket) => bucket.windows.length > 0) && isLate(session, held.grant, asking);
      return late || timeLeftMs() <= 0 ? new NodeError("throttled", lateCode, "the call's turn was over before it could be sent") : null;
    },
    again: async () => {
      asking.queuedAtMs = held.grant.queuedAtMs;
      asking.lateTurns += 1;
      const next = await askForTurn(session, plan, step, limited, asking);
      if ("parkUntilMs" in next) return false;
      held = next;
      return true;
    },
    timeLeftMs,
    heard: (answered) => {
      response = answered;
    },
    end: async (error) => {
      const refused = error && isTurnedAway(error) ? error : null;
      const answered = refused?.response ?? response;
      const call: GrantedCall = { ...limited, grantedAtMs: held.grant.atMs };
      // Both best effort (engine.md, rule 10): the result of the call must not be lost with them.
      if (answered) await passOn(callerOf(session, plan), call, { response: answered, refused }).catch(() => undefined);
      // A place that is not given back lapses with its lease.
      if (limits.pools.length > 0) await session.ports.throttle.release(step.id).catch(() => []);
    },
  };
}

function callerOf({ ports, run: { workspaceId, workflowId } }: RunSession, { node: { id: nodeId, connectionId } }: NodePlan): Caller {
  return { ports, workspaceId, workflowId, nodeId, connectionId };
}

async function limitsOf(session: RunSession, plan: NodePlan, step: StepState): Promise<Limited | NodeError | null> {
  const { throttle } = plan.policy;
  const { connectionId, id: nodeId } = plan.node;
  if (throttle === null && connectionId === null) return null;
  const connection = await session.connection(plan);
  const key = throttle?.key == null ? null : normalizeKey(session.evaluate(step, connection?.fields ?? {}).template(throttle.key));
  // An expression that gives nothing is a fault of this item, never "no limit" and never one key for all (scenario 103).
  if (key && !key.ok) return new NodeError("validation", "throttle_key_invalid", `the throttle key cannot be used. ${key.problem}`);
  const { workspaceId, workflowId } = session.run;
  const source = learnSource(workflowId, nodeId);
  const limits = stepLimits({
    workspaceId,
    workflowId,
    nodeId,
    throttle,
    key: key?.key ?? null,
    connection: connection && { ...connection, learned: (connection.learned ?? []).filter((learned) => learned.source === source) },
  });
  if (limits.buckets.length === 0 && limits.pools.length === 0) return null;
  const retryAfterScope = throttle?.retryAfterScope ?? connection?.limits.retryAfterScope ?? null;
  const evaluate = session.evaluate(step, connection?.fields ?? {});
  const cost = readCost(typeof throttle?.cost === "string" ? evaluate.template(throttle.cost) : (throttle?.cost ?? 1), limits);
  return cost instanceof NodeError ? cost : { limits, key: key?.key ?? null, retryAfterScope, cost };
}

const maxCost = 1_000;

/** A cost that is none, or that no window could ever hold, is a fault of this item. */
function readCost(given: JsonValue, { buckets }: StepLimits): number | NodeError {
  const cost = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  const invalid = (why: string) => new NodeError("validation", "throttle_cost_invalid", `the throttle cost cannot be used: ${why}`);
  if (typeof cost !== "number" || !Number.isInteger(cost) || cost < 1 || cost > maxCost)
    return invalid(`it must be a whole number from 1 to ${maxCost}`);
  const lowest = Math.min(...buckets.flatMap(({ windows }) => windows.map(({ limit }) => limit)));
  return cost > lowest ? invalid(`it is ${cost}, and a limit lets only ${lowest} through`) : cost;
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
  // What the last attempt failed with is over: from here on the step waits for its place, and may be woken for it.
  if (step.error?.class === "throttled") step.error = null;
  if (session.ports.now() < givesUpAtMs && untilMs <= givesUpAtMs) return { next: "wait", untilMs };
  return { next: "fail", error: new NodeError("timeout", "throttle_timeout", "the limit leaves no room before the step's deadline") };
}

/** Whether a step waits for its place under a limit, and not for the time a remote asked it to stay away. */
export function waitsInQueue(step: StepState): boolean {
  return step.waitReason === "throttle" && step.error?.class !== "throttled";
}

/** Gives up the step's place among those that wait, which it would keep until its time has passed. */
export async function leaveQueue(session: RunSession, step: StepState): Promise<void> {
  const { policy, node } = session.planOf(step);
  if (policy.throttle === null && node.connectionId === null) return;
  await session.ports.throttle.release(step.id).catch(() => []); // best effort, as above
}

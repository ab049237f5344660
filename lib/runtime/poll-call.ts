import { setTimeout as sleep } from "node:timers/promises";
import { acquirePoll } from "#lib/engine/poll-turn.ts";
import type { EnginePorts, OpenConnection } from "#lib/engine/ports.ts";
import type { BreakerSample } from "#lib/engine/systems/breaker.ts";
import { type GrantedCall, learnSource, passOn } from "#lib/engine/throttle-feedback.ts";
import { type Evaluate, NodeError, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { saysThrottled, throttledError } from "#lib/nodes/throttled-answer.ts";
import { breakerId, isSlow, outcomeOf } from "#lib/policies/breaker.ts";
import { resolvePolicy } from "#lib/policies/defaults.ts";
import { type StepLimits, stepLimits } from "#lib/policies/throttle-buckets.ts";

/** How long one answer may take. */
export const callTimeoutMs = 30_000;
const leaseMs = callTimeoutMs + 15_000;
const maxLateTurns = 3;
/** Others were accepted with a credential so shortly ago that it is good. */
const recentMs = 60_000;
const { breaker: breakerSettings } = resolvePolicy({ policy: {}, defaults: {}, effect: "read" });

/** No call is to be made just now, and that is nobody's failure: the connection or a limit says so. */
export class PutOff extends Error {
  readonly code: string;
  /** Null: when it is usual. */
  readonly untilMs: number | null;

  constructor(code: string, message: string, untilMs: number | null = null) {
    super(message);
    this.code = code;
    this.untilMs = untilMs;
  }
}

/** What a poll needs of the world. */
export type PollPorts = Pick<EnginePorts, "breaker" | "connection" | "holds" | "random" | "send" | "throttle" | "vars">;

export interface PollCaller {
  ports: PollPorts;
  now(): number;
  triggerId: string;
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  connection: OpenConnection | null;
  /** The poll before met a refused credential too. */
  refusedBefore: boolean;
  /** The worker ends. */
  signal: AbortSignal;
}

/** A call under way, to be ended with what became of it: whether the answer is a success is for the node to judge. */
export interface OpenCall {
  send(request: OutboundRequest): Promise<OutboundResponse>;
  end(error: NodeError | PutOff | null): Promise<void>;
}

/**
 * One call of a poll, under all that holds for a call through its connection: a hold, the breaker, the limits with what the
 * remote teaches of them, the credential. Nothing of it is waited for longer than a moment: the poll is put off instead.
 */
export function openCall(caller: PollCaller, evaluate: Evaluate): OpenCall {
  const { ports, connection, now } = caller;
  const over: Closing[] = [];
  let used: string | null = null;
  return {
    async send(request) {
      if (connection?.held) throw new PutOff(`connection_${connection.held.reason}`, connection.held.message);
      await tend(caller);
      const permit = await admit(caller, new URL(request.url).host);
      const startedAt = performance.now();
      over.push((error) => reportCall(caller, permit, performance.now() - startedAt, error));
      const heard = await takeTurn(caller, over);
      const credential = connection ? await connection.credential(request.url) : null;
      used = credential?.version ?? null;
      const sent = { ...request, headers: { ...request.headers, ...credential?.headers } };
      const signal = AbortSignal.any([caller.signal, AbortSignal.timeout(callTimeoutMs)]);
      const response = await ports.send(sent, { signal, timeoutMs: callTimeoutMs, credentialed: credential !== null });
      heard(response);
      const rule = connection?.limits.throttledWhen;
      if (rule !== undefined && saysThrottled(rule, evaluate, response)) throw throttledError(request, response, now());
      if (used !== null && response.status < 400) connection?.care?.accepted(used, now());
      return response;
    },
    async end(error) {
      for (const close of over) await close(error);
      if (error instanceof NodeError && error.failureClass === "auth" && used !== null) await afterRefusal(caller, used);
    },
  };
}

/** Sees to a token that holds. */
async function tend(caller: PollCaller): Promise<void> {
  const { connection } = caller;
  const renewal = (await connection?.care?.ready?.()) ?? { next: "ready" as const };
  if (renewal.next === "wait") throw new PutOff("token_awaited", "a new token is being fetched", caller.now() + renewal.afterMs);
  if (renewal.next !== "refused") return;
  await hold(caller, renewal.credential);
  throw new NodeError("auth", "token_refused", renewal.message);
}

/** A token is renewed, for the next poll. A credential that cannot be, and was refused twice in a row, holds its connection. */
async function afterRefusal(caller: PollCaller, used: string): Promise<void> {
  const care = caller.connection?.care;
  if (!care || (await care.stored()) !== used) return;
  const accepted = care.acceptedAtMs(used);
  if (accepted !== null && caller.now() - accepted < recentMs) return; // it is this call that is refused
  if (care.renewable && !caller.refusedBefore) {
    const renewal = await care.renew(used);
    if (renewal.next === "refused") await hold(caller, renewal.credential);
  } else if (caller.refusedBefore) await hold(caller, used);
}

/** Stops the connection, and opens the issue that says so. */
async function hold({ ports, workspaceId, workflowId, nodeId, connection }: PollCaller, credential: string): Promise<void> {
  if (connection) await ports.holds.refuse({ workspaceId, connectionId: connection.id, credential, workflowId, nodeId });
}

type Permit = Pick<BreakerSample, "request" | "gen" | "probe">;

async function admit({ ports, now, triggerId, workspaceId, workflowId, nodeId, connection }: PollCaller, host: string): Promise<Permit> {
  const id = breakerId({ workspaceId, workflowId, nodeId, connectionId: connection?.id ?? null, host });
  const request = { workspaceId, id, holder: triggerId, settings: breakerSettings, leaseMs, now, repeatable: true };
  const answer = await ports.breaker.admit(request);
  if (answer.next === "go") return { request, gen: answer.gen, probe: answer.probe };
  throw new PutOff("breaker_open", "the remote keeps failing, and is left alone for a while", answer.untilMs);
}

function reportCall({ ports }: PollCaller, permit: Permit, tookMs: number, error: NodeError | PutOff | null): void {
  const outcome = error instanceof PutOff ? "ignored" : outcomeOf(error?.failureClass ?? null, error?.code);
  const slow = outcome !== "ignored" && outcome !== "unsent" && isSlow(tookMs, callTimeoutMs);
  ports.breaker.report({ ...permit, outcome, slow });
}

function limitsOf({ workspaceId, workflowId, nodeId, connection }: PollCaller): StepLimits | null {
  if (connection === null) return null;
  const source = learnSource(workflowId, nodeId);
  const learned = (connection.learned ?? []).filter((one) => one.source === source);
  const limits = stepLimits({ workspaceId, workflowId, nodeId, throttle: null, key: null, connection: { ...connection, learned } });
  return limits.buckets.length === 0 && limits.pools.length === 0 ? null : limits;
}

type Closing = (error: NodeError | PutOff | null) => Promise<void> | void;

/** A turn under the connection's limits, behind all work that waits for it. Gives what is to be told of the answer. */
async function takeTurn(caller: PollCaller, over: Closing[]): Promise<(response: OutboundResponse) => void> {
  const limits = limitsOf(caller);
  if (limits === null) return () => undefined;
  const grantedAtMs = await grantedAt(caller, limits);
  const call: GrantedCall = { limits, key: null, retryAfterScope: caller.connection?.limits.retryAfterScope ?? null, grantedAtMs };
  let heard: OutboundResponse | null = null;
  over.push((error) => giveBack(caller, call, heard, error instanceof PutOff ? null : error));
  return (response) => {
    heard = response;
  };
}

async function grantedAt({ ports, now, triggerId, workspaceId }: PollCaller, limits: StepLimits): Promise<number> {
  let queuedAtMs: number | undefined;
  for (let late = 0; ; late++) {
    const queued = queuedAtMs === undefined ? {} : { queuedAtMs };
    const request = { workspaceId, holder: triggerId, buckets: limits.buckets, pools: limits.pools, leaseMs, ...queued };
    const grant = await acquirePoll(ports.throttle, limits, request);
    if (grant.status === "park") throw new PutOff("throttled", "the limits of the connection leave no room just now", grant.untilMs);
    const inMs = grant.atMs - now();
    if (inMs > 0) await sleep(inMs);
    if (now() - grant.atMs <= grant.graceMs || late >= maxLateTurns) return grant.atMs;
    queuedAtMs = grant.queuedAtMs;
  }
}

/** Passes on what the answer taught, and gives back the places. Both best effort: a page must not be lost with them. */
async function giveBack(caller: PollCaller, call: GrantedCall, heard: OutboundResponse | null, error: NodeError | null): Promise<void> {
  const { ports, triggerId } = caller;
  const refused = error?.failureClass === "throttled" ? error : null;
  const response = refused?.response ?? heard;
  const told = { ...caller, connectionId: caller.connection?.id ?? null };
  if (response) await passOn(told, call, { response, refused }).catch(() => undefined);
  if (call.limits.pools.length > 0) await ports.throttle.release(triggerId).catch(() => []);
}

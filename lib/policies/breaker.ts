import type { Random } from "#lib/shared/clock.ts";
import { derivedId } from "#lib/shared/ids.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";
import type { ResolvedBreaker, StepEffect } from "./defaults.ts";

/**
 * The circuit breaker of a connection and host (engine.md 1.5), plain data that survives JSON.
 *
 * A generation ends with every transition. A result counts only in the generation its call began in, so calls that were
 * under way when the breaker opened decide nothing. Probes are leases: one that dies with its worker is offered again.
 */
export type Breaker =
  | { state: "closed"; generation: number; opens: number; slots: readonly Slot[]; witnesses: readonly Witness[] }
  | { state: "open"; generation: number; opens: number; openUntilMs: number }
  | {
      state: "half_open";
      generation: number;
      opens: number;
      sinceMs: number;
      probes: readonly Probe[];
      witnesses: readonly Witness[];
    }
  /** By a person, or because its secret is unusable. No probe ends this. */
  | { state: "isolated"; generation: number; opens: number; reason: string };

/** One breaker a connection and host, shared by all workflows; a node without a connection has its own. */
export function breakerId(a: {
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  connectionId: string | null;
  host: string;
}): string {
  return a.connectionId === null
    ? derivedId(a.workspaceId, "node-breaker", a.workflowId, a.nodeId, a.host)
    : derivedId(a.workspaceId, "connection-breaker", a.connectionId, a.host);
}

/** What happened within one second. */
export interface Slot {
  second: number;
  ok: number;
  failed: number;
  slow: number;
  /** Calls that never left this machine: no name, no connection. */
  unsent: number;
}

/** A worker that could not reach the remote, and when it last could not. */
export interface Witness {
  worker: string;
  atMs: number;
}

export interface Probe {
  passed: boolean;
  /** Taken until then; once it is given back, when that was. */
  leaseUntilMs: number;
  /** Given out, and not come back. */
  out: boolean;
}

/** Proof that a call may be made, to be handed back with its result. */
export interface Permit {
  generation: number;
  /** `only`: no other call tries, so its verdict stands alone. */
  probe: { index: number; leaseUntilMs: number; only: boolean } | null;
}

export type Entry = { next: "send"; permit: Permit } | { next: "wait"; untilMs: number } | { next: "isolated"; reason: string };

/** `unsent`: a failure before anything left, which may be the network of this worker alone. */
export type CallOutcome = "success" | "failure" | "unsent" | "ignored";

const probeCount = 3;
const slowRatio = 1;
const maxOpenMs = 600_000;
const openJitter = 0.2;
/** A probe may not come back for this many leases before the remote counts as still down. */
const maxHalfOpenLeases = 5;
/** An answer that takes this share of the attempt's time-out is slow. */
const slowShare = 0.8;

export const closedBreaker: Breaker = { state: "closed", generation: 1, opens: 0, slots: [], witnesses: [] };

/** Codes of failures before anything left. An answer in the wrong tongue (TLS) came from somewhere. */
const neverLeft: ReadonlySet<string> = new Set(["dns_failed", "connect_failed", "connect_refused"]);

/** What a failure says about the remote's health. Being turned away or wrongly asked says nothing. */
export function outcomeOf(failure: FailureClass | null, code = ""): CallOutcome {
  switch (failure) {
    case null:
      return "success";
    case "unavailable":
      return neverLeft.has(code) ? "unsent" : "failure";
    case "transient":
    case "timeout":
      return "failure";
    case "throttled":
    case "conflict":
    case "auth":
    case "permanent":
    case "validation":
    case "output_invalid":
    case "code":
    case "cancelled":
    case "lost":
    case "unknown_outcome":
      return "ignored";
  }
}

/** Whether a call took so long that many like it should open the breaker, even if all succeed. */
export function isSlow(durationMs: number, timeoutMs: number): boolean {
  return durationMs >= slowShare * timeoutMs;
}

/** How long the breaker stays open the n-th time in a row: doubled each time, spread so that breakers do not probe together. */
function openFor(opens: number, settings: ResolvedBreaker, random: Random): number {
  const base = Math.min(settings.openMs * 2 ** Math.min(opens - 1, 30), Math.max(maxOpenMs, settings.openMs));
  return Math.round(base * (1 + openJitter * (2 * random() - 1)));
}

function open(breaker: Breaker, settings: ResolvedBreaker, a: { now: number; random: Random }): Extract<Breaker, { state: "open" }> {
  const opens = breaker.opens + 1;
  return { state: "open", generation: breaker.generation + 1, opens, openUntilMs: a.now + openFor(opens, settings, a.random) };
}

/** The cheap look before anything is reserved (stage 7a): null when the call may go on, else when to come again. */
export function blockedUntil(breaker: Breaker, now: number): number | null {
  if (breaker.state === "open" && breaker.openUntilMs > now) return breaker.openUntilMs;
  if (breaker.state !== "half_open") return null;
  const leases = breaker.probes.filter((probe) => !probe.passed).map((probe) => probe.leaseUntilMs);
  return leases.length > 0 && leases.every((until) => until > now) ? Math.min(...leases) : null;
}

export interface EnterOptions {
  settings: ResolvedBreaker;
  effect: StepEffect;
  /** The attempt's time-out and a margin. */
  leaseMs: number;
  now: number;
  random: Random;
}

/** Asks for a permit right before sending (stage 7d). The breaker that comes back is to be stored even when it says wait. */
export function enter(breaker: Breaker, a: EnterOptions): { breaker: Breaker; entry: Entry } {
  switch (breaker.state) {
    case "isolated":
      return { breaker, entry: { next: "isolated", reason: breaker.reason } };
    case "closed":
      return { breaker, entry: { next: "send", permit: { generation: breaker.generation, probe: null } } };
    case "open": {
      if (breaker.openUntilMs > a.now) return { breaker, entry: { next: "wait", untilMs: breaker.openUntilMs } };
      const probes = Array.from({ length: probeCount }, () => ({ passed: false, leaseUntilMs: 0, out: false }));
      const { generation, opens } = breaker;
      return probe({ state: "half_open", generation: generation + 1, opens, sinceMs: a.now, probes, witnesses: [] }, a);
    }
    case "half_open": {
      // Probes go and never come back. Where only few calls are made there is no verdict either, but also no reason to open.
      const lost = breaker.probes.some((one) => one.out && one.leaseUntilMs <= a.now) && !breaker.probes.some((one) => one.passed);
      if (!lost || a.now - breaker.sinceMs < maxHalfOpenLeases * a.leaseMs) return probe(breaker, a);
      const reopened = open(breaker, a.settings, a);
      return { breaker: reopened, entry: { next: "wait", untilMs: reopened.openUntilMs } };
    }
  }
}

/**
 * Takes a free or lapsed probe. A call that must not be repeated leaves it to others to try out whether the remote is back.
 * Only when for a whole lease nobody has, one of them goes, alone: never to call such a remote again would be the greater
 * harm, and at most one call at a time is at stake, each time after a longer pause.
 */
function probe(breaker: Extract<Breaker, { state: "half_open" }>, a: EnterOptions): { breaker: Breaker; entry: Entry } {
  const index = breaker.probes.findIndex((candidate) => !candidate.passed && candidate.leaseUntilMs <= a.now);
  if (index === -1) {
    const taken = breaker.probes.filter((candidate) => !candidate.passed).map((candidate) => candidate.leaseUntilMs);
    return { breaker, entry: { next: "wait", untilMs: Math.min(...taken) } };
  }
  const only = a.effect === "unsafe" || a.effect === "reconcilable";
  const triedMs = Math.max(breaker.sinceMs, ...breaker.probes.map((candidate) => candidate.leaseUntilMs));
  if (only && a.now - triedMs < a.leaseMs) return { breaker, entry: { next: "wait", untilMs: triedMs + a.leaseMs } };
  const leaseUntilMs = a.now + a.leaseMs;
  const probes = breaker.probes.with(index, { passed: false, leaseUntilMs, out: true });
  return {
    breaker: { ...breaker, probes },
    entry: { next: "send", permit: { generation: breaker.generation, probe: { index, leaseUntilMs, only } } },
  };
}

export interface SettleOptions {
  permit: Permit;
  outcome: CallOutcome;
  slow: boolean;
  settings: ResolvedBreaker;
  now: number;
  random: Random;
  /** Who made the call, and how many workers live. */
  worker?: string;
  living?: number;
}

/** Hands back a permit with the call's result, whatever it was: an unsettled probe holds its place until its lease ends. */
export function settleCall(breaker: Breaker, a: SettleOptions): Breaker {
  if (a.permit.generation !== breaker.generation) return breaker;
  if (breaker.state === "closed") return a.outcome === "ignored" ? breaker : count(breaker, a);
  if (breaker.state !== "half_open" || a.permit.probe === null) return breaker;
  const { index, leaseUntilMs, only } = a.permit.probe;
  const taken = breaker.probes[index];
  // Its lease has lapsed and another call probes in its place.
  if (!taken || taken.passed || taken.leaseUntilMs !== leaseUntilMs) return breaker;
  const witnesses = witnessed(breaker.witnesses, a);
  const idle = a.outcome === "ignored" || (a.outcome === "unsent" && !believed(witnesses, a));
  if (idle) return { ...breaker, witnesses, probes: breaker.probes.with(index, { passed: false, leaseUntilMs: a.now, out: false }) };
  if (a.outcome !== "success" || a.slow) return open(breaker, a.settings, a);
  const probes = breaker.probes.with(index, { passed: true, leaseUntilMs: a.now, out: false });
  if (!only && !probes.every((one) => one.passed)) return { ...breaker, probes };
  return { ...closedBreaker, generation: breaker.generation + 1 };
}

function witnessed(witnesses: readonly Witness[], a: SettleOptions): readonly Witness[] {
  const { worker = "", outcome, now } = a;
  return outcome === "unsent" ? [...witnesses.filter((witness) => witness.worker !== worker), { worker, atMs: now }] : witnesses;
}

/**
 * Whether the remote is what fails. A call that never left may mean no more than that its worker has lost its network: a
 * shared breaker would turn that into an outage for all. So a second worker must have seen it, where there is one.
 */
function believed(witnesses: readonly Witness[], { living = 1, settings, now }: SettleOptions): boolean {
  return living <= 1 || witnesses.filter((witness) => witness.atMs > now - settings.windowMs).length >= 2;
}

function count(breaker: Extract<Breaker, { state: "closed" }>, a: SettleOptions): Breaker {
  const second = Math.floor(a.now / 1_000);
  const oldest = second - Math.max(1, Math.ceil(a.settings.windowMs / 1_000));
  const slots = breaker.slots.filter((slot) => slot.second > oldest && slot.second !== second);
  const own = breaker.slots.find((slot) => slot.second === second) ?? { second, ok: 0, failed: 0, slow: 0, unsent: 0 };
  slots.push({
    second,
    ok: own.ok + (a.outcome === "success" ? 1 : 0),
    failed: own.failed + (a.outcome === "failure" ? 1 : 0),
    slow: own.slow + (a.slow ? 1 : 0),
    unsent: own.unsent + (a.outcome === "unsent" ? 1 : 0),
  });
  const witnesses = witnessed(breaker.witnesses, a);
  const trusted = isBad(slots, a.settings, false) || (isBad(slots, a.settings, true) && believed(witnesses, a));
  return a.settings.enabled && trusted ? open(breaker, a.settings, a) : { ...breaker, slots, witnesses };
}

/** Whether enough calls were bad; those that never left count or not. */
function isBad(slots: readonly Slot[], { minCalls, failureRatio }: ResolvedBreaker, withUnsent: boolean): boolean {
  const sum = (of: "ok" | "failed" | "slow" | "unsent") => slots.reduce((total, slot) => total + slot[of], 0);
  const sent = sum("ok") + sum("failed");
  const unsent = withUnsent ? sum("unsent") : 0;
  if (sent + unsent < minCalls) return false;
  return sum("failed") + unsent >= failureRatio * (sent + unsent) || sum("slow") >= slowRatio * sent;
}

/** What one worker's own calls to a remote came to within one second. */
export interface OwnSlot {
  second: number;
  sent: number;
  unsent: number;
}

/** Adds to a worker's own window, and tells whether it reaches so little that its own network must be at fault, or the remote. */
export function countOwn(
  before: readonly OwnSlot[],
  { second, sent, unsent }: OwnSlot,
  { windowMs, minCalls, failureRatio }: ResolvedBreaker,
): { slots: OwnSlot[]; cutOff: boolean } {
  const slots = [...before.filter((slot) => slot.second > second - Math.max(1, Math.ceil(windowMs / 1_000))), { second, sent, unsent }];
  const lost = slots.reduce((total, slot) => total + slot.unsent, 0);
  const calls = slots.reduce((total, slot) => total + slot.sent, lost);
  return { slots, cutOff: calls >= minCalls && lost >= failureRatio * calls };
}

/** Stops all calls until a person closes the breaker again. */
export function isolate(breaker: Breaker, reason: string): Breaker {
  return { state: "isolated", generation: breaker.generation + 1, opens: 0, reason };
}

/** Closes the breaker by hand, with a clean window. */
export function reset(breaker: Breaker): Breaker {
  return { ...closedBreaker, generation: breaker.generation + 1 };
}

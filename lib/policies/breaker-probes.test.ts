import { describe, expect, test } from "vitest";
import { type Breaker, blockedUntil, type CallOutcome, closedBreaker, enter, isolate, type Probe, settleCall } from "./breaker.ts";
import { policyDefaults, type StepEffect } from "./defaults.ts";

/* A half-open breaker: which probes are free, when one comes back, and what its result decides. */

type HalfOpen = Extract<Breaker, { state: "half_open" }>;

const settings = policyDefaults.breaker;
const leaseMs = 30_000;
const sinceMs = 1_000_000;
const free: Probe = { passed: false, leaseUntilMs: 0, out: false };
const passed: Probe = { passed: true, leaseUntilMs: sinceMs, out: false };
const taken = (leaseUntilMs: number): Probe => ({ passed: false, leaseUntilMs, out: true });

function halfOpen(...probes: Probe[]): HalfOpen {
  return { state: "half_open", generation: 3, opens: 1, sinceMs, probes, witnesses: [] };
}

function ask(breaker: Breaker, now: number, effect: StepEffect = "read") {
  return enter(breaker, { settings, effect, leaseMs, now, random: () => 0.5 });
}

function settle(breaker: HalfOpen, index: number, outcome: CallOutcome, a: { now?: number; slow?: boolean; only?: boolean } = {}) {
  const { now = sinceMs + 1_000, slow = false, only = false } = a;
  const probe = { index, leaseUntilMs: breaker.probes[index]?.leaseUntilMs ?? 0, only };
  return settleCall(breaker, { permit: { generation: 3, probe }, outcome, slow, settings, now, random: () => 0.5, worker: "a", living: 2 });
}

describe("the look before anything is reserved", () => {
  test("an open breaker blocks up to its time and not at it; a closed or isolated one is left to the permit", () => {
    const open: Breaker = { state: "open", generation: 2, opens: 1, openUntilMs: 5_000 };
    expect(blockedUntil(open, 4_999)).toBe(5_000);
    expect(blockedUntil(open, 5_000)).toBeNull();
    expect(blockedUntil(closedBreaker, 0)).toBeNull();
    expect(blockedUntil(isolate(closedBreaker, "revoked"), 0)).toBeNull();
  });

  test("a half-open one blocks while all its probes are out, until the first of them may be offered again", () => {
    const breaker = halfOpen(taken(9_000), taken(7_000), taken(8_000));
    expect(blockedUntil(breaker, 6_999)).toBe(7_000);
    expect(blockedUntil(breaker, 7_000)).toBeNull();
    expect(blockedUntil(halfOpen(taken(9_000), free, taken(8_000)), 6_000)).toBeNull();
  });

  test("probes that passed are not waited for", () => {
    expect(blockedUntil(halfOpen({ ...passed, leaseUntilMs: 1_000 }, taken(9_000), taken(8_000)), 6_000)).toBe(8_000);
  });
});

describe("a permit", () => {
  test("takes the first probe that is free, passing over those that passed or are out", () => {
    const breaker = halfOpen(passed, taken(sinceMs + 9_000), free);
    const { breaker: next, entry } = ask(breaker, sinceMs + 1_000);
    const leaseUntilMs = sinceMs + 1_000 + leaseMs;
    expect(entry).toEqual({ next: "send", permit: { generation: 3, probe: { index: 2, leaseUntilMs, only: false } } });
    expect(next).toEqual({ ...breaker, probes: [passed, taken(sinceMs + 9_000), taken(leaseUntilMs)] });
  });

  test("is offered anew at the very end of a lease, and until then the call waits for the first to end", () => {
    const breaker = halfOpen(passed, taken(sinceMs + 9_000), taken(sinceMs + 8_000));
    expect(ask(breaker, sinceMs + 7_999)).toEqual({ breaker, entry: { next: "wait", untilMs: sinceMs + 8_000 } });
    expect(ask(breaker, sinceMs + 8_000).entry).toMatchObject({ next: "send", permit: { probe: { index: 2 } } });
  });

  test("opening time over: three probes are laid out, and the call takes the first", () => {
    const open: Breaker = { state: "open", generation: 2, opens: 1, openUntilMs: sinceMs };
    expect(ask(open, sinceMs).breaker).toEqual(halfOpen(taken(sinceMs + leaseMs), free, free));
  });

  test("for a call that must not be repeated comes a whole lease after the last probe, and says so", () => {
    for (const effect of ["unsafe", "reconcilable"] as const) {
      const breaker = halfOpen(free, { ...free, leaseUntilMs: sinceMs + 5_000 }, free);
      const turnMs = sinceMs + 5_000 + leaseMs;
      expect(ask(breaker, turnMs - 1, effect)).toEqual({ breaker, entry: { next: "wait", untilMs: turnMs } });
      expect(ask(breaker, turnMs, effect).entry).toMatchObject({ next: "send", permit: { probe: { index: 0, only: true } } });
    }
  });
});

describe("no verdict", () => {
  const late = sinceMs + 5 * leaseMs;

  test("for five leases opens it again, for twice as long, where a probe went and never came back", () => {
    const breaker = halfOpen(taken(late), free, free);
    expect(ask(breaker, late - 1).entry.next).toBe("send");
    const { breaker: next, entry } = ask(breaker, late);
    const openUntilMs = late + 2 * settings.openMs;
    expect(next).toEqual({ state: "open", generation: 4, opens: 2, openUntilMs });
    expect(entry).toEqual({ next: "wait", untilMs: openUntilMs });
  });

  test("is no reason to open where a probe passed, is still out, or none has gone", () => {
    for (const probes of [
      [passed, taken(late), free],
      [taken(late + 1), free, free],
      [{ ...free, leaseUntilMs: late }, free, free],
    ]) {
      expect(ask(halfOpen(...probes), late)).toMatchObject({ breaker: { state: "half_open" }, entry: { next: "send" } });
    }
  });
});

describe("the result of a probe", () => {
  const until = sinceMs + leaseMs;

  test("that passed keeps the breaker half open until all have, and then closes it with a clean window", () => {
    const one = settle(halfOpen(taken(until), passed, free), 0, "success");
    expect(one).toEqual(halfOpen({ passed: true, leaseUntilMs: sinceMs + 1_000, out: false }, passed, free));
    expect(settle(halfOpen(taken(until), passed, passed), 0, "success")).toEqual({ ...closedBreaker, generation: 4 });
  });

  test("closes it at once where the call went alone", () => {
    expect(settle(halfOpen(taken(until), free, free), 0, "success", { only: true })).toEqual({ ...closedBreaker, generation: 4 });
  });

  test("opens it again when it failed or was slow", () => {
    for (const [outcome, slow] of [
      ["failure", false],
      ["success", true],
    ] as const) {
      expect(settle(halfOpen(taken(until), passed, passed), 0, outcome, { slow })).toMatchObject({
        state: "open",
        generation: 4,
        opens: 2,
      });
    }
  });

  test("that says nothing of the remote is offered to the next call, at once", () => {
    for (const outcome of ["ignored", "unsent"] as const) {
      const breaker = settle(halfOpen(taken(until), passed, free), 0, outcome);
      const now = sinceMs + 1_000;
      const witnesses = outcome === "unsent" ? [{ worker: "a", atMs: now }] : [];
      expect(breaker).toEqual({ ...halfOpen({ ...free, leaseUntilMs: now }, passed, free), witnesses });
      expect(ask(breaker, now).entry).toMatchObject({ next: "send", permit: { probe: { index: 0 } } });
    }
  });

  test("counts once: handed in again, even as its lease ends, it decides nothing", () => {
    const done = settle(halfOpen(taken(until), free, free), 0, "success", { now: until });
    expect(settle(done as HalfOpen, 0, "failure", { now: until })).toBe(done); // safe: two of its probes are still to pass
  });

  test("of a lease that is not the probe's, or of no probe, decides nothing", () => {
    const breaker = halfOpen(taken(until), free, free);
    const call = { outcome: "failure", slow: false, settings, now: until, random: () => 0.5 } as const;
    for (const probe of [{ index: 0, leaseUntilMs: until - 1, only: false }, { index: 7, leaseUntilMs: until, only: false }, null]) {
      expect(settleCall(breaker, { ...call, permit: { generation: 3, probe } })).toBe(breaker);
    }
  });
});

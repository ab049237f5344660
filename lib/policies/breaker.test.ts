import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureClasses } from "#lib/shared/statuses.ts";
import {
  type Breaker,
  blockedUntil,
  type CallOutcome,
  closedBreaker,
  enter,
  isolate,
  isSlow,
  outcomeOf,
  type Permit,
  reset,
  settleCall,
} from "./breaker.ts";
import { policyDefaults, type ResolvedBreaker, type StepEffect } from "./defaults.ts";

const settings: ResolvedBreaker = policyDefaults.breaker;
const leaseMs = 35_000;
const random = () => 0.5;

/** A breaker with a clock, the way a connection's calls use it. */
class Bench {
  breaker: Breaker = closedBreaker;
  now = 1_000_000;

  enter(effect: StepEffect = "read") {
    const { breaker, entry } = enter(this.breaker, { settings, effect, leaseMs, now: this.now, random });
    this.breaker = breaker;
    return entry;
  }

  permit(): Permit {
    const entry = this.enter();
    if (entry.next !== "send") throw new Error(`not let through: ${JSON.stringify(entry)}`);
    return entry.permit;
  }

  settle(permit: Permit, outcome: CallOutcome, slow = false): void {
    this.breaker = settleCall(this.breaker, { permit, outcome, slow, settings, now: this.now, random });
  }

  calls(times: number, outcome: CallOutcome, slow = false): void {
    for (let call = 0; call < times; call++) this.settle(this.permit(), outcome, slow);
  }

  /** Fails until it opens, then waits for the time to probe. */
  halfOpen(): this {
    this.calls(settings.minCalls, "failure");
    expect(this.breaker.state).toBe("open");
    this.now = blockedUntil(this.breaker, this.now) ?? this.now;
    return this;
  }
}

describe("closed", () => {
  test("opens when at least half of at least twenty calls within the window failed", () => {
    const bench = new Bench();
    bench.calls(10, "success");
    bench.calls(9, "failure");
    expect(bench.breaker.state).toBe("closed");
    bench.calls(1, "failure");
    expect(bench.breaker).toMatchObject({ state: "open", generation: 2, openUntilMs: bench.now + settings.openMs });
  });

  test("few calls never open it, however they end", () => {
    const bench = new Bench();
    bench.calls(settings.minCalls - 1, "failure");
    expect(bench.breaker.state).toBe("closed");
  });

  test("old results are forgotten by time, not by traffic", () => {
    const bench = new Bench();
    bench.calls(settings.minCalls - 1, "failure");
    bench.now += settings.windowMs + 1_000;
    bench.calls(1, "failure");
    expect(bench.breaker).toMatchObject({ state: "closed", slots: [{ failed: 1 }] });
  });

  test("scenario 81: a remote that answers everything, but slowly, opens it", () => {
    const bench = new Bench();
    bench.calls(settings.minCalls, "success", isSlow(27_000, 30_000));
    expect(bench.breaker.state).toBe("open");
    const quick = new Bench();
    quick.calls(settings.minCalls, "success", isSlow(23_000, 30_000));
    expect(quick.breaker.state).toBe("closed");
  });

  test("scenario 82: requests that the remote refuses for what they are never open it", () => {
    const bench = new Bench();
    for (const name of ["permanent", "validation", "auth", "throttled", "conflict", "cancelled", "lost", "code"] as const)
      bench.calls(200, outcomeOf(name));
    expect(bench.breaker).toEqual(closedBreaker);
  });

  test("one that is switched off never opens", () => {
    let breaker = closedBreaker;
    const permit: Permit = { generation: 1, probe: null };
    for (let call = 0; call < 100; call++) {
      breaker = settleCall(breaker, { permit, outcome: "failure", slow: true, settings: { ...settings, enabled: false }, now: 0, random });
    }
    expect(breaker.state).toBe("closed");
  });

  test("keeps no more slots than its window has seconds", () => {
    const bench = new Bench();
    for (let call = 0; call < 300; call++) {
      bench.calls(1, "success");
      bench.now += 700;
    }
    expect(bench.breaker.state === "closed" && bench.breaker.slots.length).toBeLessThanOrEqual(60);
  });
});

describe("a network that fails", () => {
  const calls = (bench: Bench, worker: string, times: number, living = 2, outcome: CallOutcome = "unsent") => {
    for (let call = 0; call < times; call++) {
      const permit = bench.breaker.state === "closed" ? bench.permit() : null;
      const { now } = bench;
      if (permit) bench.breaker = settleCall(bench.breaker, { permit, outcome, slow: false, settings, now, random, worker, living });
    }
  };

  test("scenario 80 (the decision): opens nothing while only one of several workers sees it", () => {
    const bench = new Bench();
    calls(bench, "a", 500);
    calls(bench, "b", 10, 2, "success");
    expect(bench.breaker.state).toBe("closed");
    calls(bench, "b", 1);
    expect(bench.breaker.state).toBe("open");
  });

  test("is believed when there is no other worker to see it", () => {
    const bench = new Bench();
    calls(bench, "a", settings.minCalls, 1);
    expect(bench.breaker.state).toBe("open");
  });

  test("a witness is forgotten with the window", () => {
    const bench = new Bench();
    calls(bench, "b", 1);
    bench.now += settings.windowMs + 1_000;
    calls(bench, "a", 100);
    expect(bench.breaker.state).toBe("closed");
  });

  test("calls that failed at the remote open it by themselves, whatever one worker's network does", () => {
    const bench = new Bench();
    calls(bench, "a", 100);
    calls(bench, "a", settings.minCalls - 1, 2, "failure");
    expect(bench.breaker.state).toBe("closed");
    calls(bench, "a", 1, 2, "failure");
    expect(bench.breaker.state).toBe("open");
  });

  test("what failed before it left is known by its code", () => {
    expect(outcomeOf("unavailable", "dns_failed")).toBe("unsent");
    expect(outcomeOf("unavailable", "connect_refused")).toBe("unsent");
    expect(outcomeOf("unavailable", "tls_failed")).toBe("failure");
    expect(outcomeOf("unavailable", "http_503")).toBe("failure");
  });
});

describe("open", () => {
  test("scenario 77 (the decision): lets nothing through before its time, and tells when that is", () => {
    const bench = new Bench();
    bench.calls(settings.minCalls, "failure");
    const until = bench.now + settings.openMs;
    expect(blockedUntil(bench.breaker, bench.now)).toBe(until);
    expect(bench.enter()).toEqual({ next: "wait", untilMs: until });
    bench.now = until - 1;
    expect(bench.enter()).toEqual({ next: "wait", untilMs: until });
  });

  test("each time in a row it stays open twice as long, up to ten minutes, spread by a fifth", () => {
    const bench = new Bench().halfOpen();
    const times: number[] = [];
    for (let round = 0; round < 8; round++) {
      bench.settle(bench.permit(), "failure");
      const until = blockedUntil(bench.breaker, bench.now) ?? 0;
      times.push(until - bench.now);
      bench.now = until;
    }
    expect(times).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000, 600_000]);
    const spread = [0, 0.999].map((chance) => {
      const opened = settleCall(new Bench().breaker, {
        permit: { generation: 1, probe: null },
        outcome: "failure",
        slow: false,
        settings: { ...settings, minCalls: 1 },
        now: 0,
        random: () => chance,
      });
      return opened.state === "open" ? opened.openUntilMs : 0;
    });
    expect(spread).toEqual([24_000, 35_988]);
  });
});

describe("half open", () => {
  test("lets exactly three calls through, and closes when all of them pass", () => {
    const bench = new Bench().halfOpen();
    const permits = [bench.permit(), bench.permit(), bench.permit()];
    expect(bench.enter()).toEqual({ next: "wait", untilMs: bench.now + leaseMs });
    for (const permit of permits) bench.settle(permit, "success");
    expect(bench.breaker).toMatchObject({ state: "closed", opens: 0, slots: [] });
  });

  test("opens again at the first that fails, or is slow", () => {
    for (const [outcome, slow] of [
      ["failure", false],
      ["success", true],
    ] as const) {
      const bench = new Bench().halfOpen();
      const [first, second] = [bench.permit(), bench.permit()];
      bench.settle(first, "success");
      bench.settle(second, outcome, slow);
      expect(bench.breaker).toMatchObject({ state: "open", opens: 2 });
    }
  });

  test("a probe whose result says nothing gives its place back", () => {
    const bench = new Bench().halfOpen();
    for (let call = 0; call < 50; call++) bench.settle(bench.permit(), "ignored");
    expect(bench.breaker).toMatchObject({ state: "half_open", probes: Array(3).fill({ passed: false, out: false }) });
  });

  test("scenario 78: when all probes die with their workers it still closes after the remote is back", () => {
    const bench = new Bench().halfOpen();
    for (let probe = 0; probe < 3; probe++) bench.permit();
    bench.now += leaseMs;
    for (let probe = 0; probe < 3; probe++) bench.settle(bench.permit(), "success");
    expect(bench.breaker.state).toBe("closed");
  });

  test("a probe that comes back after its lease decides nothing: another call probes in its place", () => {
    const bench = new Bench().halfOpen();
    const late = bench.permit();
    bench.now += leaseMs;
    bench.permit();
    const before = bench.breaker;
    bench.settle(late, "failure");
    expect(bench.breaker).toEqual(before);
  });

  test("scenario 79: calls from before it opened decide nothing when they come back", () => {
    const bench = new Bench();
    const early = bench.permit();
    bench.halfOpen();
    bench.permit();
    const before = bench.breaker;
    bench.settle(early, "failure");
    bench.settle(early, "success");
    expect(bench.breaker).toEqual(before);
  });

  test("a call that must not be repeated is no probe, and waits for others to find out", () => {
    const bench = new Bench().halfOpen();
    for (const effect of ["unsafe", "reconcilable"] as const) expect(bench.enter(effect).next).toBe("wait");
    for (const effect of ["read", "natural", "keyed"] as const) expect(bench.enter(effect).next).toBe("send");
  });

  test("where only calls come that must not be repeated, one goes alone after a lease, and its verdict decides", () => {
    for (const outcome of ["success", "failure"] as const) {
      const bench = new Bench().halfOpen();
      expect(bench.enter("unsafe")).toEqual({ next: "wait", untilMs: bench.now + leaseMs });
      bench.now += leaseMs;
      const entry = bench.enter("unsafe");
      if (entry.next !== "send") throw new Error("it may try");
      expect(bench.enter("unsafe").next).toBe("wait");
      bench.settle(entry.permit, outcome);
      expect(bench.breaker).toMatchObject(outcome === "success" ? { state: "closed", opens: 0 } : { state: "open", opens: 2 });
    }
  });

  test("while others probe, a call that must not be repeated waits for them", () => {
    const bench = new Bench().halfOpen();
    bench.now += leaseMs - 1;
    const permit = bench.permit();
    bench.now += 1;
    expect(bench.enter("unsafe").next).toBe("wait");
    bench.settle(permit, "ignored");
    expect(bench.enter("unsafe")).toEqual({ next: "wait", untilMs: bench.now + leaseMs });
  });

  test("where calls are rare it goes on probing, however long that takes", () => {
    const bench = new Bench().halfOpen();
    bench.settle(bench.permit(), "ignored");
    bench.now += 100 * leaseMs;
    expect(bench.enter().next).toBe("send");
  });

  test("a probe that never left decides nothing until another worker sees the same", () => {
    const bench = new Bench().halfOpen();
    const settle = (worker: string) => {
      const permit = bench.permit();
      const { now } = bench;
      bench.breaker = settleCall(bench.breaker, { permit, outcome: "unsent", slow: false, settings, now, random, worker, living: 2 });
    };
    settle("a");
    settle("a");
    expect(bench.breaker.state).toBe("half_open");
    settle("b");
    expect(bench.breaker).toMatchObject({ state: "open", opens: 2 });
  });

  test("without a verdict for five leases it opens again", () => {
    const bench = new Bench().halfOpen();
    bench.permit();
    bench.now += 5 * leaseMs;
    expect(bench.enter().next).toBe("wait");
    expect(bench.breaker).toMatchObject({ state: "open", opens: 2 });
  });
});

describe("by hand", () => {
  test("isolated lets nothing through, whatever time passes and whatever comes back, until it is closed", () => {
    const bench = new Bench();
    const permit = bench.permit();
    bench.breaker = isolate(bench.breaker, "the secret was revoked");
    bench.now += 1e9;
    bench.settle(permit, "success");
    expect(bench.enter()).toEqual({ next: "isolated", reason: "the secret was revoked" });
    bench.breaker = reset(bench.breaker);
    expect(bench.enter().next).toBe("send");
  });
});

test("every failure class has an outcome, and only those of the remote's health are failures", () => {
  expect(outcomeOf(null)).toBe("success");
  expect(failureClasses.filter((name) => outcomeOf(name) === "failure")).toEqual(["unavailable", "transient", "timeout"]);
});

test("whatever happens: never more than three probes are out at once, transitions raise the generation, and it is never stuck", () => {
  const event = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("enter" as const),
        effect: fc.constantFrom<StepEffect>("read", "natural", "keyed", "unsafe"),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("settle" as const),
        pick: fc.nat(),
        outcome: fc.constantFrom<CallOutcome>("success", "failure", "unsent", "ignored"),
        slow: fc.boolean(),
        worker: fc.constantFrom("a", "b"),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("lose" as const), pick: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.nat(60_000) }) },
  );
  const quick: ResolvedBreaker = { ...settings, minCalls: 2 };
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      let breaker = closedBreaker;
      let now = 0;
      const out: Permit[] = [];
      const step = (next: Breaker) => {
        expect(next.generation).toBeGreaterThanOrEqual(breaker.generation);
        if (next.state !== breaker.state) expect(next.generation).toBeGreaterThan(breaker.generation);
        breaker = JSON.parse(JSON.stringify(next));
      };
      for (const happened of events) {
        if (happened.kind === "time") now += happened.ms;
        if (happened.kind === "lose") out.splice(happened.pick % (out.length + 1), 1);
        if (happened.kind === "enter") {
          const { breaker: next, entry } = enter(breaker, { settings: quick, effect: happened.effect, leaseMs, now, random });
          step(next);
          if (entry.next === "send") out.push(entry.permit);
          if (entry.next === "wait") expect(entry.untilMs).toBeGreaterThan(now);
        }
        if (happened.kind === "settle") {
          const [permit] = out.splice(happened.pick % (out.length + 1), 1);
          const { outcome, slow, worker } = happened;
          if (permit) step(settleCall(breaker, { permit, outcome, slow, worker, living: 2, settings: quick, now, random }));
        }
        const probing = out.filter(
          (permit) => permit.generation === breaker.generation && permit.probe !== null && permit.probe.leaseUntilMs > now,
        );
        if (breaker.state === "half_open") expect(probing.length).toBeLessThanOrEqual(3);
      }
      // From wherever it stands, a healthy remote closes it.
      for (let tries = 0; tries < 10 && breaker.state !== "closed"; tries++) {
        now = Math.max(now, blockedUntil(breaker, now) ?? now);
        const { breaker: next, entry } = enter(breaker, { settings: quick, effect: "read", leaseMs, now, random });
        step(next);
        if (entry.next === "send")
          step(settleCall(breaker, { permit: entry.permit, outcome: "success", slow: false, settings: quick, now, random }));
      }
      expect(breaker.state).toBe("closed");
    }),
    { numRuns: 300 },
  );
});

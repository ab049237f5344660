import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Breaker, type CallOutcome, closedBreaker, isolate, isSlow, reset, settleCall } from "./breaker.ts";
import { policyDefaults, type ResolvedBreaker } from "./defaults.ts";

/* When a closed breaker opens, to the call and to the second. */

interface Call {
  /** In seconds. */
  at: number;
  outcome: CallOutcome;
  slow?: boolean;
  worker?: string;
}

const defaults: ResolvedBreaker = { ...policyDefaults.breaker, windowMs: 10_000, minCalls: 4, failureRatio: 0.5 };

/** Each call begins and ends at its time; those that end after the breaker opened count no more. */
function madeOf(calls: readonly Call[], over: Partial<ResolvedBreaker> = {}, living = 1): Breaker {
  const settings = { ...defaults, ...over };
  return calls.reduce<Breaker>((breaker, { at, outcome, slow = false, worker = "a" }) => {
    const permit = { generation: 1, probe: null };
    return settleCall(breaker, { permit, outcome, slow, settings, now: at * 1_000, random: () => 0.5, worker, living });
  }, closedBreaker);
}

const many = (times: number, call: Call): Call[] => Array.from({ length: times }, () => call);

describe("the window", () => {
  const opened = (lastAt: number, over: Partial<ResolvedBreaker> = {}) =>
    madeOf([...many(3, { at: 100, outcome: "failure" }), { at: lastAt, outcome: "failure" }], over).state === "open";

  test("holds as many seconds as it says, the one that goes on among them", () => {
    expect(opened(109.9)).toBe(true);
    expect(opened(110)).toBe(false);
  });

  test("counts a part of a second as a whole one, and is never shorter than that", () => {
    expect(opened(102, { windowMs: 2_001 })).toBe(true);
    expect(opened(102, { windowMs: 2_000 })).toBe(false);
    expect(opened(100.9, { windowMs: 0 })).toBe(true);
    expect(opened(101, { windowMs: 0 })).toBe(false);
  });

  test("keeps one slot a second, whatever came when", () => {
    const calls: Call[] = [
      { at: 100, outcome: "success", slow: true },
      { at: 100.5, outcome: "failure" },
      { at: 101, outcome: "unsent", worker: "a" },
      { at: 101, outcome: "success" },
      { at: 101, outcome: "ignored", slow: true },
    ];
    expect(madeOf(calls, { minCalls: 100 }, 2)).toEqual({
      ...closedBreaker,
      slots: [
        { second: 100, ok: 1, failed: 1, slow: 1, unsent: 0 },
        { second: 101, ok: 1, failed: 0, slow: 0, unsent: 1 },
      ],
      witnesses: [{ worker: "a", atMs: 101_000 }],
    });
  });
});

describe("slow answers", () => {
  test("are those that take four fifths of the time-out or longer", () => {
    expect(isSlow(24_000, 30_000)).toBe(true);
    expect(isSlow(23_999, 30_000)).toBe(false);
  });

  test("open the breaker when all are slow, and not while one was quick", () => {
    const slow: Call = { at: 100, outcome: "success", slow: true };
    expect(madeOf(many(3, slow)).state).toBe("closed");
    expect(madeOf(many(4, slow)).state).toBe("open");
    expect(madeOf([{ ...slow, slow: false }, ...many(30, slow)]).state).toBe("closed");
  });

  test("are measured against those that were answered, not against those that never left", () => {
    const unsent: Call = { at: 100, outcome: "unsent", worker: "a" };
    const sent = many(3, { at: 100, outcome: "success" });
    expect(madeOf([...sent, ...many(2, unsent)], {}, 1).state).toBe("closed");
    expect(madeOf([...sent.map((call) => ({ ...call, slow: true })), unsent], {}, 1).state).toBe("open");
  });
});

describe("calls that never left", () => {
  const unsent = (worker: string, at = 100): Call => ({ at, outcome: "unsent", worker });

  test("are believed of two workers, of one only when no other lives", () => {
    expect(madeOf(many(9, unsent("a")), {}, 1).state).toBe("open");
    expect(madeOf(many(9, unsent("a")), {}, 2).state).toBe("closed");
    expect(madeOf([...many(3, unsent("a")), unsent("b")], {}, 2).state).toBe("open");
    expect(madeOf(many(9, { at: 100, outcome: "unsent" })).state).toBe("open");
  });

  test("are forgotten as a witness when the window has passed since the worker's last", () => {
    const seen = (at: number) => madeOf([unsent("a"), ...many(4, unsent("b", at))], {}, 2).state;
    expect(seen(109.999)).toBe("open");
    expect(seen(110)).toBe("closed");
    const again = madeOf([unsent("a"), unsent("a", 105), ...many(4, unsent("b", 112))], {}, 2);
    expect(again.state).toBe("open");
  });

  test("count as failures among all calls once they are believed", () => {
    const good = many(3, { at: 100, outcome: "success" });
    expect(madeOf([...good, unsent("a"), unsent("b")], {}, 2).state).toBe("closed");
    expect(madeOf([...good, unsent("a"), unsent("b"), unsent("b")], {}, 2).state).toBe("open");
    expect(madeOf([...good, ...many(2, { at: 100, outcome: "failure" }), unsent("a")], {}, 1).state).toBe("open");
  });
});

describe("the time it stays open", () => {
  const openMs = (opens: number, over: Partial<ResolvedBreaker>, chance = 0.5) => {
    const settings = { ...defaults, minCalls: 1, ...over };
    const call = { permit: { generation: 1, probe: null }, outcome: "failure", slow: false, settings, now: 0 } as const;
    const breaker = settleCall({ ...closedBreaker, opens }, { ...call, random: () => chance });
    return breaker.state === "open" ? breaker.openUntilMs : Number.NaN;
  };

  test("is never shorter than what the author asked for, and not doubled beyond ten minutes", () => {
    expect([0, 1, 5].map((opens) => openMs(opens, { openMs: 3_600_000 }))).toEqual([3_600_000, 3_600_000, 3_600_000]);
    expect([0, 1, 2].map((opens) => openMs(opens, { openMs: 200_000 }))).toEqual([200_000, 400_000, 600_000]);
  });

  test("is a whole number of ms, and a time however often it has opened", () => {
    expect(openMs(0, { openMs: 1_001 }, 0.123)).toBe(850);
    expect(openMs(5_000, { openMs: 1_000 })).toBe(600_000);
    expect(openMs(5_000, { openMs: 0 })).toBe(0);
  });
});

test("isolating and closing by hand begin a new generation, so that calls from before count no more", () => {
  const { generation } = closedBreaker;
  const isolated = isolate({ ...closedBreaker, opens: 3 }, "revoked");
  expect(isolated).toEqual({ state: "isolated", generation: generation + 1, opens: 0, reason: "revoked" });
  const closed = reset(isolated);
  expect(closed).toEqual({ ...closedBreaker, generation: generation + 2 });
  const call = { outcome: "failure", slow: false, settings: defaults, now: 0, random: () => 0 } as const;
  for (const before of [generation, generation + 1]) {
    expect(settleCall(closed, { ...call, permit: { generation: before, probe: null } })).toBe(closed);
  }
});

test("whatever was called when, it opens at the very call with which its window holds too many bad ones", () => {
  const call = fc.record({
    gap: fc.constantFrom(0, 0, 0.3, 1, 2.5),
    outcome: fc.constantFrom<CallOutcome>("success", "success", "failure", "unsent", "ignored"),
    slow: fc.boolean(),
  });
  const over = fc.record({
    windowMs: fc.constantFrom(500, 1_000, 2_500, 10_000),
    minCalls: fc.integer({ min: 1, max: 6 }),
    failureRatio: fc.constantFrom(0.25, 0.5, 1),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), over, (gaps, limits) => {
      let at = 50;
      const calls = gaps.map(({ gap, outcome, slow }) => {
        at += gap;
        return { at, outcome, slow: slow && outcome === "success" };
      });
      const seconds = Math.ceil(limits.windowMs / 1_000);
      const isBad = (_: Call, index: number) => {
        const now = Math.floor(calls[index]?.at ?? 0);
        const within = calls.slice(0, index + 1).filter((each) => now - Math.floor(each.at) < seconds && each.outcome !== "ignored");
        const failed = within.filter((each) => each.outcome !== "success").length;
        const answered = within.filter((each) => each.outcome !== "unsent");
        const allSlow = answered.length > 0 && answered.every((each) => each.slow);
        return within.length >= limits.minCalls && (failed / within.length >= limits.failureRatio || allSlow);
      };
      const opensAt = calls.findIndex((each, index) => each.outcome !== "ignored" && isBad(each, index));
      const states = calls.map((_, index) => madeOf(calls.slice(0, index + 1), limits).state);
      expect(states.indexOf("open")).toBe(opensAt);
    }),
  );
});

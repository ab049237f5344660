import fc from "fast-check";
import { expect, test } from "vitest";
import { countOwn, type OwnSlot } from "./breaker.ts";
import { policyDefaults, type ResolvedBreaker } from "./defaults.ts";

/* What a worker counts of its own calls, to tell whether its own network is at fault. */

const settings: ResolvedBreaker = { ...policyDefaults.breaker, windowMs: 10_000, minCalls: 4, failureRatio: 0.5 };
const at = (second: number, sent: number, unsent: number): OwnSlot => ({ second, sent, unsent });

/** Counts one after the other, and tells what the last came to. */
function counted(slots: OwnSlot[], over: Partial<ResolvedBreaker> = {}) {
  return slots.reduce((before, slot) => countOwn(before.slots, slot, { ...settings, ...over }), {
    slots: [] as OwnSlot[],
    cutOff: false,
  });
}

test("a worker is cut off from the share of lost calls on, and not below it", () => {
  expect(counted([at(1, 5, 5)]).cutOff).toBe(true);
  expect(counted([at(1, 6, 5)]).cutOff).toBe(false);
  expect(counted([at(1, 3, 1), at(2, 0, 2)]).cutOff).toBe(true);
  expect(counted([at(1, 4, 1), at(2, 0, 2)]).cutOff).toBe(false);
});

test("few calls tell nothing: those that left and those that did not are enough together", () => {
  expect(counted([at(1, 0, 3)]).cutOff).toBe(false);
  expect(counted([at(1, 0, 4)]).cutOff).toBe(true);
  expect(counted([at(1, 2, 1)], { failureRatio: 0.1 }).cutOff).toBe(false);
  expect(counted([at(1, 2, 2)]).cutOff).toBe(true);
});

test("a worker that loses no call is never cut off", () => {
  expect(counted([at(1, 1_000, 0)], { failureRatio: 0.01, minCalls: 1 }).cutOff).toBe(false);
});

test("what is older than the window is forgotten, a part of a second counting as one", () => {
  const kept = (windowMs: number) => counted([1, 2, 3, 4].map((second) => at(second, 1, 0)).concat(at(5, 0, 1)), { windowMs }).slots;
  expect(kept(3_000).map(({ second }) => second)).toEqual([3, 4, 5]);
  expect(kept(2_001).map(({ second }) => second)).toEqual([3, 4, 5]);
  expect(kept(2_000).map(({ second }) => second)).toEqual([4, 5]);
  expect(kept(0)).toEqual([at(5, 0, 1)]);
});

test("whatever is counted when: what is kept is what lies in the window, and it alone decides", () => {
  const slot = fc.record({ gap: fc.nat(4), sent: fc.nat(5), unsent: fc.nat(5) });
  const over = fc.record({
    windowMs: fc.constantFrom(0, 500, 1_000, 2_500, 10_000),
    minCalls: fc.integer({ min: 1, max: 20 }),
    failureRatio: fc.constantFrom(0.1, 0.5, 1),
  });
  fc.assert(
    fc.property(fc.array(slot, { minLength: 1, maxLength: 20 }), over, (gaps, limits) => {
      let second = 0;
      const all = gaps.map(({ gap, sent, unsent }) => {
        second += gap;
        return at(second, sent, unsent);
      });
      const { slots, cutOff } = counted(all, limits);
      const seconds = limits.windowMs < 1_000 ? 1 : Math.ceil(limits.windowMs / 1_000);
      const within = all.filter((each) => second - each.second < seconds);
      expect(slots).toEqual(within);
      let lost = 0;
      let calls = 0;
      for (const { sent, unsent } of within) {
        lost += unsent;
        calls += sent + unsent;
      }
      expect(cutOff).toBe(calls >= limits.minCalls && lost / calls >= limits.failureRatio);
    }),
  );
});

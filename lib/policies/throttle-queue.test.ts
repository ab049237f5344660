import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ageingMs, aheadOf, classOf, placeOf, runPriorities } from "./throttle-queue.ts";

test("a run's priority is ordered as jobs are, its class the other way round, in five classes", () => {
  expect([-9, runPriorities.high, -1, runPriorities.normal, 1, runPriorities.low, 9].map((priority) => classOf(priority))).toEqual([
    2, 2, 1, 0, -1, -2, -2,
  ]);
  expect([classOf(0, "low"), classOf(1, "high"), classOf(-2, "high"), classOf(-2, "low")]).toEqual([-2, 1, 2, 0]);
});

test("five minutes of waiting are worth one class", () => {
  const waited = placeOf({ askedAtMs: 0, priority: 0 });
  expect(placeOf({ askedAtMs: ageingMs - 1, priority: 1 })).toBeLessThan(waited);
  expect(placeOf({ askedAtMs: ageingMs + 1, priority: 1 })).toBeGreaterThan(waited);
});

const call = (askedAtMs: number, priority: number) => ({ queuedAtMs: placeOf({ askedAtMs, priority }), priority, cost: 1 });

describe("in the queue", () => {
  test("calls of one class are served as they came", () => {
    const others = [1, 2, 3].map((at) => call(at, 0));
    expect(aheadOf(call(4, 0), others)).toBe(3);
    expect(aheadOf(call(0, 0), others)).toBe(0);
  });

  test("who comes before counts with what it costs", () => {
    const others = [1, 2, 3].map((at) => ({ ...call(at, 0), cost: at }));
    expect(aheadOf(call(4, 0), others)).toBe(6);
    expect(aheadOf(call(10 * ageingMs, 2), [{ ...call(0, -2), cost: 5 }])).toBe(1);
  });

  test("scenario 68 (the decision): an urgent call comes before a backlog, and after one call of it when that is old", () => {
    const fresh = Array.from({ length: 10_000 }, (_, at) => call(at, -2));
    expect(aheadOf(call(20_000, 2), fresh)).toBe(0);
    expect(aheadOf(call(10 * ageingMs, 2), fresh)).toBe(1);
    const urgent = [1, 2, 3].map((at) => call(10 * ageingMs + at, 2));
    expect(aheadOf(call(10 * ageingMs + 4, 2), [...fresh, ...urgent])).toBe(3 + 4);
  });

  test("nobody starves: under an endless stream of urgent calls the backlog is served as well, and the urgent are hardly held up", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), (backlog, perTick) => {
        const tickMs = 60_000;
        let waiting = Array.from({ length: backlog }, (_, no) => ({ ...call(0, -2), askedAtMs: 0, no }));
        for (let tick = 0; tick < 200 && waiting.some((each) => each.priority < 0); tick++) {
          const now = tick * tickMs;
          const urgent = Array.from({ length: perTick }, (_, no) => ({ ...call(now, 2), askedAtMs: now, no: 1_000 + tick * 10 + no }));
          waiting = [...waiting, ...urgent];
          // Each tick has room for as many as arrive and one more.
          const served = waiting
            .map((each) => ({
              each,
              ahead: aheadOf(
                each,
                waiting.filter((other) => other !== each),
              ),
            }))
            .sort((a, b) => a.ahead - b.ahead || a.each.queuedAtMs - b.each.queuedAtMs)
            .slice(0, perTick + 1)
            .map(({ each }) => each);
          waiting = waiting.filter((each) => !served.includes(each));
          for (const each of waiting) if (each.priority > 0) expect(now - each.askedAtMs).toBeLessThanOrEqual(backlog * tickMs);
        }
        expect(waiting.filter((each) => each.priority < 0)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideRedrive, type RedriveState, timeUnderWindows } from "./redrive.ts";

const fresh: RedriveState = {
  status: "running",
  waiting: 100,
  running: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  ratePerSecond: 5,
  canary: 0,
  canaryPassed: false,
  stopAfterFailures: null,
  failuresBase: 0,
  nextAtMs: 0,
  now: 0,
};

describe("a bulk redrive", () => {
  test("keeps its velocity however often and however late it is asked, and makes up for an absence by one second at most", () => {
    const asks = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(asks, fc.double({ min: 0.1, max: 500, noNaN: true }), (gaps, ratePerSecond) => {
        let state: RedriveState = { ...fresh, waiting: 1_000_000, ratePerSecond };
        const released: { at: number; n: number }[] = [];
        for (const gap of gaps) {
          state = { ...state, now: state.now + gap };
          const decision = decideRedrive(state);
          released.push({ at: state.now, n: decision.release });
          // All succeed at once, so that only the rate holds.
          state = {
            ...state,
            waiting: state.waiting - decision.release,
            succeeded: state.succeeded + decision.release,
            nextAtMs: decision.nextAtMs,
          };
        }
        for (const [from, first] of released.entries()) {
          let sum = 0;
          for (const later of released.slice(from)) {
            sum += later.n;
            expect(sum).toBeLessThanOrEqual(((later.at - first.at + 1_000) / 1_000) * ratePerSecond + 1 + 1e-6);
          }
        }
      }),
    );
  });

  test("asked whenever it wants to be, reaches its rate", () => {
    let state = { ...fresh, waiting: 10_000, ratePerSecond: 50 };
    while (state.now < 10_000) {
      const decision = decideRedrive(state);
      state = {
        ...state,
        waiting: state.waiting - decision.release,
        succeeded: state.succeeded + decision.release,
        nextAtMs: decision.nextAtMs,
        now: decision.lookAgainAtMs ?? 0,
      };
    }
    expect(state.succeeded).toBeGreaterThanOrEqual(490);
  });

  test("releases nothing while paused or canceled, but looks after what is under way", () => {
    for (const status of ["paused", "canceled"] as const) {
      expect(decideRedrive({ ...fresh, status, running: 2, now: 100 })).toMatchObject({ release: 0, lookAgainAtMs: 600, finished: false });
      expect(decideRedrive({ ...fresh, status, now: 100 })).toMatchObject({ release: 0, lookAgainAtMs: null, finished: false });
    }
  });

  test("lets a canary go first and waits for it, whatever the rate", () => {
    const state = { ...fresh, ratePerSecond: 1_000, canary: 3, now: 10_000 };
    expect(decideRedrive(state).release).toBe(3);
    const tried = { ...state, waiting: 97, running: 1, succeeded: 2 };
    expect(decideRedrive(tried)).toMatchObject({ release: 0, pause: null, canaryPassed: false });
    expect(decideRedrive({ ...tried, running: 0, succeeded: 3 })).toMatchObject({ release: 97, canaryPassed: true });
    expect(decideRedrive({ ...tried, running: 0, failed: 1 })).toMatchObject({ release: 0, pause: "canary_failed" });
    // Somebody has looked and let it go on.
    expect(decideRedrive({ ...tried, running: 0, failed: 1, failuresBase: 1 }).release).toBe(97);
  });

  test("stops at so many failures since somebody last let it go on", () => {
    const state = { ...fresh, stopAfterFailures: 3, failed: 3 };
    expect(decideRedrive(state)).toMatchObject({ release: 0, pause: "too_many_failures" });
    expect(decideRedrive({ ...state, failuresBase: 3 }).pause).toBeNull();
  });

  test("is finished when nothing waits and nothing runs, and not before", () => {
    expect(decideRedrive({ ...fresh, waiting: 0, running: 1 }).finished).toBe(false);
    for (const status of ["running", "paused", "canceled"] as const) {
      expect(decideRedrive({ ...fresh, status, waiting: 0 }).finished).toBe(true);
    }
  });

  test("keeps no more than 1,000 items under way", () => {
    expect(decideRedrive({ ...fresh, waiting: 5_000, ratePerSecond: 1_000, running: 900, now: 10_000 }).release).toBe(100);
    expect(decideRedrive({ ...fresh, waiting: 5_000, ratePerSecond: 1_000, running: 1_000, now: 10_000 })).toMatchObject({
      release: 0,
      lookAgainAtMs: 10_500,
    });
  });
});

test("the time under a limit is that of its narrowest window", () => {
  const windows = [
    { limit: 10, perMs: 1_000 },
    { limit: 100, perMs: 60_000 },
  ];
  expect(timeUnderWindows(10, windows)).toBe(0);
  expect(timeUnderWindows(11, windows)).toBe(1_000);
  expect(timeUnderWindows(201, windows)).toBe(120_000);
  expect(timeUnderWindows(0, windows)).toBe(0);
  expect(timeUnderWindows(5, [])).toBe(0);
});

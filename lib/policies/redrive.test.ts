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
      expect(decision.lookAgainAtMs).toBeGreaterThan(state.now);
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

  test("releases the next at the very moment the rate allows it, and looks again then", () => {
    const state = { ...fresh, ratePerSecond: 2, nextAtMs: 1_000 };
    expect(decideRedrive({ ...state, now: 99 })).toMatchObject({ release: 0, nextAtMs: 1_000, lookAgainAtMs: 1_000 });
    expect(decideRedrive({ ...state, now: 999 })).toMatchObject({ release: 0, nextAtMs: 1_000, lookAgainAtMs: 1_199 });
    expect(decideRedrive({ ...state, now: 1_000 })).toMatchObject({ release: 1, nextAtMs: 1_500, lookAgainAtMs: 1_500, finished: false });
    expect(decideRedrive({ ...state, now: 1_600 })).toMatchObject({ release: 2, nextAtMs: 2_000, lookAgainAtMs: 2_000 });
  });

  test("what is held back by more than the rate is not made up for at once", () => {
    const trial = { ...fresh, canary: 1, now: 10_000, ratePerSecond: 2 };
    expect(decideRedrive(trial)).toMatchObject({ release: 1, nextAtMs: 10_500, lookAgainAtMs: 10_500 });
    expect(decideRedrive({ ...trial, ratePerSecond: 1_000 })).toMatchObject({ release: 1, nextAtMs: 10_001, lookAgainAtMs: 10_200 });
    expect(decideRedrive({ ...trial, running: 1 })).toMatchObject({ release: 0, nextAtMs: 0 });
  });

  test("lets a canary go first and waits for it, whatever the rate", () => {
    const state = { ...fresh, ratePerSecond: 1_000, canary: 3, now: 10_000 };
    expect(decideRedrive(state).release).toBe(3);
    const tried = { ...state, waiting: 97, running: 1, succeeded: 2 };
    expect(decideRedrive({ ...state, waiting: 98, running: 1, succeeded: 1 }).release).toBe(1);
    expect(decideRedrive(tried)).toMatchObject({ release: 0, pause: null, canaryPassed: false, lookAgainAtMs: 10_500 });
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
    expect(decideRedrive({ ...fresh, waiting: 0, running: 1 })).toMatchObject({ finished: false, release: 0, lookAgainAtMs: 500 });
    for (const status of ["running", "paused", "canceled"] as const) {
      expect(decideRedrive({ ...fresh, status, waiting: 0 }).finished).toBe(true);
    }
  });

  test("keeps no more than 1,000 items under way", () => {
    expect(decideRedrive({ ...fresh, waiting: 5_000, ratePerSecond: 1_000, running: 900, now: 10_000 })).toMatchObject({
      release: 100,
      lookAgainAtMs: 10_500,
    });
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

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acquire, type BucketState, dueAt, emptyLog, maxGroups, recordGrant, turnOf, type Window, type WindowLog } from "./throttle.ts";
import { type LoweredLevel, levelAt, slowDown } from "./throttle-level.ts";

const never = Number.NEGATIVE_INFINITY;

/** The most grants that any half-open window of this length holds. */
function busiest(times: readonly number[], periodMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  sorted.forEach((at, index) => {
    while (at - (sorted[first] ?? 0) >= periodMs) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

const windowOf = (limits: fc.Arbitrary<number>) => fc.record({ limit: limits, periodMs: fc.integer({ min: 100, max: 5_000 }) });
const anyWindow = windowOf(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 150, max: 1_200 })));
const gaps = (maxLength: number) => fc.array(fc.oneof(fc.constant(0), fc.nat(30), fc.nat(3_000)), { maxLength });

/** Calls that come after these gaps; whoever is parked comes back when told. */
function play(windows: readonly Window[], arrivals: readonly number[], horizonMs: number): number[] {
  let logs: WindowLog[] = windows.map(() => emptyLog);
  let now = 1_000_000;
  const granted: number[] = [];
  for (const gap of arrivals) {
    now += gap;
    for (;;) {
      const bucket: BucketState = {
        id: "b",
        blockedUntilMs: never,
        ahead: 0,
        windows: windows.map((window, i) => ({ window, log: logs[i] ?? emptyLog })),
      };
      const result = acquire([bucket], { now, horizonMs });
      if (result.status === "park") {
        now = result.wakeAtMs;
        continue;
      }
      granted.push(result.atMs);
      logs = windows.map((window, i) => recordGrant(logs[i] ?? emptyLog, window, { atMs: result.atMs, now }));
      break;
    }
  }
  return granted;
}

describe("a bucket", () => {
  test("never grants more than its limit in any window, for several windows at once", () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 3 }), gaps(300), fc.nat(2_000), (windows, arrivals, horizonMs) => {
        const granted = play(windows, arrivals, horizonMs);
        for (const window of windows) expect(busiest(granted, window.periodMs)).toBeLessThanOrEqual(window.limit);
      }),
    );
  });

  test("never grants more than its limit when other buckets push grants into the future, out of order", () => {
    const limits = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 201, max: 280 }));
    const call = fc.record({ gap: fc.oneof(fc.constant(0), fc.nat(20)), pushed: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(1_000)) });
    fc.assert(
      fc.property(windowOf(limits), fc.array(call, { minLength: 300, maxLength: 900 }), (window, calls) => {
        let log = emptyLog;
        let now = 0;
        const granted: number[] = [];
        for (const { gap, pushed } of calls) {
          now += gap;
          const atMs = dueAt(log, window, { from: now + pushed, ahead: 0 });
          if (atMs > now + 1_000) continue;
          granted.push(atMs);
          log = recordGrant(log, window, { atMs, now });
        }
        expect(busiest(granted, window.periodMs)).toBeLessThanOrEqual(window.limit);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  test("never grants more than its limit whatever pauses, refusals and places in the queue come between", () => {
    const event = fc.record({
      gap: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(2_000)),
      pauseMs: fc.option(fc.nat(3_000), { freq: 10 }),
      refused: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, { arbitrary: fc.constant(true), weight: 1 }),
      ahead: fc.oneof(fc.constant(0), fc.nat(5)),
    });
    fc.assert(
      fc.property(anyWindow, fc.array(event, { maxLength: 300 }), fc.nat(1_000), (window, events, horizonMs) => {
        let log = emptyLog;
        let lowered: LoweredLevel | null = null;
        let blockedUntilMs = never;
        let now = 0;
        const granted: number[] = [];
        for (const { gap, pauseMs, refused, ahead } of events) {
          now += gap;
          if (refused) lowered = slowDown(lowered, window, { grantedAtMs: now, now });
          const level = { ...window, limit: levelAt(lowered, window, now) };
          if (pauseMs !== null) blockedUntilMs = Math.max(blockedUntilMs, now + pauseMs);
          const result = acquire([{ id: "b", blockedUntilMs, ahead, windows: [{ window: level, log }] }], { now, horizonMs });
          if (result.status === "park") continue;
          expect(result.atMs).toBeGreaterThanOrEqual(blockedUntilMs);
          granted.push(result.atMs);
          log = recordGrant(log, level, { atMs: result.atMs, now });
        }
        expect(busiest(granted, window.periodMs)).toBeLessThanOrEqual(window.limit);
      }),
    );
  });

  test("starts smoothly after a pause: one period's calls come evenly, and then the burst is back", () => {
    const window = { limit: 10, periodMs: 1_000 };
    const bucket = (log: WindowLog): BucketState => ({ id: "b", blockedUntilMs: 5_000, ahead: 0, windows: [{ window, log }] });
    let log = emptyLog;
    const times: number[] = [];
    for (let now = 4_000; times.length < 10; ) {
      const at = turnOf(bucket(log), now);
      now = at;
      times.push(at);
      log = recordGrant(log, window, { atMs: at, now });
    }
    expect(times.map((at) => at - 5_000)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(Array.from({ length: 5 }, () => turnOf(bucket(emptyLog), 9_000))).toEqual([9_000, 9_000, 9_000, 9_000, 9_000]);
    // A limit for a day is not stretched over a day: its calls come within a minute.
    const daily: BucketState = { ...bucket(emptyLog), windows: [{ window: { limit: 6, periodMs: 86_400_000 }, log: emptyLog }] };
    expect([0, 1, 5, 6].map((ahead) => turnOf({ ...daily, ahead }, 4_000) - 5_000)).toEqual([0, 10_000, 50_000, 86_400_000]);
  });

  test("grants the whole limit at once when it was idle", () => {
    fc.assert(
      fc.property(anyWindow, (window) => {
        const granted = play(
          [window],
          Array.from({ length: window.limit }, () => 0),
          0,
        );
        expect(new Set(granted).size).toBe(1);
      }),
      { numRuns: 30 },
    );
  });

  test("reaches its full rate under steady load", () => {
    fc.assert(
      fc.property(windowOf(fc.integer({ min: 1, max: 1_000 })), (window) => {
        const granted = play(
          [window],
          Array.from({ length: window.limit * 5 }, () => 0),
          0,
        );
        const span = Math.max(...granted) - Math.min(...granted);
        expect(span).toBeLessThanOrEqual(4 * window.periodMs);
      }),
      { numRuns: 30 },
    );
  });

  test("keeps at most 200 entries for its window, however high the limit", () => {
    const window = { limit: 10_000, periodMs: 1_000 };
    let log = emptyLog;
    for (let call = 0; call < 25_000; call++) {
      const at = 1_000 + Math.floor(call / 10);
      log = recordGrant(log, window, { atMs: at, now: at });
    }
    expect(log.groups.length).toBeLessThanOrEqual(200);
  });

  test("kept in groups, holds a call back only when its window is full but for less than one group", () => {
    const many = windowOf(fc.integer({ min: 201, max: 3_000 }));
    fc.assert(
      fc.property(many, fc.array(fc.oneof(fc.constant(0), fc.nat(40)), { minLength: 50, maxLength: 50 }), (window, gaps) => {
        const grain = Math.ceil(window.limit / maxGroups);
        let log = emptyLog;
        let now = 0;
        const granted: number[] = [];
        for (let call = 0; call < window.limit * 2.5; call++) {
          now += Math.ceil((gaps[call % gaps.length] ?? 0) / 20); // whole ms, as sums of fractions do not come out even
          const due = dueAt(log, window, { from: now, ahead: 0 });
          if (due > now) {
            // Just before its time all but one group of the window are taken.
            const used = granted.filter((at) => at > due - 1 - window.periodMs).length;
            expect(used).toBeGreaterThanOrEqual(window.limit - grain + 1);
            now = due;
          }
          granted.push(now);
          log = recordGrant(log, window, { atMs: now, now });
        }
        expect(busiest(granted, window.periodMs)).toBeLessThanOrEqual(window.limit);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  test("scenario 59: five a day means five at once, and the sixth a day after the first", () => {
    const day = 86_400_000;
    const granted = play([{ limit: 5, periodMs: day }], [0, 60_000, 60_000, 0, 0, 0], 0);
    const first = granted[0] ?? 0;
    expect(granted.map((at) => at - first)).toEqual([0, 60_000, 120_000, 120_000, 120_000, day]);
  });

  test("scenario 70 (the model): a limit that is lowered holds for the very next call, one that is raised too", () => {
    const changes = fc.array(
      fc.record({
        limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 190, max: 900 })),
        gaps: fc.array(fc.oneof(fc.constant(0), fc.nat(50)), { maxLength: 60 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(changes, (phases) => {
        let log = emptyLog;
        let now = 0;
        const granted: number[] = [];
        for (const { limit, gaps } of phases) {
          const window = { limit, periodMs: 1_000 };
          for (const gap of gaps) {
            now = dueAt(log, window, { from: now + gap, ahead: 0 });
            log = recordGrant(log, window, { atMs: now, now });
            granted.push(now);
            expect(granted.filter((at) => at > now - window.periodMs).length).toBeLessThanOrEqual(limit);
          }
        }
      }),
    );
  });
});

describe("waiting", () => {
  test("a place in the queue tells the very time of its turn", () => {
    const limits = windowOf(fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(limits, gaps(80), fc.nat(200), (window, arrivals, ahead) => {
        let log = emptyLog;
        let now = 0;
        for (const gap of arrivals) {
          now += gap;
          log = recordGrant(log, window, { atMs: dueAt(log, window, { from: now, ahead: 0 }), now });
        }
        const promised = dueAt(log, window, { from: now, ahead });
        for (let other = 0; other < ahead; other++) {
          const atMs = dueAt(log, window, { from: now, ahead: 0 });
          log = recordGrant(log, window, { atMs, now });
        }
        expect(dueAt(log, window, { from: now, ahead: 0 })).toBe(promised);
      }),
    );
  });

  const leaf = (log: WindowLog): BucketState => ({
    id: "leaf",
    blockedUntilMs: never,
    ahead: 0,
    windows: [{ window: { limit: 1, periodMs: 10_000 }, log }],
  });

  test("a call that has to wait names the bucket that binds it, and is woken a horizon before its time", () => {
    const used = recordGrant(emptyLog, { limit: 1, periodMs: 10_000 }, { atMs: 500, now: 500 });
    const shared: BucketState = { ...leaf(emptyLog), id: "shared" };
    expect(acquire([shared, leaf(used)], { now: 600, horizonMs: 1_000 })).toEqual({ status: "park", wakeAtMs: 9_500, boundBy: "leaf" });
    expect(acquire([shared, leaf(used)], { now: 9_600, horizonMs: 1_000 })).toEqual({ status: "granted", atMs: 10_500 });
  });

  test("a paused bucket lets nobody through, and its windows count on from the end of the pause", () => {
    const used = recordGrant(emptyLog, { limit: 1, periodMs: 10_000 }, { atMs: 500, now: 500 });
    const paused = { ...leaf(used), blockedUntilMs: 60_000 };
    expect(acquire([paused], { now: 600, horizonMs: 0 })).toEqual({ status: "park", wakeAtMs: 60_000, boundBy: "leaf" });
    expect(acquire([{ ...paused, ahead: 2 }], { now: 600, horizonMs: 0 })).toEqual({ status: "park", wakeAtMs: 80_000, boundBy: "leaf" });
    expect(acquire([paused], { now: 60_000, horizonMs: 0 })).toEqual({ status: "granted", atMs: 60_000 });
  });

  test("those who wait out a pause of a bucket without limits come back one after the other", () => {
    const bucket: BucketState = { id: "b", blockedUntilMs: 5_000, ahead: 3, windows: [] };
    expect(acquire([bucket], { now: 0, horizonMs: 0 })).toEqual({ status: "park", wakeAtMs: 5_150, boundBy: "b" });
  });

  test("no buckets, no limit", () => {
    expect(acquire([], { now: 7, horizonMs: 0 })).toEqual({ status: "granted", atMs: 7 });
  });
});

test("scenario 60: with sends up to the pad late, and later grants void, the remote never sees more than the limit", () => {
  const padMs = 100;
  const calls = fc.array(fc.record({ gap: fc.nat(60), late: fc.oneof(fc.nat(padMs), fc.nat(padMs), fc.constant(2_000)) }), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(windowOf(fc.integer({ min: 1, max: 30 })), calls, (remote, sequence) => {
      const window = { limit: remote.limit, periodMs: remote.periodMs + padMs };
      let log = emptyLog;
      let now = 0;
      const received: number[] = [];
      for (const { gap, late } of sequence) {
        now = dueAt(log, window, { from: now + gap, ahead: 0 });
        log = recordGrant(log, window, { atMs: now, now });
        if (late <= padMs) received.push(now + late);
      }
      expect(busiest(received, remote.periodMs)).toBeLessThanOrEqual(remote.limit);
    }),
  );
});

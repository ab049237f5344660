import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acquire, type BucketState, dueAt, emptyLog, recordGrant, turnOf, type Window, type WindowLog } from "./throttle.ts";

/* When the next call has its turn, to the millisecond, by what the log of a window holds. */

const never = Number.NEGATIVE_INFINITY;

/** Grants at these times, each noted when it was made or at `now`. */
function logOf(window: Window, times: readonly number[], now?: number): WindowLog {
  return times.reduce((log, atMs) => recordGrant(log, window, { atMs, now: now ?? atMs }), emptyLog);
}

/** What a log tells of: each group with the grants it stands for. */
function held({ grain, groups, openCount, openAtMs }: WindowLog): { atMs: number; count: number }[] {
  return [...groups.map((atMs) => ({ atMs, count: grain })), { atMs: openAtMs, count: openCount }];
}

/** The first time from `from` on at which no more than `others` grants lie in the window before it, by trying them all. */
function firstRoom(log: WindowLog, { periodMs }: Window, from: number, others: number): number {
  const fits = (at: number) => {
    const within = held(log).filter(({ atMs }) => atMs > at - periodMs);
    return within.reduce((sum, { count }) => sum + count, 0) <= others;
  };
  const times = [from, ...held(log).map(({ atMs }) => atMs + periodMs)].filter((at) => at >= from);
  return Math.min(...times.filter(fits));
}

const limits = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 201, max: 1_000 }));

describe("the turn of a call", () => {
  const traffic = fc.array(fc.record({ gap: fc.oneof(fc.constant(0), fc.nat(9), fc.nat(400)), limit: limits }), { maxLength: 40 });

  test("is the first moment at which its window has room, also when the limit was another while the log was written", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(limits, fc.nat(30)), { maxLength: 4 }), traffic, limits, fc.nat(2_500), (past, gaps, limit, ahead) => {
        let log = emptyLog;
        let now = 0;
        for (const [earlier, times] of past) {
          for (const { gap } of gaps.slice(0, times)) {
            now += gap;
            log = recordGrant(log, { limit: earlier, periodMs: 1_000 }, { atMs: now, now });
          }
        }
        const window = { limit, periodMs: 1_000 };
        const rounds = Math.floor(ahead / limit);
        const expected = firstRoom(log, window, now, limit - 1 - (ahead % limit)) + rounds * window.periodMs;
        expect(dueAt(log, window, { from: now, ahead })).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("comes when the group that is being filled has left, where even that is too much beside those ahead", () => {
    const window = { limit: 1_000, periodMs: 1_000 };
    const log = logOf(window, [...Array.from({ length: 5 }, () => 0), 300, 400, 500]);
    expect(log).toEqual({ grain: 5, groups: [0], openCount: 3, openAtMs: 500 });
    const due = (ahead: number) => dueAt(log, window, { from: 600, ahead });
    expect([991, 992, 996, 997, 999, 1_000].map(due)).toEqual([600, 1_000, 1_000, 1_500, 1_500, 1_600]);
  });

  test("counts a group that was closed later than it ended, as grants of other buckets push it there", () => {
    const window = { limit: 400, periodMs: 1_000 };
    const log = logOf(window, [900, 900, 100], 0);
    expect(log).toEqual({ grain: 2, groups: [900], openCount: 1, openAtMs: 100 });
    expect([396, 397, 398, 399].map((ahead) => dueAt(log, window, { from: 200, ahead }))).toEqual([200, 1_900, 1_900, 1_900]);
  });
});

describe("the log of a window", () => {
  const window = { limit: 2, periodMs: 1_000 };

  test("forgets a grant at the very moment at which it has left the window", () => {
    const log = logOf(window, [100, 200]);
    expect(recordGrant(log, window, { atMs: 1_099, now: 1_099 }).groups).toEqual([100, 200, 1_099]);
    expect(recordGrant(log, window, { atMs: 1_100, now: 1_100 }).groups).toEqual([200, 1_100]);
  });

  test("is kept in order of time, however grants came", () => {
    expect(logOf(window, [900, 100, 500], 0).groups).toEqual([100, 500, 900]);
  });

  test("a group carries the time of its latest grant, and the next one begins with its own", () => {
    const wide = { limit: 400, periodMs: 1_000 };
    expect(logOf(wide, [700, 300], 0)).toMatchObject({ groups: [700], openCount: 0 });
    expect(logOf(wide, [700, 300, 400], 0)).toMatchObject({ groups: [700], openCount: 1, openAtMs: 400 });
  });

  test("of a group that has left before it was full begins anew", () => {
    const wide = { limit: 1_000, periodMs: 1_000 };
    const log = logOf(wide, [0, 0, 0, 1_000]);
    expect(log).toEqual({ grain: 5, groups: [], openCount: 1, openAtMs: 1_000 });
    expect(logOf(wide, [0, 0, 0, 999])).toMatchObject({ openCount: 4, openAtMs: 999 });
  });

  test("keeps what its groups stand for while any of them counts, and then takes what the limit asks for", () => {
    const wide = { limit: 1_000, periodMs: 1_000 };
    const narrow = { limit: 4, periodMs: 1_000 };
    const grainAfter = (times: number[], at: number) => recordGrant(logOf(wide, times), narrow, { atMs: at, now: at }).grain;
    expect([grainAfter([0, 0, 0, 0, 0], 900), grainAfter([0, 0, 0], 900)]).toEqual([5, 5]);
    expect([grainAfter([0, 0, 0, 0, 0], 1_000), grainAfter([0, 0, 0], 1_000)]).toEqual([1, 1]);
    expect(recordGrant(logOf(narrow, [0]), wide, { atMs: 1, now: 1 })).toEqual({ grain: 5, groups: [0], openCount: 1, openAtMs: 1 });
  });
});

describe("after a pause", () => {
  const window = { limit: 10, periodMs: 1_000 };
  const bucket = (over: Partial<BucketState> = {}): BucketState => ({
    id: "b",
    blockedUntilMs: 5_000,
    ahead: 0,
    windows: [{ window, log: emptyLog }],
    ...over,
  });

  test("calls are spaced until the shortest window has passed once, whichever is listed first", () => {
    const hourly = { window: { limit: 1_000, periodMs: 3_600_000 }, log: emptyLog };
    for (const windows of [
      [{ window, log: emptyLog }, hourly],
      [hourly, { window, log: emptyLog }],
    ]) {
      const turns = [4_000, 5_000, 5_999, 6_000].map((now) => turnOf(bucket({ windows, ahead: 3 }), now));
      expect(turns).toEqual([5_300, 5_300, 6_299, 6_000]);
    }
  });

  test("a call that is many rounds behind keeps its space within its round", () => {
    const windows = [{ window: { limit: 6, periodMs: 86_400_000 }, log: emptyLog }];
    expect(turnOf(bucket({ windows, ahead: 7 }), 4_000)).toBe(5_000 + 86_400_000 + 10_000);
    expect(turnOf(bucket({ windows, ahead: 12 }), 4_000)).toBe(5_000 + 2 * 86_400_000);
  });

  test("each keeps its distance from the latest grant since then, in whatever group that is, and not from one before", () => {
    const turn = (log: WindowLog, limit = 10) => turnOf(bucket({ windows: [{ window: { ...window, limit }, log }] }), 5_010);
    expect(turn(logOf(window, [5_000]))).toBe(5_100);
    expect(turn(logOf(window, [4_990]))).toBe(5_010);
    expect(turn(logOf(window, [5_200, 5_040], 5_000))).toBe(5_300);
    expect(turn(logOf({ ...window, limit: 250 }, [5_008]), 250)).toBe(5_012);
    expect(turn(logOf({ ...window, limit: 250 }, [5_000, 5_000, 5_009]), 250)).toBe(5_013);
  });

  test("a bucket without windows spaces only those that waited it out", () => {
    const free = bucket({ windows: [], ahead: 3 });
    expect([4_999, 5_000, 9_000].map((now) => turnOf(free, now))).toEqual([5_150, 5_000, 9_000]);
    expect(turnOf({ ...free, blockedUntilMs: never }, 7)).toBe(7);
  });
});

describe("a call under several buckets", () => {
  const bucket = (id: string, grantedAtMs: number): BucketState => {
    const window = { limit: 1, periodMs: 1_000 };
    return { id, blockedUntilMs: never, ahead: 0, windows: [{ window, log: logOf(window, [grantedAtMs]) }] };
  };

  test("is bound by the one that has room last, in whatever order they come, and by the first of those that are alike", () => {
    const [early, late, alike] = [bucket("early", 100), bucket("late", 500), bucket("alike", 500)];
    const bound = (...buckets: BucketState[]) => acquire(buckets, { now: 600, horizonMs: 0 });
    for (const buckets of [
      [early, late],
      [late, early],
      [late, alike],
    ])
      expect(bound(...buckets)).toEqual({ status: "park", wakeAtMs: 1_500, boundBy: "late" });
  });

  test("is granted ahead of its time within the horizon, and parked beyond it", () => {
    const at = (horizonMs: number) => acquire([bucket("b", 500)], { now: 600, horizonMs });
    expect(at(900)).toEqual({ status: "granted", atMs: 1_500 });
    expect(at(899)).toEqual({ status: "park", wakeAtMs: 601, boundBy: "b" });
  });
});

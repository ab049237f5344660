import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyLog, recordGrant, turnOf, type WindowLog } from "./throttle.ts";
import { type LoweredLevel, levelAt, slowDown } from "./throttle-level.ts";

const window = { limit: 100, periodMs: 1_000 };

test("falls to seven tenths, rises by a twentieth of the limit a clean period, and stops below the level that failed", () => {
  const lowered = slowDown(null, window, { grantedAtMs: 0, now: 0 });
  const levels = [0, 999, 1_000, 2_000, 4_000, 5_000, 6_000, 19_000].map((now) => levelAt(lowered, window, now));
  expect(levels).toEqual([70, 70, 75, 80, 90, 95, 95, 95]);
  expect(levelAt(lowered, window, 20_000)).toBe(100);
  expect(levelAt(lowered, window, 1e12)).toBe(100);
});

test("a limit for a longer period is tried again at the level that failed after ten minutes", () => {
  const minutely = { limit: 100, periodMs: 60_000 };
  const lowered = slowDown(null, minutely, { grantedAtMs: 0, now: 0 });
  expect([540_000, 599_999, 600_000].map((now) => levelAt(lowered, minutely, now))).toEqual([95, 95, 100]);
});

test("a wall that is not the limit is climbed by one step each period once it is tried again", () => {
  const lowered = { level: 49, wall: 70, loweredAtMs: 1_000 };
  const levels = [0, 4_000, 19_999, 20_000, 20_999, 21_000, 25_000, 26_000, 90_000].map((since) => levelAt(lowered, window, 1_000 + since));
  expect(levels).toEqual([49, 65, 65, 70, 70, 75, 95, 100, 100]);
});

test("a level is never below what it was lowered to, also for a clock that was set back", () => {
  const lowered = { level: 70, wall: 71, loweredAtMs: 10_000 };
  expect([5_000, 10_000, 20_000].map((now) => levelAt(lowered, window, now))).toEqual([70, 70, 70]);
});

test("a limit that was lowered by a person since holds at once", () => {
  const lowered = { level: 70, wall: 100, loweredAtMs: 0 };
  expect(levelAt(lowered, { limit: 30, periodMs: 1_000 }, 0)).toBe(30);
  expect(levelAt({ ...lowered, level: 0, wall: 0 }, window, 0)).toBe(1);
});

test("a refusal lowers what the level is by then, and remembers it as the wall", () => {
  const first = slowDown(null, window, { grantedAtMs: 0, now: 0 });
  expect(first).toEqual({ level: 70, wall: 100, loweredAtMs: 0 });
  expect(slowDown(first, window, { grantedAtMs: 2_000, now: 2_500 })).toEqual({ level: 56, wall: 80, loweredAtMs: 2_500 });
  expect(slowDown(first, window, { grantedAtMs: 0, now: 2_500 })).toBe(first);
});

test("a low limit moves by whole calls and never below one", () => {
  const small = { limit: 2, periodMs: 1_000 };
  const once = slowDown(null, small, { grantedAtMs: 0, now: 0 });
  const twice = slowDown(once, small, { grantedAtMs: 1, now: 1 });
  expect([levelAt(once, small, 0), levelAt(twice, small, 1)]).toEqual([1, 1]);
  expect(levelAt(twice, small, 1e9)).toBe(2);
});

test("many refusals of calls that were granted before the last lowering teach it once", () => {
  const first = slowDown(null, window, { grantedAtMs: 5, now: 10 });
  expect(slowDown(first, window, { grantedAtMs: 9, now: 500 })).toBe(first);
  expect(slowDown(first, window, { grantedAtMs: 11, now: 500 })).toMatchObject({ level: 49, wall: 70 });
});

test("stays between one and the limit, whatever happens when", () => {
  const events = fc.array(fc.record({ gap: fc.nat(60_000), refused: fc.boolean(), limit: fc.integer({ min: 1, max: 500 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(events, fc.integer({ min: 100, max: 3_600_000 }), (sequence, periodMs) => {
      let lowered: LoweredLevel | null = null;
      let now = 0;
      for (const { gap, refused, limit } of sequence) {
        now += gap;
        const before = levelAt(lowered, { limit, periodMs }, now);
        expect(before >= 1 && before <= limit).toBe(true);
        if (!refused) continue;
        lowered = slowDown(lowered, { limit, periodMs }, { grantedAtMs: now, now });
        expect(levelAt(lowered, { limit, periodMs }, now)).toBeLessThanOrEqual(before);
      }
    }),
  );
});

/** A provider that takes `trueLimit` a period (a log of its own) and refuses the rest, and work that never ends. */
function play(a: { limit: number; trueLimit: (period: number) => number; periods: number }) {
  const limits = { limit: a.limit, periodMs: 1_000 };
  let log: WindowLog = emptyLog;
  let lowered: LoweredLevel | null = null;
  const taken: number[] = [];
  const byPeriod = Array.from({ length: a.periods }, () => ({ sent: 0, refused: 0 }));
  for (let now = 0; ; ) {
    const level = { ...limits, limit: levelAt(lowered, limits, now) };
    const bucket = { id: "b", blockedUntilMs: Number.NEGATIVE_INFINITY, ahead: 0, windows: [{ window: level, log }] };
    const at = turnOf(bucket, now);
    // A level may rise before the turn that was told comes.
    if (at > now) {
      now = Math.min(at, now + 50);
      continue;
    }
    const period = Math.floor(at / limits.periodMs);
    const counts = byPeriod[period];
    if (!counts) return byPeriod;
    log = recordGrant(log, level, { atMs: at, now });
    counts.sent++;
    while ((taken[0] ?? at) <= at - limits.periodMs) taken.shift();
    if (taken.length < a.trueLimit(period)) taken.push(at);
    else {
      counts.refused++;
      lowered = slowDown(lowered, limits, { grantedAtMs: at, now: at + 1 });
      now = at + 1;
    }
  }
}

const share = (periods: { sent: number; refused: number }[]) =>
  periods.reduce((sum, period) => sum + period.refused, 0) / periods.reduce((sum, period) => sum + period.sent, 0);

describe("with a true limit 30 % lower than configured", () => {
  test.each([10, 20, 100, 500])(
    "scenario 66 (the decision): of %i the share of refused calls is below 1 % from the fifth period on",
    (limit) => {
      const periods = play({ limit, trueLimit: () => Math.floor(limit * 0.7), periods: 60 });
      expect(share(periods.slice(5))).toBeLessThan(0.01);
      const sent = periods.slice(10).reduce((sum, period) => sum + period.sent - period.refused, 0) / 50;
      expect(sent).toBeGreaterThan(limit * 0.7 * 0.85); // and little of it is left unused
    },
  );

  test("scenario 66 (the decision): the full rate comes back when the provider raises its limit", () => {
    const periods = play({ limit: 100, trueLimit: (period) => (period < 20 ? 70 : 1_000), periods: 60 });
    expect(periods.at(-1)).toEqual({ sent: 100, refused: 0 });
  });
});

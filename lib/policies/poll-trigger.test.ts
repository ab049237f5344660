import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { cursorBefore, isTurnOver, keepsPlace, laterCursor, nextPollInMs } from "./poll-trigger.ts";

const time = fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true }).map((date) => date.toISOString());
const cursors = [time, fc.integer(), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String)];

test("the later cursor is the same in whatever order a list comes, and none of its values is later", () => {
  for (const cursor of cursors as fc.Arbitrary<JsonValue>[]) {
    void fc.assert(
      fc.property(fc.array(cursor, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (values, order) => {
        const shuffled = values
          .map((value) => [order.next().value, value] as const)
          .sort(([a], [b]) => a - b)
          .map(([, value]) => value);
        const latest = values.reduce<JsonValue>(laterCursor, null);
        expect(shuffled.reduce<JsonValue>(laterCursor, null)).toEqual(latest);
        for (const value of values) expect(laterCursor(latest, value)).toEqual(latest);
      }),
    );
  }
});

test.each<[JsonValue, JsonValue, JsonValue]>([
  ["9", "10", "10"],
  ["1.5", "1.25", "1.5"],
  ["2026-01-31T10:00:00+02:00", "2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z"],
  ["2026-01-31T09:00:00.000001Z", "2026-01-31T09:00:00.000002Z", "2026-01-31T09:00:00.000002Z"],
  ["abc", "abd", "abd"],
  [null, "x", "x"],
  ["x", "", "x"],
  ["", "", null],
  [5, 12, 12],
])("of %j and %j the later is %j", (a, b, later) => {
  expect(laterCursor(a, b)).toEqual(later);
});

test("an overlap goes back from a time, in the form it came in; of anything else there is no before", () => {
  expect(cursorBefore("2026-01-31T09:30:00Z", 60_000)).toEqual({ cursor: "2026-01-31T09:29:00Z" });
  expect(cursorBefore("2026-01-31T10:30:00.5+01:00", 500)).toEqual({ cursor: "2026-01-31T09:30:00.000Z" });
  expect(cursorBefore(1_769_851_800, 1_500)).toEqual({ cursor: 1_769_851_798 });
  expect(cursorBefore("1769851800000", 1_500)).toEqual({ cursor: "1769851798500" });
  expect(cursorBefore("token", 0)).toEqual({ cursor: "token" });
  expect(cursorBefore(null, 60_000)).toEqual({ cursor: null });
  for (const none of ["token", 17, "2026-01-31", true]) expect(cursorBefore(none, 1)).toBeNull();
});

test("an overlap never goes forward", () => {
  void fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 1e9 }), (cursor, overlapMs) => {
      const before = cursorBefore(cursor, overlapMs);
      expect(Date.parse(String(before?.cursor))).toBe(Date.parse(cursor) - overlapMs);
    }),
  );
});

test("polls keep their interval, give or take a tenth; failures double it up to an hour, and a server's hint is never undercut", () => {
  void fc.assert(
    fc.property(
      fc.integer({ min: 5_000, max: 86_400_000 }),
      fc.nat(200),
      fc.option(fc.integer({ min: 1, max: 1e8 }), { nil: undefined }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (everyMs, failures, retryAfterMs, random) => {
        const delay = nextPollInMs({ everyMs, failures, retryAfterMs, random: () => random });
        const ceiling = failures < 2 ? everyMs : Math.max(everyMs, 3_600_000);
        expect(delay).toBeGreaterThanOrEqual(Math.min(retryAfterMs ?? 0, 86_400_000));
        expect(delay).toBeGreaterThanOrEqual(Math.floor(everyMs * 0.9));
        if (retryAfterMs === undefined) expect(delay).toBeLessThanOrEqual(Math.ceil(ceiling * 1.1));
      },
    ),
  );
  const random = () => 0.5;
  expect([0, 1, 2, 3, 4, 40].map((failures) => nextPollInMs({ everyMs: 60_000, failures, random }))).toEqual([
    60_000, 60_000, 120_000, 240_000, 480_000, 3_600_000,
  ]);
});

test("a turn ends with its pages, its items or its length", () => {
  expect(isTurnOver({ pages: 1, items: 10, length: 1_000 }, 2)).toBe(false);
  expect(isTurnOver({ pages: 2, items: 10, length: 1_000 }, 2)).toBe(true);
  expect(isTurnOver({ pages: 1, items: 2_000, length: 1_000 }, 20)).toBe(true);
  expect(isTurnOver({ pages: 1, items: 10, length: 4_000_000 }, 20)).toBe(true);
});

test("a page that is gone is not asked for again and again", () => {
  expect(keepsPlace("throttled", 40)).toBe(true);
  expect(keepsPlace("unavailable", 1)).toBe(true);
  expect(keepsPlace("unavailable", 3)).toBe(false);
  expect(keepsPlace("permanent", 1)).toBe(false);
});

test.each<[JsonValue, JsonValue, JsonValue]>([
  [null, "", null],
  ["x", null, "x"],
  ["x", "x", "x"],
  ["b", "a", "b"],
  [12, 5, 12],
  [10, "9", 10],
  ["9", 10, 10],
  [-5, -12, -5],
  ["-5", "-12.5", "-5"],
  ["-1.5", "0.25", "0.25"],
  ["10", "9a", "9a"],
  ["1.5", "1.x", "1.x"],
  ["2026-01-31T09:00:00Z", "2026-01-31T10:00", "2026-01-31T10:00"],
  ["2026-01-31T09:00:01Z", "2026-01-31T09:00:00Z", "2026-01-31T09:00:01Z"],
  ["2026-01-31T09:00:00+02:00", "2026-01-31T08:00:00+00:00", "2026-01-31T08:00:00+00:00"],
  ["2026-01-31T09:00:00Z", "2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z"],
  ["2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z", "2026-01-31T10:00:00+01:00"],
])("of %j and %j it is %j that is later, or stays", (a, b, later) => {
  expect(laterCursor(a, b)).toEqual(later);
});

test("a hint of the server is waited for with up to a tenth of a minute on top, and never for more than a day", () => {
  const next = (retryAfterMs: number, random = 1) => nextPollInMs({ everyMs: 1_000, failures: 0, retryAfterMs, random: () => random });
  expect([next(20_000, 0), next(20_000), next(600_000)]).toEqual([20_000, 22_000, 606_000]);
  expect(next(10 * 86_400_000, 0)).toBe(86_400_000);
  expect([next(0, 0.5), next(-5, 0.5)]).toEqual([1_000, 1_000]);
  expect(nextPollInMs({ everyMs: 7_200_000, failures: 0, random: () => 0.5 })).toBe(7_200_000);
});

test("a place is kept through what passes by itself, three times, and not through what does not", () => {
  expect([keepsPlace("throttled", 99), keepsPlace("transient", 2), keepsPlace("transient", 3)]).toEqual([true, true, false]);
  expect([keepsPlace("permanent", 0), keepsPlace("validation", 0)]).toEqual([false, false]);
});

test("numbers are times from 1973 on, in seconds or in milliseconds", () => {
  expect(cursorBefore(1e8, 1_000)).toEqual({ cursor: 1e8 - 1 });
  expect(cursorBefore(1e8 - 1, 1_000)).toBeNull();
  expect(cursorBefore(1e11, 1_000)).toEqual({ cursor: 1e11 - 1_000 });
  expect(cursorBefore(1e11 - 1, 1_000)).toEqual({ cursor: 1e11 - 2 });
  expect(cursorBefore({ at: "2026-01-31T09:30:00Z" }, 1)).toBeNull();
});

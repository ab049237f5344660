import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import { dueTimes, nextFires } from "./schedule.ts";

/** Fires as local times with their offset, so that a repeated hour can be told apart. */
function fires(cron: string, timezone: string, after: string, count: number): string[] {
  return nextFires({ cron, timezone, afterMs: Date.parse(after), count }).map((at) =>
    DateTime.fromMillis(at, { zone: timezone }).toFormat("MM-dd HH:mm ZZ"),
  );
}

describe("scenario 12: a time the clocks skip", () => {
  test("fires once, at the first moment after the gap", () => {
    expect(fires("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 3)).toEqual([
      "03-08 03:00 -04:00",
      "03-09 02:30 -04:00",
      "03-10 02:30 -04:00",
    ]);
    expect(fires("0 30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", 2)).toEqual(["03-29 03:00 +02:00", "03-30 02:30 +02:00"]);
  });

  test("also where midnight is skipped, and where the gap is half an hour", () => {
    expect(fires("30 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", 2)).toEqual(["04-24 01:00 +03:00", "04-25 00:30 +03:00"]);
    expect(fires("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", 2)).toEqual(["10-04 02:30 +11:00", "10-05 02:15 +11:00"]);
  });

  test("fires once even when several of its times fall into the gap, or on its end", () => {
    expect(fires("0,30 2,3 * * *", "America/New_York", "2026-03-08T06:00:00Z", 3)).toEqual([
      "03-08 03:00 -04:00",
      "03-08 03:30 -04:00",
      "03-09 02:00 -04:00",
    ]);
  });

  test("does not fire again when asked from the end of the gap on", () => {
    expect(fires("30 2 * * *", "America/New_York", "2026-03-08T07:00:00Z", 1)).toEqual(["03-09 02:30 -04:00"]);
    expect(fires("30 2 * * *", "America/New_York", "2026-03-08T06:59:59.999Z", 1)).toEqual(["03-08 03:00 -04:00"]);
  });
});

describe("scenario 13: a time that comes twice", () => {
  test("fires the first time only", () => {
    expect(fires("30 1 * * *", "America/New_York", "2026-11-01T04:00:00Z", 2)).toEqual(["11-01 01:30 -04:00", "11-02 01:30 -05:00"]);
    expect(fires("30 1,2 * * *", "America/New_York", "2026-11-01T04:00:00Z", 2)).toEqual(["11-01 01:30 -04:00", "11-01 02:30 -05:00"]);
  });

  test("not the second time either when asked between the two", () => {
    for (const after of ["2026-11-01T05:30:00Z", "2026-11-01T05:45:00Z", "2026-11-01T06:10:00Z"]) {
      expect(fires("30 1 * * *", "America/New_York", after, 1)).toEqual(["11-02 01:30 -05:00"]);
    }
  });

  test("every 15 minutes means every 15 absolute minutes, in spring and in autumn", () => {
    for (const after of ["2026-11-01T04:50:00Z", "2026-03-08T05:50:00Z"]) {
      const times = nextFires({ cron: "*/15 * * * *", timezone: "America/New_York", afterMs: Date.parse(after), count: 12 });
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(new Set(gaps)).toEqual(new Set([900_000]));
    }
  });
});

test("a daily time fires exactly once each local day of two years, at its time or at the end of the gap it fell into", () => {
  const zones = [
    "America/New_York",
    "Europe/Paris",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Kolkata",
    "UTC",
    "Atlantic/Azores",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.nat(23), fc.nat(59), (zone, hour, minute) => {
      const times = nextFires({ cron: `${minute} ${hour} * * *`, timezone: zone, afterMs: Date.parse("2026-01-01T12:00:00Z"), count: 700 });
      const local = times.map((at) => DateTime.fromMillis(at, { zone }));
      expect(new Set(local.map((at) => at.toISODate())).size).toBe(700);
      for (const at of local) {
        if (at.hour === hour && at.minute === minute) continue;
        expect(at.minus(1).offset).toBeLessThan(at.offset);
      }
    }),
    { numRuns: 40 },
  );
}, 30_000);

test("times are strictly after the one asked for, ascending, and the same whether asked for together or one by one", () => {
  const question = { cron: "7,22 */3 * * 1-5", timezone: "Europe/Berlin", count: 20 };
  fc.assert(
    fc.property(fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2028-01-01") }), (afterMs) => {
      const together = nextFires({ ...question, afterMs });
      expect(together).toHaveLength(20);
      let last = afterMs;
      for (const at of together) {
        expect(at).toBeGreaterThan(last);
        expect(nextFires({ ...question, afterMs: last, count: 1 })).toEqual([at]);
        last = at;
      }
    }),
    { numRuns: 30 },
  );
});

test("an expression that never comes gives nothing, in no time", () => {
  const startedAt = performance.now();
  expect(nextFires({ cron: "0 0 30 2 *", timezone: "UTC", afterMs: 0, count: 5 })).toEqual([]);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test("the 29th of February is found years ahead", () => {
  expect(fires("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2).length).toBe(2);
});

test("white space around and between the fields is not minded", () => {
  const written = nextFires({ cron: " 0   9\t* * 1-5\n", timezone: "UTC", afterMs: 0, count: 3 });
  expect(written).toEqual(nextFires({ cron: "0 9 * * 1-5", timezone: "UTC", afterMs: 0, count: 3 }));
});

test.each(["", " ", "* * * *", "* * * * * * *", "@daily", "2026-01-01T00:00:00"])("%j is refused for the number of its fields", (cron) => {
  const problem = `not a cron expression of 5 or 6 fields: ${cron}`;
  expect(() => nextFires({ cron, timezone: "UTC", afterMs: 0, count: 1 })).toThrow(new RangeError(problem));
});

test("what is no cron expression or no zone is refused", () => {
  for (const cron of ["", "* * * *", "60 * * * *", "* * * * * * *", "every day", "@reboot", "2026-01-01T00:00:00"]) {
    expect(() => nextFires({ cron, timezone: "UTC", afterMs: 0, count: 1 })).toThrow();
  }
  expect(() => nextFires({ cron: "* * * * *", timezone: "Mars/Olympus", afterMs: 0, count: 1 })).toThrow();
});

describe("times that have come", () => {
  const at = (time: string) => Date.parse(`2026-11-26T${time}:00Z`);
  const hourly = { cron: "0 * * * *", timezone: "UTC" };
  const halfPast = { cron: "30 * * * *", timezone: "UTC" };

  test("scenario 16 (the decision): those before a change are the old expression's, those after it the new one's", () => {
    const change = { dueMs: at("08:00"), current: halfPast, earlier: [{ ...hourly, untilMs: at("10:15") }], max: 100 };
    expect(dueTimes({ ...change, nowMs: at("12:00") })).toEqual({
      times: ["08:00", "09:00", "10:00", "10:30", "11:30"].map(at),
      nextMs: at("12:30"),
    });
    expect(dueTimes({ ...change, nowMs: at("10:20") })).toEqual({ times: ["08:00", "09:00", "10:00"].map(at), nextMs: at("10:30") });
  });

  test("any number of changes in between are kept apart", () => {
    const earlier = [
      { ...hourly, untilMs: at("08:40") },
      { cron: "45 * * * *", timezone: "UTC", untilMs: at("09:50") },
    ];
    const { times, nextMs } = dueTimes({ dueMs: at("08:00"), nowMs: at("11:00"), current: halfPast, earlier, max: 100 });
    expect(times).toEqual(["08:00", "08:45", "09:45", "10:30"].map(at));
    expect(nextMs).toBe(at("11:30"));
  });

  test("taken in parts they are the same as at once, and none comes twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 600 }), (max, changeMinute) => {
        const nowMs = at("20:00");
        const earlier = [{ ...hourly, untilMs: at("08:00") + changeMinute * 60_000 }];
        const whole = dueTimes({ dueMs: at("08:00"), nowMs, current: halfPast, earlier, max: 1_000 });
        const parts: number[] = [];
        for (let dueMs: number | null = at("08:00"); dueMs !== null && dueMs <= nowMs; ) {
          const part = dueTimes({ dueMs, nowMs, current: halfPast, earlier, max });
          parts.push(...part.times);
          dueMs = part.nextMs;
        }
        expect(parts).toEqual(whole.times);
      }),
    );
  });
});

test("due times stop at the limit, include the present moment, and end where an expression does", () => {
  const hour = 3_600_000;
  const start = Date.parse("2026-11-26T08:00:00Z");
  const current = { cron: "0 * * * *", timezone: "UTC" };
  const due = (more: object) => dueTimes({ dueMs: start, nowMs: start + 3 * hour, current, earlier: [], max: 100, ...more });
  expect(due({})).toEqual({ times: [0, 1, 2, 3].map((n) => start + n * hour), nextMs: start + 4 * hour });
  expect(due({ max: 2 })).toEqual({ times: [start, start + hour], nextMs: start + 2 * hour });
  // Changed at the very moment of a time: it is the old expression's still; what came before the first time has no say.
  const halfPast = { cron: "30 * * * *", timezone: "UTC" };
  expect(due({ current: halfPast, earlier: [{ ...current, untilMs: start + hour }] }).times).toEqual(
    [0, 1, 1.5, 2.5].map((n) => start + n * hour),
  );
  // What the new expression would have fired before the change is none of its times.
  expect(due({ current: { ...current, cron: "10 * * * *" }, earlier: [{ ...current, untilMs: start + hour / 4 }] }).times[1]).toBe(
    start + hour + hour / 6,
  );
  expect(due({ earlier: [{ cron: "15 * * * *", timezone: "UTC", untilMs: start - hour }] }).times).toHaveLength(4);
  expect(due({ current: { cron: "0 0 30 2 *", timezone: "UTC" } })).toEqual({ times: [start], nextMs: null });
});

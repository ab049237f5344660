import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRateLimit, parseRetryAfter, serverWaitMs } from "./rate-headers.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const dayMs = 86_400_000;

describe("parseRetryAfter", () => {
  test("seconds become ms, at most a day", () => {
    expect(parseRetryAfter("30", undefined, now)).toBe(30_000);
    expect(parseRetryAfter(" 0 ", undefined, now)).toBe(0);
    expect(parseRetryAfter("1.5", undefined, now)).toBe(1_500);
    expect(parseRetryAfter("999999999999999999999999", undefined, now)).toBe(dayMs);
  });

  test("scenario 62: a date is read against the server's own clock, whatever ours says", () => {
    const retryAfter = "Sat, 21 Nov 2026 12:00:30 GMT";
    const date = "Sat, 21 Nov 2026 12:00:00 GMT";
    for (const ourClock of [now, now - 600_000, now + 600_000]) expect(parseRetryAfter(retryAfter, date, ourClock)).toBe(30_000);
    expect(parseRetryAfter(retryAfter, undefined, now + 10_000)).toBe(20_000);
    expect(parseRetryAfter(retryAfter, "yesterday", now)).toBe(30_000);
  });

  test("the two obsolete forms of a date are understood, as UTC", () => {
    expect(parseRetryAfter("Saturday, 21-Nov-26 12:00:30 GMT", undefined, now)).toBe(30_000);
    expect(parseRetryAfter("Sat Nov 21 12:00:30 2026", undefined, now)).toBe(30_000);
  });

  test("a date that is past asks for no wait, one of next year for a day", () => {
    expect(parseRetryAfter("Sat, 21 Nov 2026 11:00:00 GMT", undefined, now)).toBe(0);
    expect(parseRetryAfter("Sun, 21 Nov 2027 12:00:00 GMT", undefined, now)).toBe(dayMs);
  });

  test("scenario 63 (the parser): what is malformed says nothing", () => {
    for (const header of [
      undefined,
      "",
      "-5",
      "soon",
      "1e3",
      "0x10",
      "30s",
      "5 minutes",
      "2026-11-21",
      "Sat, 99 Nov 2026 12:00:30 GMT",
      "1,2",
      "NaN",
    ]) {
      expect(parseRetryAfter(header, undefined, now)).toBeNull();
    }
  });

  test("no text makes it throw or leave the range", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (header, date) => {
        const wait = parseRetryAfter(header, date, now);
        expect(wait === null || (wait >= 0 && wait <= dayMs)).toBe(true);
      }),
    );
  });
});

describe("parseRateLimit", () => {
  test("reads several policies with quota, window, unit and partition key", () => {
    const parsed = parseRateLimit({
      ratelimit: '"burst";r=0;t=7, "daily";r=950',
      "ratelimit-policy": '"burst";q=100;w=60,"daily";q=1000;w=86400;qu="content-bytes";pk=:dGVzdA==:',
    });
    expect(parsed.limits).toEqual([
      { policy: "burst", remaining: 0, resetMs: 7_000 },
      { policy: "daily", remaining: 950, resetMs: null },
    ]);
    expect(parsed.policies).toEqual([
      { policy: "burst", quota: 100, windowMs: 60_000, unit: "requests", partitionKey: null },
      { policy: "daily", quota: 1_000, windowMs: 86_400_000, unit: "content-bytes", partitionKey: "dGVzdA==" },
    ]);
  });

  test("names may be tokens or hold escaped quotes, flags have no value", () => {
    expect(parseRateLimit({ ratelimit: 'default;r=3;t=1;flag , "a\\"b";r=4' }).limits).toEqual([
      { policy: "default", remaining: 3, resetMs: 1_000 },
      { policy: 'a"b', remaining: 4, resetMs: null },
    ]);
  });

  test("scenario 63 (the parser): a malformed header is ignored as a whole, an item without its number alone", () => {
    for (const header of ["", ";r=1", '"a";r=', '"a;r=1', '"a";r=1,', '"a";r=1 "b";r=2', '"a";R=1', '"a" r=1', "é;r=1"]) {
      expect(parseRateLimit({ ratelimit: header }).limits).toEqual([]);
    }
    expect(parseRateLimit({ ratelimit: '"a";t=1, "b";r=-1, "c";r="2", "d";r=2' }).limits).toEqual([
      { policy: "d", remaining: 2, resetMs: null },
    ]);
  });

  test("no text makes it throw, or take long", () => {
    fc.assert(fc.property(fc.string(), (ratelimit) => void parseRateLimit({ ratelimit })));
    const startedAt = performance.now();
    parseRateLimit({ ratelimit: `"${"\\".repeat(50_000)}` });
    parseRateLimit({ ratelimit: `a${" ".repeat(50_000)}` });
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe("serverWaitMs", () => {
  test("scenario 63 (the parser): Retry-After wins over RateLimit, a malformed one gives way to it", () => {
    const ratelimit = '"a";r=0;t=50, "b";r=0;t=70, "c";r=1;t=900';
    expect(serverWaitMs({ "retry-after": "5", ratelimit }, now)).toBe(5_000);
    expect(serverWaitMs({ "retry-after": "later", ratelimit }, now)).toBe(70_000);
  });

  test("something left means no pause", () => {
    expect(serverWaitMs({ ratelimit: '"a";r=1;t=50' }, now)).toBeUndefined();
    expect(serverWaitMs({ "x-ratelimit-remaining": "1", "x-ratelimit-reset": "50" }, now)).toBeUndefined();
    expect(serverWaitMs({}, now)).toBeUndefined();
  });

  test("the older headers tell the reset in seconds to go, Unix seconds or Unix ms", () => {
    for (const reset of ["60", String(now / 1_000 + 60), String(now + 60_000)]) {
      expect(serverWaitMs({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }, now)).toBe(60_000);
    }
    expect(serverWaitMs({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "tomorrow" }, now)).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lessonsOf } from "./throttle-feedback.ts";

const nothing = { learned: [], pauses: [], slowDown: false };
const refused = (retryAfterMs?: number) => ({ retryAfterMs });
const lessons = (headers: Record<string, string>, a: Partial<Parameters<typeof lessonsOf>[0]> = {}) =>
  lessonsOf({ headers, refused: null, retryAfterScope: null, ...a });

describe("a pause", () => {
  test("that names no limit binds the connection, or whom the author says", () => {
    const header = { "retry-after": "30" };
    const at = (retryAfterScope: "key" | "connection" | null) => lessons(header, { refused: refused(30_000), retryAfterScope }).pauses;
    expect(at(null)).toEqual([{ at: { scope: "connection" }, forMs: 30_000 }]);
    expect(at("connection")).toEqual([{ at: { scope: "connection" }, forMs: 30_000 }]);
    expect(at("key")).toEqual([{ at: { scope: "key" }, forMs: 30_000 }]);
  });

  test("binds the policies that are used up, if the remote tells what they are; the author's word stands above", () => {
    const headers = {
      ratelimit: '"burst";r=0;t=7, "daily";r=12;t=3600',
      "ratelimit-policy": '"burst";q=10;w=60;pk=:dXNlcg==:, "daily";q=1000;w=86400',
    };
    const burst = { policy: "burst", quota: 10, perMs: 60_000, partitioned: true };
    expect(lessons(headers, { refused: refused(7_000) }).pauses).toEqual([{ at: { scope: "policy", policy: burst }, forMs: 7_000 }]);
    expect(lessons(headers, { refused: refused(7_000), retryAfterScope: "key" }).pauses).toEqual([{ at: { scope: "key" }, forMs: 7_000 }]);
    const { "ratelimit-policy": _, ...unnamed } = headers;
    expect(lessons(unnamed, { refused: refused(7_000) }).pauses).toEqual([{ at: { scope: "connection" }, forMs: 7_000 }]);
  });

  test("slows those who share the limit down as well where the remote says that it can take less than usual", () => {
    const less = { retryAfterMs: 30_000, capacityReduced: true };
    expect(lessons({}, { refused: less })).toEqual({
      learned: [],
      pauses: [{ at: { scope: "connection" }, forMs: 30_000 }],
      slowDown: true,
    });
    expect(lessons({}, { refused: { ...less, retryAfterMs: 0 } })).toEqual({ ...nothing, slowDown: true });
    expect(lessons({}, { refused: { ...less, capacityReduced: false } }).slowDown).toBe(false);
  });

  test("scenario 63 (the decision): lasts as long as Retry-After says, whatever RateLimit says", () => {
    const headers = { "retry-after": "30", ratelimit: '"p";r=0;t=7', "ratelimit-policy": '"p";q=10;w=60' };
    expect(lessons(headers, { refused: refused(30_000) }).pauses).toMatchObject([{ at: { scope: "policy" }, forMs: 30_000 }]);
  });

  test("lasts for each policy until it starts anew where Retry-After says nothing of use, and as long as that for all where it does", () => {
    const policies = { "ratelimit-policy": '"a";q=10;w=60, "b";q=99;w=60, "c";q=5;w=60' };
    const headers = { ...policies, ratelimit: '"a";r=0;t=7, "b";r=0;t=20, "c";r=0;t=0' };
    const pauses = (more: Record<string, string>, waitMs: number) =>
      lessons({ ...headers, ...more }, { refused: refused(waitMs) }).pauses.map(({ at, forMs }) => [
        at.scope === "policy" ? at.policy.policy : at.scope,
        forMs,
      ]);
    const untilAnew = [
      ["a", 7_000],
      ["b", 20_000],
    ];
    expect(pauses({}, 20_000)).toEqual(untilAnew);
    expect(pauses({ "retry-after": "soon" }, 20_000)).toEqual(untilAnew);
    const all = ["a", "b", "c"].map((policy) => [policy, 30_000]);
    expect(pauses({ "retry-after": "30" }, 30_000)).toEqual(all);
    const dates = { date: "Thu, 26 Nov 2026 10:00:00 GMT", "retry-after": "Thu, 26 Nov 2026 10:00:30 GMT" };
    expect(pauses(dates, 30_000)).toEqual(all);
  });

  test("binds the connection where a policy is used up of which nobody knows when it starts anew", () => {
    const headers = { ratelimit: '"p";r=0', "ratelimit-policy": '"p";q=10;w=60' };
    expect(lessons(headers, { refused: refused(5_000) }).pauses).toEqual([{ at: { scope: "connection" }, forMs: 5_000 }]);
    expect(lessons(headers).pauses).toEqual([]);
  });

  test("comes from an answer that was good, too, when it used up the last of a policy", () => {
    const headers = { ratelimit: '"p";r=0;t=7', "ratelimit-policy": '"p";q=10;w=60' };
    expect(lessons(headers).pauses).toMatchObject([{ at: { scope: "policy", policy: { policy: "p" } }, forMs: 7_000 }]);
    expect(lessons({ ...headers, ratelimit: '"p";r=1;t=7' }).pauses).toEqual([]);
    expect(lessons({ ...headers, ratelimit: '"p";r=0;t=0' }).pauses).toEqual([]);
  });

  test("of no time asks for nothing; without any time the remote finds us too fast", () => {
    expect(lessons({}, { refused: refused(0) })).toEqual(nothing);
    expect(lessons({}, { refused: refused() })).toEqual({ ...nothing, slowDown: true });
    const headers = { ratelimit: '"p";r=0;t=7', "ratelimit-policy": '"p";q=10;w=60' };
    const learned = [{ policy: "p", quota: 10, perMs: 60_000, partitioned: false }];
    expect(lessons(headers, { refused: refused(0) })).toEqual({ ...nothing, learned });
    expect(lessons(headers, { refused: refused() })).toEqual({ ...nothing, learned, slowDown: true });
    expect(lessons(headers, { refused: refused(7_000) }).slowDown).toBe(false);
    expect(lessons(headers, { refused: refused(7_000), retryAfterScope: "key" }).slowDown).toBe(false);
    expect(lessons(headers).slowDown).toBe(false);
  });
});

describe("learned", () => {
  test("are the windows and the calls at one time of several policies", () => {
    const headers = { "ratelimit-policy": '"a";q=100;w=60, "b";q=5;qu="concurrent-requests", "c";q=9;w=1;pk=:eA==:' };
    expect(lessons(headers).learned).toEqual([
      { policy: "a", quota: 100, perMs: 60_000, partitioned: false },
      { policy: "b", quota: 5, perMs: null, partitioned: false },
      { policy: "c", quota: 9, perMs: 1_000, partitioned: true },
    ]);
  });

  test("is what a bucket can hold, and nothing beyond", () => {
    const learned = (header: string) => lessons({ "ratelimit-policy": header }).learned;
    const windowOf = (seconds: string) => learned(`"p";q=5;w=${seconds}`)[0]?.perMs;
    expect(["0.1", "0.0999", "2678400", "2678400.1", "0.1234"].map(windowOf)).toEqual([100, undefined, 2_678_400_000, undefined, 123]);
    const quotaOf = (quota: number) => learned(`"p";q=${quota};w=60`)[0]?.quota;
    expect([1, 0, 1_000_000, 1_000_001].map(quotaOf)).toEqual([1, undefined, 1_000_000, undefined]);
    expect([200, 201].map((length) => learned(`"${"n".repeat(length)}";q=5;w=60`).length)).toEqual([1, 0]);
    expect(learned('"p";q=5;w=60;qu="requests"')).toEqual([{ policy: "p", quota: 5, perMs: 60_000, partitioned: false }]);
    expect(learned('"p";q=5;w=60;qu="concurrent-requests"')).toEqual([{ policy: "p", quota: 5, perMs: null, partitioned: false }]);
  });

  test.each([
    ["what cannot be a limit", '"a";q=0;w=60, "b";q=1.5;w=60, "c";q=2000000;w=60, "d";q=5;w=0, "e";q=5;w=99999999, "f";q=5'],
    ["other units", '"a";q=100000;w=60;qu="content-bytes"'],
    ["malformed headers", '"a;q=5;w=60'],
    ["malformed numbers", '"a";q=ten;w=60'],
  ])("is nothing from %s", (_, header) => {
    expect(lessons({ "ratelimit-policy": header })).toEqual(nothing);
  });

  test("is nothing from an answer that a cache gave", () => {
    expect(lessons({ age: "3", ratelimit: '"p";r=0;t=7', "ratelimit-policy": '"p";q=10;w=60' })).toEqual(nothing);
  });

  test("no header makes it throw, or learn what no bucket could hold", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.option(fc.nat()), (ratelimit, policy, wait) => {
        const found = lessonsOf({
          headers: { ratelimit, "ratelimit-policy": policy },
          refused: wait === null ? null : refused(wait),
          retryAfterScope: null,
        });
        for (const { quota, perMs } of found.learned) expect(quota >= 1 && (perMs === null || perMs >= 100)).toBe(true);
        for (const pause of found.pauses) expect(pause.forMs).toBeGreaterThan(0);
      }),
    );
  });
});

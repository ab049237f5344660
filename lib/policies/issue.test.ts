import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escalationThreshold, healthyRuns, type IssueFacts, judgeIssue, type Snooze } from "./issue.ts";

const hour = 3_600_000;
const day = 24 * hour;
const facts: IssueFacts = {
  status: "open",
  escalating: false,
  ofState: null,
  snooze: null,
  count: 100,
  liveVersion: 3,
  now: 100 * day,
  firstSeenAtMs: 90 * day,
  lastSeenAtMs: 100 * day - hour,
  last5Minutes: 0,
  lastHour: 0,
  weekBefore: 0,
  successesSince: 0,
};
const snooze: Snooze = { untilMs: null, moreItems: null, ratePerMinute: null, newerVersion: false, countAt: 100, versionAt: 3 };
const snoozed = (ends: Partial<Snooze>, more: Partial<IssueFacts> = {}) =>
  judgeIssue({ ...facts, ...more, status: "snoozed", snooze: { ...snooze, ...ends } });

describe("an issue", () => {
  test("stays as it is while nothing speaks for a change", () => {
    expect(judgeIssue(facts)).toBeNull();
  });

  test("is over after so many successes of its step, or two weeks without a failure, acknowledged or not", () => {
    expect(judgeIssue({ ...facts, successesSince: healthyRuns - 1 })).toBeNull();
    expect(judgeIssue({ ...facts, successesSince: healthyRuns })?.act).toBe("resolve");
    expect(judgeIssue({ ...facts, status: "acknowledged", lastSeenAtMs: 86 * day })?.act).toBe("resolve");
  });

  test("about a state of things is left to whoever sees that state, but for the end of a snooze", () => {
    const state = { ofState: { over: false }, successesSince: healthyRuns, lastSeenAtMs: 0 };
    expect(judgeIssue({ ...facts, ...state })).toBeNull();
    expect(snoozed({ untilMs: facts.now }, state)?.act).toBe("unsnooze");
    expect(snoozed({ untilMs: facts.now }, { ...state, ofState: { over: true } })?.act).toBe("resolve");
    expect(snoozed({ untilMs: facts.now + 1 }, { ...state, ofState: { over: true } })).toBeNull();
  });

  test("comes back from a snooze by time, number, rate or version, and says why", () => {
    expect(snoozed({ untilMs: facts.now + 1 })).toBeNull();
    expect(snoozed({ untilMs: facts.now })).toEqual({ act: "unsnooze", reason: "its time has come" });
    expect(snoozed({ moreItems: 10 }, { count: 109 })).toBeNull();
    expect(snoozed({ moreItems: 10 }, { count: 110 })?.reason).toBe("10 more since it was snoozed");
    expect(snoozed({ ratePerMinute: 2 }, { last5Minutes: 9 })).toBeNull();
    expect(snoozed({ ratePerMinute: 2 }, { last5Minutes: 10 })?.reason).toBe("2 a minute");
    expect(snoozed({ newerVersion: true })).toBeNull();
    expect(snoozed({ newerVersion: true }, { liveVersion: 4 })?.reason).toBe("version 4 is live");
    // Asleep it neither escalates nor resolves.
    expect(snoozed({ moreItems: 10_000 }, { lastHour: 500, successesSince: 50 })).toBeNull();
  });

  test("that was snoozed sleeps through whatever it was not to come back for", () => {
    // Failures by the minute, a hundred more of them, a new version: none of these was asked for.
    expect(snoozed({ untilMs: facts.now + 1 }, { last5Minutes: 500, count: 200, liveVersion: 9 })).toBeNull();
    expect(snoozed({ untilMs: null, newerVersion: true }, { last5Minutes: 500, count: 200 })).toBeNull();
    // A workflow that is not live has no newer version; one that was not live at the time has.
    expect(snoozed({ newerVersion: true }, { liveVersion: null })).toBeNull();
    expect(snoozed({ newerVersion: true, versionAt: null }, { liveVersion: null })).toBeNull();
    expect(snoozed({ newerVersion: true, versionAt: null }, { liveVersion: 1 })?.reason).toBe("version 1 is live");
    // Even a rate of nothing a minute takes a failure.
    expect(snoozed({ ratePerMinute: 0 })).toBeNull();
    expect(snoozed({ ratePerMinute: 0 }, { last5Minutes: 1 })?.reason).toBe("0.2 a minute");
  });

  test("that is snoozed without any condition comes back", () => {
    expect(judgeIssue({ ...facts, status: "snoozed", snooze: null })).toEqual({ act: "unsnooze", reason: "it was snoozed without an end" });
  });

  test("says why it was resolved, escalated or calmed down", () => {
    expect(judgeIssue({ ...facts, successesSince: 20 })?.reason).toBe("its step has succeeded 20 times since");
    expect(judgeIssue({ ...facts, lastSeenAtMs: facts.now - 14 * day })?.reason).toBe("nothing of it for 14 days");
    expect(judgeIssue({ ...facts, lastSeenAtMs: facts.now - 14 * day + 1 })).toBeNull();
    expect(judgeIssue({ ...facts, weekBefore: 1_000, lastHour: 75 })?.reason).toBe("75 in the last hour; up to 29 were to be expected");
    expect(judgeIssue({ ...facts, escalating: true, lastHour: 9 })?.reason).toBe("back to its usual rate");
    expect(judgeIssue({ ...facts, escalating: true, lastHour: 10 })).toBeNull();
  });

  test("is compared with the hours it was known before the last one, at least six", () => {
    const at = (ageHours: number, weekBefore: number) =>
      escalationThreshold({ now: facts.now, firstSeenAtMs: facts.now - ageHours * hour, weekBefore });
    expect(at(6.99, 60)).toBe(Number.POSITIVE_INFINITY);
    expect(at(7, 60)).toBe(50);
    expect(at(11, 60)).toBe(30);
    // Of a long life only the last week counts.
    expect(at(169, 1_680)).toBe(50);
    expect(at(10_000, 1_680)).toBe(50);
  });

  test("escalates far above its usual rate, and calms down below half of that", () => {
    // 168 in a week: one an hour.
    expect(judgeIssue({ ...facts, weekBefore: 168, lastHour: 19 })).toBeNull();
    expect(judgeIssue({ ...facts, weekBefore: 168, lastHour: 20 })?.act).toBe("escalate");
    expect(judgeIssue({ ...facts, weekBefore: 1_680, lastHour: 49 })).toBeNull();
    expect(judgeIssue({ ...facts, weekBefore: 1_680, lastHour: 50 })?.act).toBe("escalate");
    expect(judgeIssue({ ...facts, weekBefore: 1_680, lastHour: 30, escalating: true })).toBeNull();
    expect(judgeIssue({ ...facts, weekBefore: 1_680, lastHour: 24, escalating: true })?.act).toBe("calm");
    expect(judgeIssue({ ...facts, firstSeenAtMs: facts.now - 3 * hour, lastHour: 10_000 })).toBeNull();
  });

  test("does not flap: what has just escalated does not calm down at the same figures, nor the other way round", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(100_000), fc.integer({ min: 0, max: 40 * 24 }), (lastHour, weekBefore, ageHours) => {
        const at = { ...facts, lastHour, weekBefore, firstSeenAtMs: facts.now - ageHours * hour };
        const first = judgeIssue(at);
        if (first?.act === "escalate") expect(judgeIssue({ ...at, escalating: true })).toBeNull();
        const calmed = judgeIssue({ ...at, escalating: true });
        if (calmed?.act === "calm") expect(judgeIssue({ ...at, escalating: false })).toBeNull();
        expect(escalationThreshold(at)).toBeGreaterThanOrEqual(20);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escalationThreshold, healthyRuns, type IssueFacts, judgeIssue, type Snooze } from "./issue.ts";

const hour = 3_600_000;
const day = 24 * hour;
const facts: IssueFacts = {
  status: "open",
  escalating: false,
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

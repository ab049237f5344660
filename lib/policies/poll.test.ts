import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { failureClasses } from "#lib/shared/statuses.ts";
import { afterPoll, afterPollError, maxPollAttempts, noPolls, type PollProgress, pollDelayMs, reusesAttempt, settleMs } from "./poll.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const delay = (polls: number, options: { everyMs?: number; retryAfterMs?: number; random?: number } = {}) =>
  pollDelayMs({ polls, everyMs: options.everyMs ?? null, retryAfterMs: options.retryAfterMs, random: () => options.random ?? 0.5 });

describe("the wait between polls", () => {
  it("grows from 5 s by half each time, up to a minute", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 5_000].map((polls) => delay(polls))).toEqual([
      5_000, 7_500, 11_250, 16_875, 25_313, 37_969, 56_953, 60_000, 60_000,
    ]);
  });

  it("is the author's, when there is one", () => {
    expect([1, 2, 300].map((polls) => delay(polls, { everyMs: 2_000 }))).toEqual([2_000, 2_000, 2_000]);
  });

  it("varies by a tenth, never more, and is finite however often was polled", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.option(fc.integer({ min: 1_000, max: 86_400_000 })),
        random,
        (polls, everyMs, chance) => {
          const options = everyMs === null ? {} : { everyMs };
          const [middle, actual] = [delay(polls, options), delay(polls, { ...options, random: chance })];
          expect(Math.abs(actual - middle)).toBeLessThanOrEqual(middle / 10 + 1);
        },
      ),
    );
  });

  it("is never shorter than the server asks for, nor much longer, nor more than a day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), random, (retryAfterMs, chance) => {
        const asked = Math.min(retryAfterMs, 86_400_000);
        const actual = delay(1, { retryAfterMs, everyMs: 1_000, random: chance });
        expect(actual).toBeGreaterThanOrEqual(asked);
        expect(actual).toBeLessThanOrEqual(asked * 1.1);
      }),
    );
  });
});

describe("what the server asks for", () => {
  it("is kept, and up to a tenth added; asking for nothing is no request", () => {
    expect(delay(1, { retryAfterMs: 20_000, random: 0 })).toBe(20_000);
    expect(delay(1, { retryAfterMs: 20_000, random: 0.5 })).toBe(21_000);
    expect(delay(1, { retryAfterMs: 0.2, random: 0 })).toBe(1);
    expect(delay(1, { retryAfterMs: 0 })).toBe(5_000);
    expect(delay(2, { retryAfterMs: -1 })).toBe(7_500);
  });
});

describe("a failed poll", () => {
  it("is counted with those right before it, until one gets an answer", () => {
    const progressAfter = (said: ("pending" | "failed")[]) => said.reduce(afterPoll, noPolls);
    expect(progressAfter(["failed", "failed"])).toEqual({ polls: 2, failedPolls: 2, failedInARow: 2, last: "failed" });
    expect(progressAfter(["failed", "failed", "pending"])).toEqual({ polls: 3, failedPolls: 2, failedInARow: 0, last: "pending" });
    expect(progressAfter(["failed", "pending", "failed"])).toEqual({ polls: 3, failedPolls: 2, failedInARow: 1, last: "failed" });
  });

  const judge = (failureClass: (typeof failureClasses)[number], code = "x", sinceMs = 0) =>
    afterPollError({ class: failureClass, code, sinceMs }).next;

  it("says nothing of the job when the remote or the way to it was unwell, or the poll was cut off", () => {
    for (const failureClass of ["throttled", "unavailable", "transient", "timeout", "conflict", "lost", "cancelled"] as const)
      expect(judge(failureClass)).toBe("poll-again");
  });

  it("is definite when the remote refuses", () => {
    for (const failureClass of ["permanent", "validation", "auth", "code", "output_invalid"] as const)
      expect(judge(failureClass, "http_403")).toBe("give-up");
  });

  it("leaves the outcome unknown when nobody knows the job, after a while in which it may not be known yet", () => {
    expect(judge("permanent", "http_404", settleMs - 1)).toBe("poll-again");
    expect(judge("permanent", "http_404", settleMs)).toBe("unknown-outcome");
    expect(judge("permanent", "http_410", 0)).toBe("unknown-outcome");
  });
});

describe("the attempts of a step that polls", () => {
  it("are bounded, however it goes, and the last one always has a line", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("pending", "failed"), { maxLength: 300 }), (said) => {
        let progress: PollProgress = noPolls;
        let attempts = 0;
        for (const next of said) {
          if (!reusesAttempt(progress, attempts)) attempts += 1;
          expect(attempts).toBeGreaterThan(0);
          progress = afterPoll(progress, next);
        }
        expect(attempts).toBeLessThanOrEqual(maxPollAttempts);
        expect(progress.polls).toBe(said.length);
        expect(progress.failedPolls).toBe(said.filter((one) => one === "failed").length);
      }),
    );
  });

  it("share the last line once there are twenty, and never without one", () => {
    const failed = afterPoll(noPolls, "failed");
    expect(reusesAttempt(afterPoll(noPolls, "pending"), 0)).toBe(false);
    expect(reusesAttempt(failed, maxPollAttempts - 1)).toBe(false);
    expect(reusesAttempt(failed, maxPollAttempts)).toBe(true);
  });

  it("keep one line for all quiet polls in a row, and one for each that failed", () => {
    let progress = noPolls;
    let attempts = 0;
    for (const said of ["pending", "pending", "pending", "failed", "failed", "pending", "pending"] as const) {
      if (!reusesAttempt(progress, attempts)) attempts += 1;
      progress = afterPoll(progress, said);
    }
    expect(attempts).toBe(3);
  });
});

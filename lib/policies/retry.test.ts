import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureClasses } from "#lib/shared/statuses.ts";
import { policyDefaults, type ResolvedRetry, type StepEffect } from "./defaults.ts";
import { afterFailure, type Failure, maxRetryAfterMs, maxThrottledAttempts, retryDelayMs } from "./retry.ts";

const retry: ResolvedRetry = policyDefaults.retry;
const random = fc.double({ min: 0, max: 0.999_999_999, noNaN: true });
const anyRetry = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 100 }),
  initialMs: fc.integer({ min: 0, max: 86_400_000 }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  maxMs: fc.integer({ min: 0, max: 86_400_000 }),
  jitter: fc.constantFrom("full" as const, "none" as const),
  on: fc.subarray([...failureClasses]),
  rules: fc.array(fc.record({ on: fc.subarray([...failureClasses], { minLength: 1 }), maxAttempts: fc.integer({ min: 0, max: 100 }) }), {
    maxLength: 4,
  }),
});

function fail(failure: Failure, over: Partial<Parameters<typeof afterFailure>[0]> = {}) {
  return afterFailure({
    failure,
    effect: "read",
    retry,
    attempts: 1,
    throttledAttempts: 0,
    deadlineAtMs: 86_400_000,
    now: 0,
    random: () => 0.5,
    ...over,
  });
}

describe("after a lost connection", () => {
  const lost: Failure = { class: "timeout", mayHaveApplied: true, connectionLost: true };
  const waits = (failure: Failure, over: Parameters<typeof fail>[1] = {}) => {
    const after = fail(failure, over);
    return after.next === "retry" ? after.delayMs : after.next;
  };

  test("the first retry comes after 50 to 100 ms, those after it as ever", () => {
    fc.assert(
      fc.property(random, (chance) => {
        const delay = waits(lost, { random: () => chance });
        expect(delay).toBeGreaterThanOrEqual(50);
        expect(delay).toBeLessThanOrEqual(100);
      }),
    );
    expect(waits(lost, { attempts: 2 })).toBe(waits({ ...lost, connectionLost: false }, { attempts: 2 }));
    expect(waits({ ...lost, connectionLost: false })).toBe(500);
  });

  test("it waits as long as the author asked for where that is longer than usual, and never longer than asked", () => {
    expect(waits(lost, { retry: { ...retry, initialMs: 20_000, jitter: "none" } })).toBe(20_000);
    expect(waits(lost, { retry: { ...retry, initialMs: 10, jitter: "none" } })).toBe(10);
    const rules = [{ on: ["timeout" as const], initialMs: 5_000, jitter: "none" as const }];
    expect(waits(lost, { retry: { ...retry, rules } })).toBe(5_000);
  });

  test("what may not be repeated is not, however soon", () => {
    expect(waits(lost, { effect: "unsafe" })).toBe("unknown-outcome");
  });
});

describe("retryDelayMs", () => {
  test("scenario 73: whatever the attempt's number, the delay is a whole number between 0 and the maximum", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), anyRetry, random, (failed, settings, chance) => {
        const delay = retryDelayMs({ failed, retry: settings, random: () => chance });
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(settings.maxMs);
      }),
    );
  });

  test("scenario 73: attempt number 2,000 waits for the maximum", () => {
    expect(retryDelayMs({ failed: 2_000, retry: { ...retry, jitter: "none" }, random: () => 0 })).toBe(retry.maxMs);
    expect(retryDelayMs({ failed: 2_000, retry: { ...retry, jitter: "none", factor: 10, initialMs: 86_400_000 }, random: () => 0 })).toBe(
      retry.maxMs,
    );
  });

  test("without jitter each delay is the factor times the one before", () => {
    const delays = [1, 2, 3, 4].map((failed) => retryDelayMs({ failed, retry: { ...retry, jitter: "none" }, random: () => 0 }));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test("scenario 72 (the decision): a thousand steps that fail at once come back spread over the whole interval", () => {
    let seed = 1;
    const next = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const slots = new Map<number, number>();
    for (let step = 0; step < 1_000; step++) {
      const slot = Math.floor(retryDelayMs({ failed: 4, retry, random: next }) / 1_000);
      slots.set(slot, (slots.get(slot) ?? 0) + 1);
    }
    expect(slots.size).toBe(8);
    for (const count of slots.values()) expect(count).toBeLessThan(200);
  });

  test("a server's hint is never undercut and its jitter stays below a tenth and below 10 s", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: maxRetryAfterMs, noNaN: true }), anyRetry, random, (retryAfterMs, settings, chance) => {
        const delay = retryDelayMs({ failed: 1, retry: settings, retryAfterMs, random: () => chance });
        expect(delay).toBeGreaterThanOrEqual(retryAfterMs);
        expect(delay).toBeLessThanOrEqual(Math.ceil(retryAfterMs) + Math.min(0.1 * Math.ceil(retryAfterMs), 10_000));
      }),
    );
  });

  test("those whom a hint turned away come back spread over a tenth of it", () => {
    const last = (retryAfterMs: number) => retryDelayMs({ failed: 1, retry, retryAfterMs, random: () => 0.999_999 });
    expect([1_000, 60_000, 3_600_000].map(last)).toEqual([1_099, 65_999, 3_609_999]);
  });

  test("a hint of more than a day is clamped to a day, also an endless one", () => {
    for (const retryAfterMs of [maxRetryAfterMs + 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
      expect(retryDelayMs({ failed: 1, retry, retryAfterMs, random: () => 0 })).toBe(maxRetryAfterMs);
    }
  });

  test("a hint that says nothing (zero, negative, not a number) leaves our own back-off", () => {
    for (const retryAfterMs of [0, -5, Number.NaN]) {
      expect(retryDelayMs({ failed: 2, retry: { ...retry, jitter: "none" }, retryAfterMs, random: () => 0 })).toBe(2_000);
    }
  });
});

describe("afterFailure", () => {
  test("an unsafe call that may have been applied is never sent again by itself", () => {
    const effects = fc.constantFrom<StepEffect>("unsafe", "reconcilable");
    const classes = fc.constantFrom(...failureClasses.filter((name) => name !== "throttled" && name !== "output_invalid"));
    fc.assert(
      fc.property(effects, classes, anyRetry, fc.nat(200), (effect, failureClass, settings, attempts) => {
        const result = fail({ class: failureClass, mayHaveApplied: true }, { effect, retry: settings, attempts });
        expect(result).toEqual({ next: "unknown-outcome" });
      }),
    );
  });

  test("an unsafe call that was certainly not applied is retried like any other", () => {
    expect(fail({ class: "unavailable", mayHaveApplied: false }, { effect: "unsafe" }).next).toBe("retry");
  });

  test("scenario 24 (the decision): a keyed call that timed out after it was applied is retried, so that the remote recognizes its key", () => {
    for (const effect of ["read", "natural", "keyed"] as const) {
      expect(fail({ class: "timeout", mayHaveApplied: true }, { effect })).toEqual({ next: "retry", delayMs: 500, waitReason: "retry" });
    }
  });

  test("an attempt that died with its worker is followed by another, whatever the author retries; one of unknown outcome by a person", () => {
    const strict = { ...retry, on: [] };
    expect(fail({ class: "lost", mayHaveApplied: false }, { retry: strict }).next).toBe("retry");
    expect(fail({ class: "transient", mayHaveApplied: false }, { retry: strict })).toEqual({ next: "give-up", kind: "permanent" });
    expect(fail({ class: "unknown_outcome", mayHaveApplied: false })).toEqual({ next: "unknown-outcome" });
  });

  test("the last attempt allowed is not followed by another", () => {
    expect(fail({ class: "transient", mayHaveApplied: true }, { attempts: 4 }).next).toBe("retry");
    expect(fail({ class: "transient", mayHaveApplied: true }, { attempts: 5 })).toEqual({ next: "give-up", kind: "exhausted" });
  });

  test("scenario 64 (the decision): being throttled spends no attempt, but only fifty times", () => {
    const throttled: Failure = { class: "throttled", mayHaveApplied: false };
    expect(fail(throttled, { attempts: 5, throttledAttempts: 1 })).toEqual({ next: "retry", delayMs: 500, waitReason: "throttle" });
    expect(fail(throttled, { throttledAttempts: maxThrottledAttempts - 1 }).next).toBe("retry");
    expect(fail(throttled, { throttledAttempts: maxThrottledAttempts })).toEqual({ next: "give-up", kind: "exhausted" });
  });

  test("a throttled unsafe call is retried: the remote said that it did not apply it", () => {
    expect(fail({ class: "throttled", mayHaveApplied: false }, { effect: "unsafe", throttledAttempts: 1 }).next).toBe("retry");
  });

  test("throttled without a hint backs off from one second, however short the node's own interval is", () => {
    const result = fail(
      { class: "throttled", mayHaveApplied: false },
      { throttledAttempts: 3, retry: { ...retry, initialMs: 0, jitter: "none" } },
    );
    expect(result).toEqual({ next: "retry", delayMs: 4_000, waitReason: "throttle" });
  });

  test("what a repeat cannot mend is given up at once, even when the author listed it", () => {
    for (const name of ["validation", "output_invalid", "code", "cancelled"] as const) {
      expect(fail({ class: name, mayHaveApplied: false }, { retry: { ...retry, on: [...failureClasses] } })).toEqual({
        next: "give-up",
        kind: "permanent",
      });
    }
    for (const name of ["permanent", "auth"] as const) {
      expect(fail({ class: name, mayHaveApplied: false })).toEqual({ next: "give-up", kind: "permanent" });
    }
  });

  test("an answer that fails our check is no unknown outcome, even of an unsafe call", () => {
    expect(fail({ class: "output_invalid", mayHaveApplied: true }, { effect: "unsafe" })).toEqual({ next: "give-up", kind: "permanent" });
  });

  test("scenario 84 (the decision): a retry that could start only at or after the deadline is not waited for", () => {
    const hinted: Failure = { class: "unavailable", mayHaveApplied: false, retryAfterMs: 60_000 };
    expect(fail(hinted, { now: 1_000, deadlineAtMs: 61_000, random: () => 0 })).toEqual({ next: "give-up", kind: "deadline" });
    expect(fail(hinted, { now: 1_000, deadlineAtMs: 61_001, random: () => 0 })).toEqual({
      next: "retry",
      delayMs: 60_000,
      waitReason: "retry",
    });
    expect(fail({ class: "transient", mayHaveApplied: false }, { now: 5, deadlineAtMs: 5 })).toEqual({ next: "give-up", kind: "deadline" });
  });

  test("a step that fails for ever ends, whatever mixture of failures it meets", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(...failureClasses)), anyRetry, (stream, settings) => {
        let attempts = 0;
        let throttledAttempts = 0;
        for (let round = 0; round <= settings.maxAttempts + maxThrottledAttempts; round++) {
          const failureClass = stream.next().value;
          if (failureClass === "throttled") throttledAttempts++;
          else attempts++;
          const failure: Failure = { class: failureClass, mayHaveApplied: true };
          if (fail(failure, { retry: settings, attempts, throttledAttempts, deadlineAtMs: Number.MAX_SAFE_INTEGER }).next !== "retry")
            return;
        }
        expect.fail("still retrying");
      }),
    );
  });
});

describe("rules", () => {
  const rules = [
    { on: ["timeout" as const], maxAttempts: 0 },
    { on: ["timeout" as const, "unavailable" as const, "permanent" as const], maxAttempts: 9, initialMs: 20, jitter: "none" as const },
    { on: ["throttled" as const], maxAttempts: 2 },
  ];
  const ruled = { ...retry, rules };
  const failure = (failureClass: Failure["class"]): Failure => ({ class: failureClass, mayHaveApplied: false });

  test("the first that names the class decides, and 0 attempts turns retries off", () => {
    expect(fail(failure("timeout"), { retry: ruled })).toEqual({ next: "give-up", kind: "permanent" });
    expect(fail(failure("unavailable"), { retry: ruled, attempts: 8 })).toMatchObject({ next: "retry", delayMs: 2_560 });
    expect(fail(failure("unavailable"), { retry: ruled, attempts: 9 })).toEqual({ next: "give-up", kind: "exhausted" });
  });

  test("a rule may name a class that is not retried otherwise, and one no rule names is treated as before", () => {
    expect(fail(failure("permanent"), { retry: ruled })).toMatchObject({ next: "retry", delayMs: 20 });
    expect(fail(failure("conflict"), { retry: ruled })).toEqual(fail(failure("conflict")));
    expect(fail(failure("validation"), { retry: { ...retry, rules: [{ on: ["validation"], maxAttempts: 5 }] } })).toMatchObject({
      next: "give-up",
    });
  });

  test("being turned away keeps its own count", () => {
    expect(fail(failure("throttled"), { retry: ruled, attempts: 40, throttledAttempts: 1 })).toMatchObject({
      next: "retry",
      waitReason: "throttle",
    });
    expect(fail(failure("throttled"), { retry: ruled, attempts: 0, throttledAttempts: 2 })).toEqual({ next: "give-up", kind: "exhausted" });
  });

  test("a call that must not be repeated is not repeated, whatever a rule says", () => {
    const rule = [{ on: [...failureClasses], maxAttempts: 100 }];
    for (const failureClass of failureClasses) {
      const next = fail({ class: failureClass, mayHaveApplied: true }, { retry: { ...retry, rules: rule }, effect: "unsafe" });
      if (failureClass === "throttled") continue;
      expect(next.next).not.toBe("retry");
    }
  });
});

import type { Random } from "#lib/shared/clock.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";
import { policyDefaults, type ResolvedRetry, type StepEffect } from "./defaults.ts";
import { mayRepeat } from "./recovery.ts";

/** How often a remote may answer "too many requests" before a person is asked. Such answers are no attempts. */
export const maxThrottledAttempts = 50;
/** A server may ask for at most this; longer is held to be a mistake of its clock. */
export const maxRetryAfterMs = 86_400_000;
const maxRetryAfterJitterMs = 10_000;
const throttledInitialMs = 1_000;
/** A remote that restarts, or a connection it had closed already, takes the call at once: the first retry is made soon (engine.md 1.4). */
const soonMs = 50;
/** Beyond it every usable setting has reached its maximum, and the power stays far from overflow. */
const maxExponent = 30;

export interface Failure {
  class: FailureClass;
  /** From Retry-After and its relatives. */
  retryAfterMs?: number | undefined;
  mayHaveApplied: boolean;
  /** The connection broke, which says nothing of how the remote is. */
  connectionLost?: boolean;
}

export type AfterFailure =
  | { next: "retry"; delayMs: number; waitReason: "retry" | "throttle" }
  | { next: "give-up"; kind: "exhausted" | "permanent" | "deadline" }
  | { next: "unknown-outcome" };

/**
 * How long to wait before the next attempt, in whole ms. `failed` counts from 1.
 * A server's hint is never undercut and gets a little jitter on top, so that those it turned away do not return together.
 */
export function retryDelayMs(a: { failed: number; retry: ResolvedRetry; retryAfterMs?: number | undefined; random: Random }): number {
  const hint = a.retryAfterMs;
  if (hint !== undefined && hint > 0) {
    const asked = Math.ceil(Math.min(hint, maxRetryAfterMs));
    return asked + Math.floor(a.random() * Math.min(0.1 * asked, maxRetryAfterJitterMs));
  }
  // The exponent is capped before it is raised: a power that overflows turns min() into NaN or the wait into 0.
  const exponent = Math.min(Math.max(a.failed, 1) - 1, maxExponent);
  const ceiling = Math.min(a.retry.maxMs, a.retry.initialMs * a.retry.factor ** exponent);
  return Math.round(a.retry.jitter === "full" ? a.random() * ceiling : ceiling);
}

/** Failures on our own side, or ones whose effect is known to have happened: another attempt cannot mend them. */
const neverRetried: ReadonlySet<FailureClass> = new Set(["validation", "output_invalid", "code", "cancelled", "unknown_outcome"]);
/** The call was answered and accepted; what failed is our judgement of the answer. */
const outcomeKnown: ReadonlySet<FailureClass> = new Set(["throttled", "output_invalid"]);

/**
 * The settings that hold for a class of failure; null when it is not retried. The first rule that names the class decides.
 * Being turned away has a number of attempts and a first wait of its own, unless a rule says otherwise.
 */
export function settingsFor(failureClass: FailureClass, retry: ResolvedRetry): ResolvedRetry | null {
  const throttled = failureClass === "throttled";
  const base = throttled
    ? { ...retry, maxAttempts: maxThrottledAttempts, initialMs: throttledInitialMs, maxMs: Math.max(retry.maxMs, throttledInitialMs) }
    : retry;
  const rule = retry.rules.find((each) => each.on.includes(failureClass));
  if (!rule) return throttled || failureClass === "lost" || retry.on.includes(failureClass) ? base : null;
  if (rule.maxAttempts === 0) return null;
  return {
    ...base,
    maxAttempts: rule.maxAttempts ?? base.maxAttempts,
    initialMs: rule.initialMs ?? base.initialMs,
    factor: rule.factor ?? base.factor,
    maxMs: rule.maxMs ?? base.maxMs,
    jitter: rule.jitter ?? base.jitter,
  };
}

/**
 * What follows a failed attempt (engine.md 1.3, 1.4).
 *
 * `attempts` are those that count, this one included; `throttledAttempts` those the remote turned away, this one
 * included. An attempt is one or the other. A retry that could only start after the deadline is not waited for.
 */
export function afterFailure(a: {
  failure: Failure;
  effect: StepEffect;
  retry: ResolvedRetry;
  attempts: number;
  throttledAttempts: number;
  deadlineAtMs: number;
  now: number;
  random: Random;
}): AfterFailure {
  const { failure } = a;
  if (failure.class === "unknown_outcome") return { next: "unknown-outcome" };
  if (failure.mayHaveApplied && !outcomeKnown.has(failure.class) && !mayRepeat(a.effect)) return { next: "unknown-outcome" };

  const throttled = failure.class === "throttled";
  const ruled = settingsFor(failure.class, a.retry);
  if (ruled === null || neverRetried.has(failure.class)) return { next: "give-up", kind: "permanent" };
  if ((throttled ? a.throttledAttempts : a.attempts) >= ruled.maxAttempts) return { next: "give-up", kind: "exhausted" };

  const delayMs = retriesSoon(failure, a.attempts, ruled)
    ? Math.round(soonMs + a.random() * soonMs)
    : retryDelayMs({
        failed: throttled ? a.throttledAttempts : a.attempts,
        retry: ruled,
        retryAfterMs: failure.retryAfterMs,
        random: a.random,
      });
  if (a.now + delayMs >= a.deadlineAtMs) return { next: "give-up", kind: "deadline" };
  return { next: "retry", delayMs, waitReason: throttled ? "throttle" : "retry" };
}

/** Whoever asked for a longer first wait than the usual one gets it. */
function retriesSoon(failure: Failure, attempts: number, retry: ResolvedRetry): boolean {
  const first = Math.min(retry.initialMs, retry.maxMs);
  return failure.connectionLost === true && attempts === 1 && first > 2 * soonMs && first <= policyDefaults.retry.initialMs;
}

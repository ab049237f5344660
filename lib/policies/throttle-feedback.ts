import { type Headers, parseRateLimit, parseRetryAfter, type RateLimitPolicy } from "#lib/shared/rate-headers.ts";
import type { LearnedPolicy } from "./throttle-buckets.ts";

/** Whom a pause binds: all calls of the connection, those of the node's key, or those under a policy the remote named. */
export type PauseScope =
  | { scope: "connection" }
  | { scope: "key" }
  | { scope: "policy"; policy: Pick<LearnedPolicy, "policy" | "partitioned"> };

export interface Lessons {
  learned: LearnedPolicy[];
  pauses: { at: PauseScope; forMs: number }[];
  /** The remote turned the call away and said nothing of a time, or that it can take less than usual for now. */
  slowDown: boolean;
}

const maxQuota = 1_000_000;
const minPeriodMs = 100;
const maxPeriodMs = 31 * 86_400_000;

/**
 * What an answer teaches about the limits of a remote (engine.md 1.2, adaptive behaviour).
 *
 * Who pauses is the narrowest the remote names: the policies of `RateLimit` that are used up, if `RateLimit-Policy` tells
 * of them. Where it names none, the author's `retryAfterScope` decides, and without one the connection as a whole: a limit
 * of the account that is taken for a channel's would be run into once for every channel, and some remotes lengthen the
 * pause of those who go on calling. `Retry-After` says how long, before anything else does.
 */
export function lessonsOf(a: {
  headers: Headers;
  /** Of a call that was turned away: how long the answer asks us to wait, and whether the remote says it can take less than usual. */
  refused: { retryAfterMs: number | undefined; capacityReduced?: boolean } | null;
  retryAfterScope: "key" | "connection" | null;
}): Lessons {
  // What a cache answers is old news.
  const told = a.headers.age === undefined ? parseRateLimit(a.headers) : { limits: [], policies: [] };
  const learned = told.policies.flatMap(toLearned);
  const usedUp = told.limits.flatMap((limit) => {
    const policy = learned.find((each) => each.policy === limit.policy);
    return limit.remaining === 0 && limit.resetMs !== null && policy ? [{ policy, forMs: limit.resetMs }] : [];
  });
  const named = usedUp.map(({ policy, forMs }) => ({ at: { scope: "policy", policy } as const, forMs }));
  if (a.refused === null) return { learned, pauses: named.filter(lasts), slowDown: false };
  const { retryAfterMs, capacityReduced: slowDown = false } = a.refused;
  if (retryAfterMs === undefined) return { learned, pauses: [], slowDown: true };
  if (retryAfterMs === 0) return { learned, pauses: [], slowDown };
  if (a.retryAfterScope !== null || named.length === 0) {
    return { learned, pauses: [{ at: { scope: a.retryAfterScope ?? "connection" }, forMs: retryAfterMs }], slowDown };
  }
  const asked = parseRetryAfter(a.headers["retry-after"], a.headers.date, 0) !== null;
  const pauses = named.map(({ at, forMs }) => ({ at, forMs: asked ? retryAfterMs : forMs }));
  return { learned, pauses: pauses.filter(lasts), slowDown };
}

function lasts({ forMs }: { forMs: number }): boolean {
  return forMs > 0;
}

function toLearned({ policy, quota, windowMs, unit, partitionKey }: RateLimitPolicy): LearnedPolicy[] {
  const partitioned = partitionKey !== null;
  if (!Number.isInteger(quota) || quota < 1 || quota > maxQuota || policy.length > 200) return [];
  if (unit === "concurrent-requests") return [{ policy, quota, perMs: null, partitioned }];
  if (unit !== "requests" || windowMs === null || windowMs < minPeriodMs || windowMs > maxPeriodMs) return [];
  return [{ policy, quota, perMs: Math.round(windowMs), partitioned }];
}

import { pollShares, type StepLimits } from "#lib/policies/throttle-buckets.ts";
import { pollClass } from "#lib/policies/throttle-queue.ts";
import type { AcquireRequest, Grant, ThrottleSystem } from "./systems/throttle.ts";

/**
 * Asks for the turn of a poll: after all work that waits, and within its share of the connection's windows, so that many jobs that
 * are asked after do not keep work from being done (engine.md 1.7). While nobody else waits, polls may have it all.
 */
export async function acquirePoll(
  throttle: Pick<ThrottleSystem, "acquire" | "isAwaited">,
  limits: StepLimits,
  request: AcquireRequest,
): Promise<Grant> {
  const asked = { ...request, priority: pollClass };
  const shares = pollShares(limits, request.cost ?? 1);
  if (shares.length === 0) return throttle.acquire(asked);
  const grant = await throttle.acquire({ ...asked, buckets: [...request.buckets, ...shares] });
  if (grant.status === "granted") return grant;
  const bound = shares.find(({ id }) => id === grant.boundBy);
  if (bound === undefined || (await throttle.isAwaited(bound.of, pollClass))) return grant;
  return throttle.acquire(asked);
}

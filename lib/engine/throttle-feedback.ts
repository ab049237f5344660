import type { NodeError, OutboundResponse } from "#lib/nodes/runner.ts";
import { limitProblemOf } from "#lib/nodes/throttled-answer.ts";
import { type Bucket, policyBucketId, type StepLimits } from "#lib/policies/throttle-buckets.ts";
import { lessonsOf, type PauseScope } from "#lib/policies/throttle-feedback.ts";
import type { NodePlan } from "./plan.ts";
import type { RunSession } from "./run-session.ts";

/** The limits one call was granted under, and what is needed to pass on what it taught. */
export interface GrantedCall {
  limits: StepLimits;
  /** The evaluated throttle key. */
  key: string | null;
  retryAfterScope: "key" | "connection" | null;
  grantedAtMs: number;
}

/** Where nothing says how long, and no window could be made narrower: full jitter over this. */
const unknownPauseMs = 1_000;

/** Who is told of a limit: remotes may have others for other operations, and a node is one operation. */
export function learnSource(workflowId: string, nodeId: string): string {
  return `${workflowId}/${nodeId}`;
}

/**
 * Hands what an answer taught to all workers: pauses, lower levels, limits the remote told of. `refused` when it turned the
 * call away. Its failure must not cost the answer itself: whoever calls next learns the same.
 */
export async function passOn(
  session: RunSession,
  plan: NodePlan,
  call: GrantedCall,
  answer: { response: OutboundResponse; refused: NodeError | null },
): Promise<void> {
  const { headers } = answer.response;
  if (answer.refused === null && headers.ratelimit === undefined && headers["ratelimit-policy"] === undefined) return;
  const refused = answer.refused && {
    retryAfterMs: answer.refused.retryAfterMs,
    capacityReduced: limitProblemOf(answer.response) === "temporary-reduced-capacity",
  };
  const lessons = lessonsOf({ headers, refused, retryAfterScope: call.retryAfterScope });
  const { throttle } = session.ports;
  const { workspaceId, workflowId } = session.run;
  const { connectionId, id } = plan.node;
  if (connectionId !== null) {
    await throttle.learn({ workspaceId, connectionId, source: learnSource(workflowId, id), policies: lessons.learned });
  }
  for (const { at, forMs } of lessons.pauses) {
    const bucket = pausedBucket(session, plan, call, at);
    if (bucket !== null) await throttle.block(workspaceId, [bucket], forMs);
  }
  if (lessons.slowDown) await slowDown(session, call);
}

function pausedBucket(session: RunSession, plan: NodePlan, call: GrantedCall, at: PauseScope): string | null {
  const { connectionId } = plan.node;
  if (at.scope === "policy" && connectionId !== null) {
    return policyBucketId({ workspaceId: session.run.workspaceId, connectionId, key: call.key }, at.policy);
  }
  const { buckets } = call.limits;
  const narrow = at.scope === "key" ? buckets.find((bucket) => bucket.scope === "node") : undefined;
  return (narrow ?? buckets[0])?.id ?? null;
}

async function slowDown(session: RunSession, call: GrantedCall): Promise<void> {
  const { throttle, random } = session.ports;
  const { buckets } = call.limits;
  const blamed: readonly Bucket[] = call.retryAfterScope === "key" ? buckets.filter((bucket) => bucket.scope === "node") : buckets;
  if (await throttle.slowDown(blamed, call.grantedAtMs)) return;
  // Nothing to make narrower: those who share the limit hold back for as long as a first retry would.
  const bucket = blamed[0] ?? buckets[0];
  if (bucket) await throttle.block(session.run.workspaceId, [bucket.id], Math.ceil(random() * unknownPauseMs));
}

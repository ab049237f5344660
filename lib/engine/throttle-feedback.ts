import type { NodeError, OutboundResponse } from "#lib/nodes/runner.ts";
import { limitProblemOf } from "#lib/nodes/throttled-answer.ts";
import { type Bucket, policyBucketId, type StepLimits } from "#lib/policies/throttle-buckets.ts";
import { lessonsOf, type PauseScope } from "#lib/policies/throttle-feedback.ts";
import type { EnginePorts } from "./ports.ts";

/** The limits one call was granted under, and what is needed to pass on what it taught. */
export interface GrantedCall {
  limits: StepLimits;
  /** The evaluated throttle key. */
  key: string | null;
  retryAfterScope: "key" | "connection" | null;
  grantedAtMs: number;
}

/** Who made the call. */
export interface Caller {
  ports: Pick<EnginePorts, "throttle" | "random">;
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  connectionId: string | null;
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
  caller: Caller,
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
  const { workspaceId, workflowId, nodeId, connectionId } = caller;
  const { throttle } = caller.ports;
  if (connectionId !== null) {
    await throttle.learn({ workspaceId, connectionId, source: learnSource(workflowId, nodeId), policies: lessons.learned });
  }
  for (const { at, forMs } of lessons.pauses) {
    const bucket = pausedBucket(caller, call, at);
    if (bucket !== null) await throttle.block(workspaceId, [bucket], forMs);
  }
  if (lessons.slowDown) await slowDown(caller, call);
}

function pausedBucket({ workspaceId, connectionId }: Caller, call: GrantedCall, at: PauseScope): string | null {
  if (at.scope === "policy" && connectionId !== null) {
    return policyBucketId({ workspaceId, connectionId, key: call.key }, at.policy);
  }
  const { buckets } = call.limits;
  const narrow = at.scope === "key" ? buckets.find((bucket) => bucket.scope === "node") : undefined;
  return (narrow ?? buckets[0])?.id ?? null;
}

async function slowDown({ ports: { throttle, random }, workspaceId }: Caller, call: GrantedCall): Promise<void> {
  const { buckets } = call.limits;
  const blamed: readonly Bucket[] = call.retryAfterScope === "key" ? buckets.filter((bucket) => bucket.scope === "node") : buckets;
  if (await throttle.slowDown(blamed, call.grantedAtMs)) return;
  // Nothing to make narrower: those who share the limit hold back for as long as a first retry would.
  const bucket = blamed[0] ?? buckets[0];
  if (bucket) await throttle.block(workspaceId, [bucket.id], Math.ceil(random() * unknownPauseMs));
}

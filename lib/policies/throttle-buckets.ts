import { derivedId } from "#lib/shared/ids.ts";
import type { ResolvedThrottle, ThrottleWindow } from "./defaults.ts";

/** A set of windows that many calls share: all that go through one connection, one node, or one key of a node. */
export interface Bucket {
  id: string;
  windows: readonly ThrottleWindow[];
  scope: BucketScope;
}

/** What a bucket limits: all calls through a connection, those under one policy its remote told of, a node or one key of it. */
export type BucketScope = "connection" | "policy" | "node";

/** Calls in flight at one time. */
export interface ConcurrencyPool {
  id: string;
  limit: number;
}

export interface StepLimits {
  buckets: Bucket[];
  pools: ConcurrencyPool[];
}

export interface ConnectionLimits {
  windows: readonly ThrottleWindow[];
  concurrency: number | null;
  /** The share of its limits that is used, for others may have the same account. */
  headroom?: number | undefined;
}

/** A limit the remote told of in `RateLimit-Policy`. */
export interface LearnedPolicy {
  policy: string;
  quota: number;
  /** Null: calls at one time. */
  perMs: number | null;
  /** The remote counts by partition: taken to be the node's throttle key. */
  partitioned: boolean;
}

/** What people typed is what they get; of what a remote told, some is left to others. */
const learnedHeadroom = 0.9;

/** A share of a limit, at least 1. */
export function shareOf(limit: number, headroom: number): number {
  return Math.max(1, Math.floor(limit * headroom));
}

/** What polls may have of a connection's windows while other calls wait for them. */
const pollShare = 0.3;

/**
 * The buckets that bind polls besides the others, while other calls wait for the connection: each has a share of the windows
 * of the bucket it is named after (`of`), at least one poll of this cost.
 */
export function pollShares(limits: StepLimits, cost: number): (Pick<Bucket, "id" | "windows"> & { of: string })[] {
  return limits.buckets
    .filter(({ scope, windows }) => scope !== "node" && windows.length > 0)
    .map(({ id, windows }) => ({
      id: bucketId(id, "polls"),
      of: id,
      windows: windows.map(({ limit, perMs }) => ({ limit: Math.max(cost, shareOf(limit, pollShare)), perMs })),
    }));
}

/** The id of a bucket: a UUID made of what it limits, so that every worker finds the same one without asking. */
export function bucketId(workspaceId: string, ...scope: readonly string[]): string {
  return derivedId(workspaceId, ...scope);
}

/** The bucket of a learned policy: one for the connection, or one for each key where the remote counts by partition. */
export function policyBucketId(
  at: { workspaceId: string; connectionId: string; key: string | null },
  { policy, partitioned }: Pick<LearnedPolicy, "policy" | "partitioned">,
): string {
  const partition = partitioned && at.key !== null ? [at.key] : [];
  return bucketId(at.workspaceId, "connection-policy", at.connectionId, policy, ...partition);
}

/**
 * The limits a call is under: its connection's, shared by all workflows, and below them the node's own, one set for each
 * value of its key. `key` is the evaluated and normalized throttle key. The connection's bucket is there even without
 * limits, so that a pause the remote asked for is kept by everybody.
 */
export function stepLimits(a: {
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  throttle: ResolvedThrottle | null;
  key: string | null;
  connection: { id: string; limits: ConnectionLimits; learned: readonly LearnedPolicy[] } | null;
}): StepLimits {
  const limits: StepLimits = { buckets: [], pools: [] };
  if (a.connection !== null) {
    const { id, limits: own } = a.connection;
    const windows = own.windows.map(({ limit, perMs }) => ({ limit: shareOf(limit, own.headroom ?? 1), perMs }));
    limits.buckets.push({ id: bucketId(a.workspaceId, "connection", id), windows, scope: "connection" });
    if (own.concurrency !== null) limits.pools.push({ id: bucketId(a.workspaceId, "connection-pool", id), limit: own.concurrency });
    for (const learned of a.connection.learned) {
      const limit = shareOf(learned.quota, own.headroom ?? learnedHeadroom);
      const bucket = policyBucketId({ ...a, connectionId: id }, learned);
      if (learned.perMs === null) limits.pools.push({ id: bucket, limit });
      else limits.buckets.push({ id: bucket, windows: [{ limit, perMs: learned.perMs }], scope: "policy" });
    }
  }
  if (a.throttle !== null) {
    const scope = a.key === null ? [a.workflowId, a.nodeId] : [a.workflowId, a.nodeId, a.key];
    limits.buckets.push({ id: bucketId(a.workspaceId, "node", ...scope), windows: a.throttle.windows, scope: "node" });
    if (a.throttle.concurrency !== null) {
      limits.pools.push({ id: bucketId(a.workspaceId, "node-pool", ...scope), limit: a.throttle.concurrency });
    }
  }
  return limits;
}

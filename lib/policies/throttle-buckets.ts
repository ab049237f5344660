import { derivedId } from "#lib/shared/ids.ts";
import type { ResolvedThrottle, ThrottleWindow } from "./defaults.ts";

/** A set of windows that many calls share: all that go through one connection, one node, or one key of a node. */
export interface Bucket {
  id: string;
  windows: readonly ThrottleWindow[];
}

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
}

/** The id of a bucket: a UUID made of what it limits, so that every worker finds the same one without asking. */
export function bucketId(workspaceId: string, ...scope: readonly string[]): string {
  return derivedId(workspaceId, ...scope);
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
  connection: { id: string; limits: ConnectionLimits } | null;
}): StepLimits {
  const limits: StepLimits = { buckets: [], pools: [] };
  if (a.connection !== null) {
    const { id, limits: own } = a.connection;
    limits.buckets.push({ id: bucketId(a.workspaceId, "connection", id), windows: own.windows });
    if (own.concurrency !== null) limits.pools.push({ id: bucketId(a.workspaceId, "connection-pool", id), limit: own.concurrency });
  }
  if (a.throttle !== null) {
    const scope = a.key === null ? [a.workflowId, a.nodeId] : [a.workflowId, a.nodeId, a.key];
    limits.buckets.push({ id: bucketId(a.workspaceId, "node", ...scope), windows: a.throttle.windows });
    if (a.throttle.concurrency !== null) {
      limits.pools.push({ id: bucketId(a.workspaceId, "node-pool", ...scope), limit: a.throttle.concurrency });
    }
  }
  return limits;
}

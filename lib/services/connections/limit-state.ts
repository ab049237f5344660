import { statement } from "#lib/db/statement.ts";
import { type Bucket, bucketId, type LearnedPolicy, policyBucketId, stepLimits } from "#lib/policies/throttle-buckets.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";

const learnedStatement = statement(new URL("./sql/learned-limits.sql", import.meta.url));
const stateStatement = statement(new URL("./sql/limit-state.sql", import.meta.url));

type LimitState = ConnectionView["limitState"];

interface LearnedRow {
  connection_id: string;
  policy: string;
  quota: number;
  per_ms: number | null;
  partitioned: boolean;
  learned_at: Date;
  nodes: number;
}

interface StateRow {
  bucket_id: string;
  blocked_until: Date | null;
  waiting: number;
  levels: { perMs: number; usable: number }[] | null;
}

interface Limited {
  id: string;
  limits: JsonObject;
  learned: LearnedRow[];
  windows: Bucket["windows"];
  buckets: Bucket[];
}

/** How the limits of connections stand: paused, waited for, lowered, learned. */
export async function limitStates(ctx: Context, connections: { id: string; limits: JsonObject }[]): Promise<Map<string, LimitState>> {
  const { pool } = ctx.db;
  const ids = connections.map((connection) => connection.id);
  const { rows: learned } = await pool.query<LearnedRow>({ ...learnedStatement, values: [ctx.workspaceId, ids] });
  const byConnection = Map.groupBy(learned, (row) => row.connection_id);
  const limited = connections.map((connection) => withBuckets(ctx, { ...connection, learned: byConnection.get(connection.id) ?? [] }));
  const windows = limited.flatMap(({ buckets }) =>
    buckets.flatMap((bucket) => bucket.windows.map((window) => ({ bucket: bucket.id, ...window }))),
  );
  const bucketIds = limited.flatMap(({ id, buckets }) => [
    bucketId(ctx.workspaceId, "connection-pool", id),
    ...buckets.map((each) => each.id),
  ]);
  const { rows } = await pool.query<StateRow>({ ...stateStatement, values: [bucketIds, JSON.stringify(windows)] });
  const states = new Map(rows.map((row) => [row.bucket_id, row]));
  return new Map(limited.map((connection) => [connection.id, stateOf(ctx, connection, states)]));
}

function withBuckets(ctx: Context, { id, limits, learned }: Pick<Limited, "id" | "limits" | "learned">): Limited {
  const windows = windowsOf(limits);
  const headroom = typeof limits.headroom === "number" ? limits.headroom : undefined;
  const { buckets } = stepLimits({
    workspaceId: ctx.workspaceId,
    workflowId: "",
    nodeId: "",
    throttle: null,
    key: null,
    connection: { id, limits: { windows, concurrency: null, headroom }, learned: learned.map(toPolicy) },
  });
  return { id, limits, learned, windows, buckets };
}

function stateOf(ctx: Context, { id, learned, windows, buckets }: Limited, states: Map<string, StateRow>): LimitState {
  const [own, ...others] = buckets.map((bucket) => ({ bucket, state: states.get(bucket.id) }));
  const pool = states.get(bucketId(ctx.workspaceId, "connection-pool", id));
  const usable = (perMs: number, limit: number) => own?.state?.levels?.find((level) => level.perMs === perMs)?.usable ?? limit;
  return {
    blockedUntil: own?.state?.blocked_until?.toISOString() ?? null,
    waitingCalls: [own, ...others].reduce((sum, each) => sum + (each?.state?.waiting ?? 0), pool?.waiting ?? 0),
    windows: windows.map(({ limit, perMs }, index) => ({
      limit,
      perMs,
      usable: usable(perMs, own?.bucket.windows[index]?.limit ?? limit),
    })),
    learned: learned.map((row) => ({
      policy: row.policy,
      limit: row.quota,
      perMs: row.per_ms,
      perKey: row.partitioned,
      nodes: row.nodes,
      learnedAt: row.learned_at.toISOString(),
      blockedUntil:
        states.get(policyBucketId({ workspaceId: ctx.workspaceId, connectionId: id, key: null }, row))?.blocked_until?.toISOString() ??
        null,
    })),
  };
}

function toPolicy({ policy, quota, per_ms, partitioned }: LearnedRow): LearnedPolicy {
  return { policy, quota, perMs: per_ms, partitioned };
}

function windowsOf(limits: JsonObject): { limit: number; perMs: number }[] {
  const windows = Array.isArray(limits.windows) ? limits.windows : [];
  return windows.flatMap((window) =>
    isJsonObject(window) && typeof window.limit === "number" && typeof window.perMs === "number"
      ? [{ limit: window.limit, perMs: window.perMs }]
      : [],
  );
}

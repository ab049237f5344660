import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Bucket, ConcurrencyPool } from "#lib/policies/throttle-buckets.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import { LearnedLimits, type Lesson } from "./learned-limits.ts";

const acquireStatement = statement(new URL("./sql/throttle-acquire.sql", import.meta.url));
const awaitedStatement = statement(new URL("./sql/throttle-awaited.sql", import.meta.url));
const blockStatement = statement(new URL("./sql/throttle-block.sql", import.meta.url));
const pausedStatement = statement(new URL("./sql/throttle-paused.sql", import.meta.url));
const pruneStatement = statement(new URL("./sql/throttle-prune.sql", import.meta.url));
const releaseStatement = statement(new URL("./sql/throttle-release.sql", import.meta.url));
const slowDownStatement = statement(new URL("./sql/throttle-slow-down.sql", import.meta.url));

/** One call that wants to be made. All buckets must have room for it at one time, and all pools a free place. */
export interface AcquireRequest {
  workspaceId: string;
  /** The step. Its place in the queue and its places in pools are known by this; asking again keeps the place. */
  holder: string;
  buckets: readonly Pick<Bucket, "id" | "windows">[];
  pools: readonly ConcurrencyPool[];
  /** How long a place in a pool is held at most, from the grant on: the attempt's time-out and a margin. */
  leaseMs: number;
  /** Of a grant that was not used in time: keeps the place in the queue. */
  queuedAtMs?: number;
  /** Is woken when its turn comes earlier than it was told. */
  runId?: string;
  /** Higher comes first; 0 is usual. */
  priority?: number;
  /** Units of each window, 1 unless said otherwise; never more than a window's limit. */
  cost?: number;
}

/** Times are the database's Unix ms; `inMs` is the same counted from now, for those who do not trust their own clock. */
export type Grant =
  /** Send at that time, at most `graceMs` later; a grant used later than that is void, ask again. */
  | { status: "granted"; atMs: number; inMs: number; graceMs: number; leaseMs: number; queuedAtMs: number }
  /** Nothing was reserved. Ask again at that time; `boundBy` is the bucket or pool without room. */
  | { status: "park"; untilMs: number; inMs: number; boundBy: string };

interface GrantRow {
  holder: string;
  granted: boolean;
  at_ms: number;
  in_ms: number;
  queued_at_ms: number;
  bound_by: string | null;
}

/**
 * Limits of connections, nodes and keys, shared by all workers through the database. What is asked in the same moment
 * goes there in one statement.
 */
export class ThrottleSystem {
  readonly #pool: pg.Pool;
  readonly #graceMs: number;
  readonly #horizonMs: number;
  readonly #acquires: GroupCommit<AcquireRequest, Grant>;
  readonly #releases: GroupCommit<string, string[]>;
  readonly #pauses: GroupCommit<readonly string[], boolean>;
  readonly #learned: LearnedLimits;

  /**
   * `graceMs` is added to every period, so that a grant may be used that much late; `horizonMs` is how far ahead a grant
   * may lie, that is how long a worker holds on to a call that waits for its time.
   */
  constructor({ pool, graceMs = 100, horizonMs = 1_000 }: { pool: pg.Pool; graceMs?: number; horizonMs?: number }) {
    this.#pool = pool;
    this.#learned = new LearnedLimits({ pool });
    this.#graceMs = graceMs;
    this.#horizonMs = horizonMs;
    this.#acquires = new GroupCommit({ flush: (requests) => this.#acquireAll(requests), maxBatch: 200 });
    this.#releases = new GroupCommit({ flush: (holders) => this.#releaseAll(holders) });
    this.#pauses = new GroupCommit({ flush: (asked) => this.#pausedAll(asked) });
  }

  /** Grants the call or tells when to ask again. */
  acquire(request: AcquireRequest): Promise<Grant> {
    return this.#acquires.add(request);
  }

  /**
   * Gives back the places of a holder, and its place in the queue: after each granted attempt that had a pool, and when a
   * waiting step ends without its call. Returns the holders that may now have a free place; their runs are woken.
   */
  release(holder: string): Promise<string[]> {
    return this.#releases.add(holder);
  }

  /** Nobody gets through these buckets for so long (at most a day): what a remote asks for with Retry-After. Never shortens a pause. */
  async block(workspaceId: string, bucketIds: readonly string[], forMs: number): Promise<void> {
    await this.#pool.query({ ...blockStatement, values: [workspaceId, [...bucketIds].sort(), forMs] });
  }

  /** Whether one of these buckets is paused by now: a grant that lay ahead may have been overtaken by a pause. */
  isPaused(bucketIds: readonly string[]): Promise<boolean> {
    return this.#pauses.add(bucketIds);
  }

  /** Whether calls of a higher class than this wait for a bucket. */
  async isAwaited(bucketId: string, above: number): Promise<boolean> {
    const { rows } = await this.#pool.query<{ awaited: boolean }>({ ...awaitedStatement, values: [bucketId, above] });
    return rows[0]?.awaited ?? false;
  }

  /**
   * The remote turned a call away without saying for how long: lowers the windows of these buckets that may be too wide.
   * False when they have none. `grantedAtMs` is when the call was granted: what was granted before the last lowering tells
   * nothing new.
   */
  async slowDown(buckets: readonly Pick<Bucket, "id" | "windows">[], grantedAtMs: number): Promise<boolean> {
    const windows = buckets.flatMap((bucket) => strictest(bucket.windows).map((window) => ({ bucket: bucket.id, ...window })));
    if (windows.length === 0) return false;
    const values = [JSON.stringify(windows), grantedAtMs, this.#graceMs];
    const { rows } = await this.#pool.query<{ windows: number }>({ ...slowDownStatement, values });
    return (rows[0]?.windows ?? 0) > 0;
  }

  /** Remembers what a remote told of its limits, for all workers. */
  learn(lesson: Lesson): Promise<void> {
    return this.#learned.learn(lesson);
  }

  /** Forgets buckets, places and queue entries that no longer tell anything. Call it now and then. */
  async prune(): Promise<void> {
    await this.#pool.query(pruneStatement);
  }

  async #acquireAll(requests: AcquireRequest[]): Promise<Grant[]> {
    const values = [JSON.stringify(groupAlike(requests)), this.#graceMs, this.#horizonMs];
    const { rows } = await this.#pool.query<GrantRow>({ ...acquireStatement, values });
    const answers = new Map(rows.map((row) => [row.holder, row]));
    return requests.map((request) => {
      const answer = answers.get(request.holder);
      if (!answer) throw new Error(`throttle_acquire did not answer ${request.holder}`);
      return this.#toGrant(answer, request.leaseMs);
    });
  }

  async #releaseAll(holders: string[]): Promise<string[][]> {
    const { rows } = await this.#pool.query<{ holder: string }>({ ...releaseStatement, values: [holders] });
    // Whoever asks first wakes them all: the places were freed by the batch as a whole.
    return holders.map((_, index) => (index === 0 ? rows.map((row) => row.holder) : []));
  }

  async #pausedAll(asked: (readonly string[])[]): Promise<boolean[]> {
    const { rows } = await this.#pool.query<{ bucket_id: string }>({ ...pausedStatement, values: [[...new Set(asked.flat())]] });
    const paused = new Set(rows.map((row) => row.bucket_id));
    return asked.map((ids) => ids.some((id) => paused.has(id)));
  }

  #toGrant(row: GrantRow, leaseMs: number): Grant {
    return row.granted
      ? { status: "granted", atMs: row.at_ms, inMs: row.in_ms, graceMs: this.#graceMs, leaseMs, queuedAtMs: row.queued_at_ms }
      : { status: "park", untilMs: row.at_ms, inMs: row.in_ms, boundBy: row.bound_by ?? "" };
  }
}

interface AlikeRequests {
  workspaceId: string;
  windows: { bucket: string; limit: number; perMs: number }[];
  buckets: string[];
  pools: { id: string; limit: number }[];
  leaseMs: number;
  holders: { holder: string; queuedAtMs: number | null; runId: string | null; priority: number; cost: number }[];
}

/** Calls under the same limits are decided together, on one reading of their buckets. */
function groupAlike(requests: readonly AcquireRequest[]): AlikeRequests[] {
  const groups = new Map<string, AlikeRequests>();
  for (const { workspaceId, buckets, pools, leaseMs, holder, queuedAtMs = null, runId = null, priority = 0, cost = 1 } of requests) {
    const signature = JSON.stringify([workspaceId, buckets, pools, leaseMs]);
    let group = groups.get(signature);
    if (!group) {
      const windows = buckets.flatMap((bucket) => strictest(bucket.windows).map((window) => ({ bucket: bucket.id, ...window })));
      group = { workspaceId, windows, buckets: buckets.map((bucket) => bucket.id), pools: [...pools], leaseMs, holders: [] };
      groups.set(signature, group);
    }
    group.holders.push({ holder, queuedAtMs, runId, priority, cost });
  }
  return [...groups.values()];
}

/** Of several windows of one period only the lowest limit tells. */
function strictest(windows: Bucket["windows"]): { limit: number; perMs: number }[] {
  const limits = new Map<number, number>();
  for (const { limit, perMs } of windows) limits.set(perMs, Math.min(limit, limits.get(perMs) ?? limit));
  return [...limits].map(([perMs, limit]) => ({ limit, perMs }));
}

import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Effect, ReceivedCall } from "#lib/engine/testing/call.ts";

const sql = (name: string) => statement(new URL(`./sql/${name}.sql`, import.meta.url));
const runsUnfinished = sql("runs-unfinished");
const slotsLeaked = sql("slots-leaked");
/** Those that ask nothing but the workspace. */
const plain = ["events-lost", "failures-silent", "steps-orphaned", "runs-left-over", "results-differ", "unsafe-repeated"].map(sql);

/** A limit as the remote sees it: at most so many calls on a path within any window of that length. */
export interface WindowLimit {
  path: string;
  limit: number;
  perMs: number;
  /** How much shorter than the window a measured one may be. */
  slackMs: number;
}

/** What was asked of the engine, and what both sides wrote down about it. */
export interface Evidence {
  pool: pg.Pool;
  workspaceId: string;
  /** The runs of all events that were acknowledged. */
  acknowledged: readonly string[];
  receipts: readonly ReceivedCall[];
  effects: readonly Effect[];
  limits: readonly WindowLimit[];
  /** How long a place in a pool or a probe lives at most. */
  leaseMs: number;
  /** The share of runs that must have succeeded: what did nothing broke nothing either. */
  progressFloor: number;
  /** Whether all runs must have ended, not only be sure to be woken. */
  drained: boolean;
}

/** Everything in which the engine did not keep its promise; empty when it did. Each violation is a sentence that names the row. */
export async function findViolations(evidence: Evidence): Promise<string[]> {
  return [
    ...doubledEffects(evidence.effects),
    ...evidence.limits.flatMap((limit) => overrunWindows(limit, evidence.receipts)),
    ...(await unknownRuns(evidence)),
    ...(await storedViolations(evidence)),
    ...(await tooLittleProgress(evidence)),
  ];
}

/** At most one effect for one thing that was asked for, whatever class its call is of. */
export function doubledEffects(effects: readonly Effect[]): string[] {
  const counts = Map.groupBy(effects, (effect) => `${effect.path} ${effect.identity}`);
  return [...counts].filter(([, list]) => list.length > 1).map(([what, list]) => `${what} was done ${list.length} times`);
}

/** By the times at which the remote received the calls: the n-th call after another must be at least a window later. */
export function overrunWindows({ path, limit, perMs, slackMs }: WindowLimit, receipts: readonly ReceivedCall[]): string[] {
  const times = receipts
    .filter((call) => call.path === path)
    .map((call) => call.atMs)
    .sort((a, b) => a - b);
  return times.flatMap((atMs, index) => {
    const later = times[index + limit];
    if (later === undefined || later - atMs >= perMs - slackMs) return [];
    return [`${path} received ${limit + 1} calls within ${(later - atMs).toFixed(1)} ms, its limit is ${limit} in ${perMs}`];
  });
}

async function unknownRuns({ pool, acknowledged }: Evidence): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM run WHERE id = ANY ($1::uuid[])", [acknowledged]);
  const known = new Set(rows.map((row) => row.id));
  return acknowledged.filter((id) => !known.has(id)).map((id) => `run ${id} was acknowledged and does not exist`);
}

async function storedViolations({ pool, workspaceId, leaseMs, drained }: Evidence): Promise<string[]> {
  const queries = [
    ...plain.map((query) => ({ ...query, values: [workspaceId] as unknown[] })),
    { ...runsUnfinished, values: [workspaceId, drained] },
    { ...slotsLeaked, values: [workspaceId, leaseMs] },
  ];
  const found: string[] = [];
  for (const query of queries) {
    const { rows } = await pool.query<{ violation: string }>(query);
    found.push(...rows.map((row) => row.violation));
  }
  return found;
}

async function tooLittleProgress({ pool, workspaceId, progressFloor }: Evidence): Promise<string[]> {
  const { rows } = await pool.query<{ all: number; succeeded: number }>(
    `SELECT count(*)::int AS all, count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded FROM run WHERE workspace_id = $1`,
    [workspaceId],
  );
  const { all = 0, succeeded = 0 } = rows[0] ?? {};
  if (all > 0 && succeeded >= all * progressFloor) return [];
  return [`${succeeded} of ${all} runs succeeded, fewer than the floor of ${progressFloor * 100} %`];
}

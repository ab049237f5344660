import type pg from "pg";
import { derivedId } from "#lib/shared/ids.ts";

export interface Limit {
  bucket: string;
  limit: number;
  perMs: number;
}
export interface Call {
  holder: string;
  /** Without a window: only its pauses bind. */
  buckets: string[];
  windows: Limit[];
  pools?: { id: string; limit: number }[];
  priority?: number;
  cost?: number;
}
export interface Answer {
  holder: string;
  granted: boolean;
  atMs: number;
  boundBy: string | null;
}
export interface Moment {
  now: number;
  graceMs: number;
  horizonMs: number;
}

const startMs = Date.parse("2026-11-21T12:00:00Z");

/** The most that any half-open window of this length holds. */
export function busiest(times: readonly number[], periodMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  sorted.forEach((at, index) => {
    while (at - (sorted[first] ?? 0) >= periodMs) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

/** The throttle of the database in a time of the test's own, counted in ms from nought. */
export class VirtualThrottle {
  readonly #pool: pg.Pool;
  readonly #workspaceId: string;
  /** How many statements were made. */
  statements = 0;

  constructor({ pool, workspaceId }: { pool: pg.Pool; workspaceId: string }) {
    this.#pool = pool;
    this.#workspaceId = workspaceId;
  }

  async reset(): Promise<void> {
    await this.#pool.query("TRUNCATE throttle_bucket, throttle_wait, concurrency_lease");
  }

  /** Asks in one batch. `runs`: waiting calls can be called up. */
  async ask(calls: readonly Call[], a: Moment & { runs?: boolean }): Promise<Answer[]> {
    const requests: { holders: { holder: string; queuedAtMs: null; priority: number; runId: string | null; cost?: number }[] }[] = [];
    for (const [index, { holder, priority = 0, cost, ...call }] of calls.entries()) {
      const before = calls[index - 1];
      const alike = before?.windows === call.windows && before.buckets === call.buckets;
      if (!alike) requests.push({ ...{ workspaceId: this.#workspaceId, pools: [], leaseMs: 10_000, ...call }, holders: [] });
      const runId = a.runs ? derivedId(this.#workspaceId, holder) : null;
      requests.at(-1)?.holders.push({ holder, queuedAtMs: null, priority, runId, ...(cost !== undefined && { cost }) });
    }
    this.statements++;
    const { rows } = await this.#pool.query<Answer>(
      `SELECT holder, granted, extract(epoch FROM at)::float8 * 1000 AS "atMs", bound_by AS "boundBy"
       FROM throttle_acquire($1, $2 * interval '1 millisecond', $3 * interval '1 millisecond', to_timestamp($4::float8 / 1000))`,
      [JSON.stringify(requests), a.graceMs, a.horizonMs, startMs + a.now],
    );
    return rows.map((row) => ({ ...row, atMs: Math.round(row.atMs - startMs) }));
  }

  /** The waiting calls whose runs are woken by now. */
  async calledUp(now: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ holder: string }>(
      "SELECT holder FROM throttle_wait WHERE wake_at <= to_timestamp($1::float8 / 1000)",
      [startMs + now],
    );
    return rows.map((row) => row.holder);
  }

  async pause(bucket: string, untilMs: number): Promise<void> {
    await this.#pool.query(
      `INSERT INTO throttle_bucket AS b (workspace_id, bucket_id, period_ms, blocked_until) VALUES ($1, $2, 0, to_timestamp($3::float8 / 1000))
       ON CONFLICT (bucket_id, period_ms) DO UPDATE SET blocked_until = greatest(b.blocked_until, excluded.blocked_until)`,
      [this.#workspaceId, bucket, startMs + untilMs],
    );
  }

  /** The remote turned a call away without a hint. */
  async refused(windows: readonly Limit[], a: { grantedAtMs: number; now: number; graceMs: number }): Promise<void> {
    await this.#pool.query(
      `SELECT throttle_slow_down($1, to_timestamp($2::float8 / 1000), $3 * interval '1 millisecond', to_timestamp($4::float8 / 1000))`,
      [JSON.stringify(windows), startMs + a.grantedAtMs, a.graceMs, startMs + a.now],
    );
  }

  /** Plays calls to their end: each asks when it arrives, and again whenever it is told to. */
  async playOut(
    calls: readonly (Call & { arriveAt: number })[],
    options: { graceMs: number; horizonMs: number },
    change: { untilMs: number; windows?: (now: number) => Limit[] } = { untilMs: Number.POSITIVE_INFINITY },
  ) {
    const due = new Map(calls.map((call) => [call.holder, call.arriveAt]));
    const byHolder = new Map(calls.map((call) => [call.holder, call]));
    const granted = new Map<string, number>();
    let asked = 0;
    while (due.size > 0) {
      const now = Math.min(...due.values());
      if (now > change.untilMs) break;
      const batch = [...due].filter(([, at]) => at === now).flatMap(([holder]) => byHolder.get(holder) ?? []);
      const current = batch.map((call) => ({ ...call, windows: change.windows?.(now) ?? call.windows }));
      asked += batch.length;
      for (const answer of await this.ask(current, { now, ...options })) {
        if (answer.granted) {
          granted.set(answer.holder, answer.atMs);
          due.delete(answer.holder);
        } else {
          if (answer.atMs <= now) throw new Error(`${answer.holder} is told to ask again at once`);
          due.set(answer.holder, answer.atMs);
        }
      }
    }
    return { granted, due, asked, perCall: asked / calls.length };
  }
}

import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { NodeResult } from "#lib/nodes/runner.ts";
import { claim, type IdempotencyRecord, type RecordState } from "#lib/policies/idempotency.ts";
import { keyHash, outboundKey } from "#lib/policies/idempotency-key.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import type { Failure } from "../run-state.ts";
import type { HeldRecord } from "./run-changes.ts";

const insertRecords = statement(new URL("./sql/insert-records.sql", import.meta.url));
const lockRecord = statement(new URL("./sql/lock-record.sql", import.meta.url));
const ownerEnded = statement(new URL("./sql/owner-ended.sql", import.meta.url));
const takeRecord = statement(new URL("./sql/take-record.sql", import.meta.url));
const pruneRecordsStatement = statement(new URL("./sql/prune-records.sql", import.meta.url));
const pruneWaiters = statement(new URL("./sql/prune-waiters.sql", import.meta.url));
const forgetWaiter = statement(new URL("./sql/forget-waiter.sql", import.meta.url));
const waitForRecord = statement(new URL("./sql/wait-for-record.sql", import.meta.url));

export interface ClaimRecordRequest {
  scope: string;
  /** Normalized. */
  key: string;
  /** Of the frozen input. */
  fingerprint: Buffer;
  workspaceId: string;
  runId: string;
  stepId: string;
  ttlMs: number;
  /** The run is a replay with keys of a new generation. */
  anew: boolean;
}

export type RecordClaim =
  | { next: "execute"; record: HeldRecord }
  | { next: "replay"; result: NodeResult }
  /** The first one failed for good, and its failure is stored as the key's result. */
  | { next: "replay-failure"; failure: Failure }
  /** The step has been noted as a waiter; the owner's commit wakes it. */
  | { next: "wait" }
  | { next: "mismatch" };

interface RecordRow {
  state: RecordState;
  fingerprint: Buffer;
  fence: number;
  generation: number;
  owner_run: string;
  owner_step: string;
  outbound_key: string;
  result: string | null;
  expired: boolean;
  first_sent_at_ms: number | null;
  last_sent_at_ms: number | null;
}

/** Claims idempotency keys for steps: new keys many at a time, contested ones each under the lock of its record. */
export class RecordClaims {
  readonly #pool: pg.Pool;
  readonly #inserts: GroupCommit<ClaimRecordRequest, boolean>;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
    this.#inserts = new GroupCommit({ flush: (items) => this.#insert(items), maxBatch: 200 });
  }

  async claim(request: ClaimRecordRequest): Promise<RecordClaim> {
    for (;;) {
      if (await this.#inserts.add(request)) return fresh(request);
      const decided = await this.#contest(request);
      if (decided !== null) return decided;
    }
  }

  async #insert(items: ClaimRecordRequest[]): Promise<boolean[]> {
    const values = [
      items.map((item) => item.scope),
      items.map((item) => keyHash(item.key)),
      items.map((item) => item.workspaceId),
      items.map((item) => item.fingerprint),
      items.map((item) => item.runId),
      items.map((item) => item.stepId),
      items.map((item) => outboundKey(item.scope, item.key, 1)),
      items.map((item) => item.ttlMs),
    ];
    const { rows } = await this.#pool.query<{ owner_step: string }>({ ...insertRecords, values });
    const inserted = new Set(rows.map((row) => row.owner_step));
    return items.map((item) => inserted.has(item.stepId));
  }

  async #contest(request: ClaimRecordRequest): Promise<RecordClaim | null> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      const decided = await decideLocked(client, request);
      await client.query("COMMIT");
      return decided;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined); // the connection may be gone
      throw error;
    } finally {
      client.release();
    }
  }
}

/** Null: the record was forgotten since it stood in the way. */
async function decideLocked(client: pg.PoolClient, request: ClaimRecordRequest): Promise<RecordClaim | null> {
  const hash = keyHash(request.key);
  const { rows } = await client.query<RecordRow>({ ...lockRecord, values: [request.scope, hash] });
  const row = rows[0];
  if (!row) return null;
  const record = toRecord(row);
  const decision = claim(record, {
    owner: request.stepId,
    fingerprint: request.fingerprint.toString("hex"),
    now: 0,
    ttlMs: request.ttlMs,
    // Once: what this very run did under the key is not done a third time.
    anew: request.anew && row.owner_run !== request.runId,
    ownerAlive: row.owner_step !== request.stepId && !(await hasEnded(client, row)),
  });
  // Nobody wakes it when the first one ended without moving the record: it came by itself.
  if (decision.next !== "wait") await client.query({ ...forgetWaiter, values: [request.scope, hash, request.stepId] });
  switch (decision.next) {
    case "execute":
    case "reconcile": {
      // A changed input must not meet the remote under a key it may have stored an answer to.
      const redefined = decision.record.generation === record.generation && decision.record.fingerprint !== record.fingerprint;
      const generation = decision.record.generation + (redefined ? 1 : 0);
      const key = outboundKey(request.scope, request.key, generation);
      const state = decision.next === "reconcile" ? "sent" : "claimed";
      const values = [request.scope, hash, state, generation, key, request.fingerprint, request.runId, request.stepId, request.ttlMs];
      const { rows: taken } = await client.query<{ fence: number }>({ ...takeRecord, values });
      const sentBefore =
        decision.next === "reconcile" ? { firstAtMs: row.first_sent_at_ms ?? 0, lastAtMs: row.last_sent_at_ms ?? 0 } : null;
      return { next: "execute", record: held(request, { fence: taken[0]?.fence ?? 0, generation, sentBefore }) };
    }
    case "replay":
      // Safe because settleRecord and storeFailure wrote it.
      if (decision.as === "failed") return { next: "replay-failure", failure: JSON.parse(decision.result ?? "null") as Failure };
      return { next: "replay", result: JSON.parse(decision.result ?? "null") as NodeResult };
    case "wait":
      await client.query({ ...waitForRecord, values: [request.scope, hash, request.runId, request.stepId] });
      return { next: "wait" };
    case "mismatch":
      return { next: "mismatch" };
  }
}

async function hasEnded(client: pg.PoolClient, row: RecordRow): Promise<boolean> {
  const { rows } = await client.query<{ ended: boolean | null }>({ ...ownerEnded, values: [row.owner_run, row.owner_step] });
  return rows[0]?.ended ?? rows.length === 0;
}

/** Expiry was judged by the database's clock; the pure decision is told of it in a time of its own. */
function toRecord(row: RecordRow): IdempotencyRecord {
  return {
    state: row.state,
    owner: row.owner_step,
    fingerprint: row.fingerprint.toString("hex"),
    fence: row.fence,
    generation: row.generation,
    firstSentAtMs: null,
    result: row.result,
    expiresAtMs: row.expired ? -1 : 1,
  };
}

function fresh(request: ClaimRecordRequest): RecordClaim {
  return { next: "execute", record: held(request, { fence: 1, generation: 1, sentBefore: null }) };
}

/** Forgets a batch of expired keys and of waiters whose runs have ended. What a run or a person may still need stays. */
export async function pruneRecords(pool: pg.Pool, batch = 5_000): Promise<void> {
  await pool.query({ ...pruneRecordsStatement, values: [batch] });
  await pool.query({ ...pruneWaiters, values: [batch] });
}

function held(request: ClaimRecordRequest, claimed: Pick<HeldRecord, "fence" | "generation" | "sentBefore">): HeldRecord {
  const { scope, key } = request;
  return { ...claimed, scope, key, keyHash: keyHash(key), outboundKey: outboundKey(scope, key, claimed.generation), renew: false };
}

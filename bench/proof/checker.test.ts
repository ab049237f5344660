import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ReceivedCall } from "#lib/engine/testing/call.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { doubledEffects, type Evidence, findViolations, overrunWindows } from "./checker.ts";

/* A checker that finds nothing proves nothing unless it finds what is there: here each kind of violation is planted. */

let engine: TestEngine;
let saved: SavedDocument;
let runId: string;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
  const policy = { idempotency: { key: "{{ trigger.body.id }}", header: "Idempotency-Key" } };
  saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/x" }, policy },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  });
});
afterAll(() => engine.stop());

/** A run that did all as it should, alone in its workspace. */
beforeEach(async () => {
  await engine.db.pool.query(
    "TRUNCATE event, run, step, attempt, idempotency_record, idempotency_waiter, concurrency_lease, throttle_wait CASCADE",
  );
  ({ runId } = await engine.run(saved, { id: newId() }));
  expect(await violations()).toEqual([]);
});

function violations(change: Partial<Evidence> = {}): Promise<string[]> {
  return findViolations({
    pool: engine.db.pool,
    workspaceId: engine.workspaceId,
    acknowledged: [runId],
    receipts: [],
    effects: [],
    limits: [],
    leaseMs: 10_000,
    progressFloor: 0.5,
    drained: true,
    ...change,
  });
}

const planted: [string, string, RegExp][] = [
  ["an event without its run", "DELETE FROM run WHERE id = $1", /was accepted and has no run/],
  [
    "a failure nobody is told of",
    "UPDATE run SET status = 'failed', error = '{\"code\":\"x\"}' WHERE id = $1",
    /failed and is not in the inbox/,
  ],
  ["a run that nothing will wake", "UPDATE run SET status = 'waiting' WHERE id = $1", /is waiting and nothing will wake it/],
  [
    "a step left behind by a run that succeeded",
    "UPDATE step SET status = 'waiting', wait_reason = 'retry' WHERE run_id = $1 AND node_id = 'call'",
    /is waiting \(retry\) although the run succeeded/,
  ],
  [
    "a duplicate the first does not know of",
    `WITH parked AS (UPDATE run SET status = 'waiting' WHERE id = $1 RETURNING id), job AS (
       SELECT graphile_worker.add_job('nobody-takes-this', '{}', job_key => 'run:' || id) FROM parked)
     UPDATE step SET status = 'waiting', wait_reason = 'duplicate' FROM job WHERE run_id = $1 AND node_id = 'call'`,
    /waits for the first of its key, which does not know of it/,
  ],
  [
    "a run that ended and still belongs to a worker",
    "UPDATE run SET worker_id = gen_random_uuid() WHERE id = $1",
    /still belongs to worker/,
  ],
  ["an attempt without an end", "UPDATE attempt SET state = 'sent' WHERE run_id = $1", /has attempt 1 sent/],
  ["a key that nobody finishes", "UPDATE idempotency_record SET state = 'sent' WHERE owner_run = $1", /holds a key that is only sent/],
  [
    "a waiter whose run has ended",
    "INSERT INTO idempotency_waiter (scope, key_hash, run_id, step_id) VALUES ('s', '\\x00', $1, gen_random_uuid())",
    /still waits for a key/,
  ],
  [
    "a place in a queue whose run has ended",
    `WITH ended AS (UPDATE run SET finished_at = now() - interval '1 minute' WHERE id = $1 RETURNING workspace_id)
     INSERT INTO throttle_wait (holder, workspace_id, bucket_id, queued_at, wake_at)
     SELECT s.id::text, e.workspace_id, gen_random_uuid(), now(), now() FROM step s, ended e WHERE s.run_id = $1 AND s.node_id = 'call'`,
    /still queues at a limit/,
  ],
  [
    "a place in a pool that never ends",
    `INSERT INTO concurrency_lease (pool_id, holder, workspace_id, lease_until)
     SELECT gen_random_uuid(), 'x', workspace_id, now() + interval '1 hour' FROM run WHERE id = $1`,
    /longer than it may live/,
  ],
  [
    "a place in a pool of a run that ended long ago",
    `WITH ended AS (UPDATE run SET finished_at = now() - interval '1 hour' WHERE id = $1 RETURNING workspace_id)
     INSERT INTO concurrency_lease (pool_id, holder, workspace_id, lease_until)
     SELECT gen_random_uuid(), s.id::text, e.workspace_id, now() + interval '5 seconds' FROM step s, ended e WHERE s.run_id = $1 AND s.node_id = 'call'`,
    /is held although its run ended/,
  ],
  [
    "an unsafe call made again by itself",
    `WITH cut_off AS (UPDATE attempt SET state = 'lost' WHERE run_id = $1 RETURNING *), marked AS (UPDATE step SET effect = 'unsafe' WHERE run_id = $1)
     INSERT INTO attempt SELECT run_id, step_id, 2, workspace_id, fence, worker_id, 'succeeded', class, http_status, request, response, error, created_at, sent_at, ended_at FROM cut_off`,
    /made unsafe call 2 after attempt 1 was lost/,
  ],
];

test.each(planted)("finds %s", async (_what, sql, told) => {
  await engine.db.pool.query(sql, [runId]);
  expect((await violations()).join("\n")).toMatch(told);
});

test("finds callers of one key that were given different results", async () => {
  const { runId: other } = await engine.run(saved, { id: newId() });
  await engine.db.pool.query(
    "UPDATE step SET idempotency_key = 'k', output = run_id::text WHERE node_id = 'call' AND run_id = ANY ($1::uuid[])",
    [[runId, other]],
  );
  expect(await violations()).toEqual(["key k of node call has 2 results"]);
});

test("finds a run that was acknowledged and is not there, and a run of which too few succeeded", async () => {
  const lost = newId();
  expect(await violations({ acknowledged: [runId, lost] })).toEqual([`run ${lost} was acknowledged and does not exist`]);
  await engine.db.pool.query("UPDATE run SET status = 'canceled' WHERE id = $1", [runId]);
  expect(await violations()).toEqual(["0 of 1 runs succeeded, fewer than the floor of 50 %"]);
});

test("finds a probe that is never given back", async () => {
  const breaker = newId();
  await engine.db.pool.query("INSERT INTO breaker (id, workspace_id, state, gen, changed_at) VALUES ($1, $2, 'half_open', 1, now())", [
    breaker,
    engine.workspaceId,
  ]);
  await engine.db.pool.query("INSERT INTO breaker_probe (id, gen, n, lease_until) VALUES ($1, 1, 1, now() + interval '1 hour')", [breaker]);
  expect((await violations()).join()).toMatch(/probe 1 of breaker/);
  await engine.db.pool.query("DELETE FROM breaker_probe");
});

test("a parked run that will be woken is no violation until the end is asked for", async () => {
  const { pool } = engine.db;
  await pool.query("UPDATE run SET status = 'waiting' WHERE id = $1", [runId]);
  await pool.query(
    "SELECT graphile_worker.add_job('nobody-takes-this', '{}', job_key => 'run:' || $1, run_at => now() + interval '1 day')",
    [runId],
  );
  expect(await violations({ drained: false, progressFloor: 0 })).toEqual([]);
  expect((await violations({ progressFloor: 0 })).join()).toMatch(/is waiting still: its job is due in 86\d+ s, tried 0 times/);
});

test("finds effects that were done twice, and windows that were overrun by the remote's clock", () => {
  const effect = (identity: string) => ({ path: "/x", identity, key: null, atMs: 0, body: null });
  expect(doubledEffects([effect("a"), effect("b"), effect("a")])).toEqual(["/x a was done 2 times"]);
  const calls = [0, 100, 999.5, 1_100].map((atMs) => ({ path: "/x", atMs }) as ReceivedCall);
  expect(overrunWindows({ path: "/x", limit: 2, perMs: 1_000, slackMs: 0 }, calls)).toEqual([
    "/x received 3 calls within 999.5 ms, its limit is 2 in 1000",
  ]);
  expect(overrunWindows({ path: "/x", limit: 2, perMs: 1_000, slackMs: 1 }, calls)).toEqual([]);
  expect(overrunWindows({ path: "/y", limit: 1, perMs: 1_000, slackMs: 0 }, calls)).toEqual([]);
});

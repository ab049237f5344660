import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { releaseDeadWorker } from "#lib/runtime/reaper.ts";
import { newId } from "#lib/shared/ids.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

/*
 * What a worker leaves behind when it is killed, put on disk as that worker would have, and then found by a living one.
 * The same with real processes and kill -9 is in the crash test.
 */

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { ok: true }));
});

function callDocument(method: string, policy: object = {}) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { method, url: "https://api.test/x" }, policy },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  };
}

/** A run that a worker, dead by now, held with its call cut off in the given state. */
async function cutOff(saved: SavedDocument, change: { attempt: "sent" | "claimed"; effect: string; lost?: number }): Promise<string> {
  const { pool } = engine.db;
  const { runId, eventId, stepId, worker } = { runId: newId(), eventId: newId(), stepId: newId(), worker: newId() };
  await pool.query("INSERT INTO worker (id, host, pid, version, concurrency, stopped_at) VALUES ($1, 'gone', 1, 'test', 1, now())", [
    worker,
  ]);
  await pool.query(
    "INSERT INTO event (id, workspace_id, workflow_id, outcome, run_id, data, size) VALUES ($1, $2, $3, 'accepted', $4, '{\"body\":{}}', 11)",
    [eventId, engine.workspaceId, saved.workflowId, runId],
  );
  await pool.query(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, fence, worker_id, started_at, deadline_at)
     VALUES ($1, $2, $3, $4, 1, 'running', 'manual', 'start', $5, 3, $6, now(), now() + interval '1 day')`,
    [runId, engine.workspaceId, saved.workflowId, saved.documentId, eventId, worker],
  );
  const step = `INSERT INTO step (run_id, node_id, id, workspace_id, status, port, effect, input, attempts, lost_count, created_at, started_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), now())`;
  await pool.query(step, [runId, "start", newId(), engine.workspaceId, "succeeded", "out", "none", null, 0, 0]);
  const input = JSON.stringify({ method: "POST", url: "https://api.test/x", headers: {}, query: {}, body: null });
  await pool.query(step, [runId, "call", stepId, engine.workspaceId, "running", null, change.effect, input, 1, change.lost ?? 0]);
  await pool.query(
    `INSERT INTO attempt (run_id, step_id, no, workspace_id, fence, worker_id, state, created_at, sent_at)
     VALUES ($1, $2, 1, $3, 3, $4, $5, now(), CASE WHEN $5 = 'sent' THEN now() END)`,
    [runId, stepId, engine.workspaceId, worker, change.attempt],
  );
  await pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [runId]);
  return runId;
}

async function attempts(runId: string) {
  const { rows } = await engine.db.pool.query<{ no: number; state: string }>(
    "SELECT no, state FROM attempt WHERE run_id = $1 ORDER BY no",
    [runId],
  );
  return rows;
}

test("what was claimed but not sent is run again", async () => {
  const saved = await engine.saveDocument(callDocument("POST"));
  const runId = await cutOff(saved, { attempt: "claimed", effect: "unsafe" });
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(await attempts(runId)).toEqual([
    { no: 1, state: "lost" },
    { no: 2, state: "succeeded" },
  ]);
});

test("a keyed call that was sent is sent again", async () => {
  const saved = await engine.saveDocument(callDocument("POST", { idempotency: { key: "k-{{ run.id }}", header: "Idempotency-Key" } }));
  const runId = await cutOff(saved, { attempt: "sent", effect: "keyed" });
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(1);
});

test("scenario 23: an unsafe call that was sent is never sent a second time by itself; a person is asked", async () => {
  const saved = await engine.saveDocument(callDocument("POST"));
  const runId = await cutOff(saved, { attempt: "sent", effect: "unsafe" });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
  expect(engine.calls).toHaveLength(0);
  const { rows } = await engine.db.pool.query("SELECT kind, status FROM dead_letter WHERE run_id = $1", [runId]);
  expect(rows).toEqual([{ kind: "unknown_outcome", status: "open" }]);
});

test("scenario 32: a step that three workers in a row did not survive is taken out", async () => {
  const saved = await engine.saveDocument(callDocument("GET"));
  const runId = await cutOff(saved, { attempt: "claimed", effect: "read", lost: 2 });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "poison" } });
  expect(engine.calls).toHaveLength(0);
});

test("a run a living worker holds is not taken from it; the holder looks again before it lets go", async () => {
  const saved = await engine.saveDocument(callDocument("GET"));
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  engine.onCall(async () => {
    await gate;
    return answer(200, { ok: true });
  });
  const { runId } = await engine.accept(saved, {});
  await expect.poll(() => engine.calls.length).toBe(1);
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT wake_requested FROM run WHERE id = $1", [runId])).rows[0]?.wake_requested)
    .toBe(true);
  release();
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(1);
});

test("a result that arrives after another worker has claimed the run is refused", async () => {
  const saved = await engine.saveDocument(callDocument("GET"));
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  engine.onCall(async () => {
    if (engine.calls.length === 1) await gate;
    return answer(200, { call: engine.calls.length });
  });
  const { runId } = await engine.accept(saved, {});
  await expect.poll(() => engine.calls.length).toBe(1);
  // Another worker, as the reaper's victim would be replaced by.
  await engine.db.pool.query("UPDATE run SET fence = fence + 1, worker_id = NULL WHERE id = $1", [runId]);
  release();
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  const { rows } = await engine.db.pool.query<{ output: string }>("SELECT output FROM step WHERE run_id = $1 AND node_id = 'call'", [
    runId,
  ]);
  expect(JSON.parse(rows[0]?.output ?? "null")).toEqual({ call: 2 });
});

test("a step that had claimed its key when its worker died, before anything else of it was stored, goes on under that claim", async () => {
  const saved = await engine.saveDocument(callDocument("POST", { idempotency: { key: "ghost-{{ run.id }}", header: "Idempotency-Key" } }));
  const { runId } = await engine.accept(saved, {});
  await untilEnd(engine, runId);
  const { pool } = engine.db;
  // As the worker would have left it: the record claimed, no step, the run still running under a dead worker.
  await pool.query("DELETE FROM step WHERE run_id = $1 AND node_id = 'call'", [runId]);
  await pool.query("UPDATE idempotency_record SET state = 'claimed', result = NULL WHERE owner_run = $1", [runId]);
  await pool.query("UPDATE run SET status = 'running', finished_at = NULL, worker_id = $2 WHERE id = $1", [runId, newId()]);
  await pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [runId]);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(2);
});

test("a supervisor's word that a worker ended frees its jobs at once", async () => {
  const { pool } = engine.db;
  const id = newId();
  await pool.query(
    "INSERT INTO worker (id, host, pid, version, concurrency, graphile_worker_ids) VALUES ($1, 'h', 77, 'test', 1, '{pool-x}')",
    [id],
  );
  const job = await lockedJob("pool-x", "now()");
  await releaseDeadWorker(pool, { host: "h", pid: 77 });
  expect(await lockOf(job)).toBeNull();
});

test("jobs locked by a process that died before it could say its name are freed after a moment, those of the living never", async () => {
  const { pool } = engine.db;
  await pool.query(
    "INSERT INTO worker (id, host, pid, version, concurrency, graphile_worker_ids) VALUES ($1, 'h', 78, 'test', 1, '{pool-alive}')",
    [newId()],
  );
  const [nameless, young, living] = await Promise.all([
    lockedJob("pool-nameless", "now() - interval '11 seconds'"),
    lockedJob("pool-young", "now()"),
    lockedJob("pool-alive", "now() - interval '1 hour'"),
  ]);
  await releaseDeadWorker(pool, { host: "elsewhere", pid: 1 });
  expect(await lockOf(nameless)).toBeNull();
  expect(await lockOf(young)).toBe("pool-young");
  expect(await lockOf(living)).toBe("pool-alive");
});

async function lockedJob(lockedBy: string, at: string): Promise<string> {
  const { pool } = engine.db;
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM graphile_worker.add_job('nobody-takes-this')");
  const id = rows[0]?.id ?? "";
  await pool.query(`UPDATE graphile_worker._private_jobs SET locked_by = $2, locked_at = ${at} WHERE id = $1`, [id, lockedBy]);
  return id;
}

async function lockOf(jobId: string): Promise<string | null | undefined> {
  const { rows } = await engine.db.pool.query<{ locked_by: string | null }>(
    "SELECT locked_by FROM graphile_worker._private_jobs WHERE id = $1",
    [jobId],
  );
  return rows[0]?.locked_by;
}

test("scenario 36: a row that cannot be read ends its own run with a reason; the runs claimed with it go on", async () => {
  const { pool } = engine.db;
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "wait", type: "delay", name: "Wait", config: { forMs: 3_600_000 } },
    ],
    edges: [{ id: "e1", source: "start", target: "wait" }],
  });
  const runs = await Promise.all(Array.from({ length: 10 }, () => engine.accept(saved, {})));
  const ids = runs.map((run) => run.runId);
  const parked = async () => (await pool.query("SELECT FROM run WHERE id = ANY ($1::uuid[]) AND status = 'waiting'", [ids])).rowCount;
  await expect.poll(parked).toBe(10);
  await pool.query("UPDATE step SET input = '{broken' WHERE run_id = $1", [ids[4]]);
  // Woken at once, so that they are claimed together.
  const due = `UPDATE step SET wake_at = now(), input = CASE WHEN run_id = $2 THEN input ELSE json_build_object('until', now())::text END
    WHERE run_id = ANY ($1::uuid[]) AND node_id = 'wait'`;
  await pool.query(due, [ids, ids[4]]);
  await pool.query(
    `SELECT graphile_worker.add_jobs(ARRAY(SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec
       FROM unnest($1::uuid[]) AS id))`,
    [ids],
  );
  const ended = await Promise.all(ids.map((id) => untilEnd(engine, id)));
  const broken = ended.splice(4, 1)[0];
  expect(broken).toMatchObject({ status: "failed", error: { code: "engine_fault" } });
  expect(new Set(ended.map((run) => run.status))).toEqual(new Set(["succeeded"]));
});

/* With engines of their own, these wait side by side for what a worker does now and then. */

test.concurrent("a connection that cannot be read because the database is away is no failure of the step: the run is tried again", async ({
  expect,
}) => {
  let reads = 0;
  const connectionId = newId();
  const limits = { windows: [], concurrency: null };
  const own = await createTestEngine({
    connection: async () => {
      reads += 1;
      if (reads === 1) throw new Error("Connection terminated unexpectedly");
      return { id: connectionId, baseUrl: null, fields: {}, limits, credential: async () => ({ headers: {}, secretValues: [] }) };
    },
  });
  await own.startWorker();
  const document = callDocument("GET");
  const nodes = document.nodes.map((node) => (node.id === "call" ? { ...node, connectionId } : node));
  expect((await own.run(await own.saveDocument({ ...document, nodes }), {})).status).toBe("succeeded");
  expect(own.calls).toHaveLength(1);
  await own.stop();
});

test.concurrent("a run that was woken while its worker held it goes on at once when that worker is dead, although it has no job left", async ({
  expect,
}) => {
  const own = await createTestEngine();
  const { pool } = own.db;
  const { runId } = await own.accept(await own.saveDocument(callDocument("GET")), {});
  const gone = newId();
  await pool.query("INSERT INTO worker (id, host, pid, version, concurrency) VALUES ($1, 'gone', 4242, 'test', 1)", [gone]);
  const held = "UPDATE run SET status = 'running', worker_id = $2, fence = 1, started_at = now(), wake_requested = true WHERE id = $1";
  await pool.query(held, [runId, gone]);
  await pool.query("SELECT graphile_worker.remove_job('run:' || $1::text)", [runId]);
  await own.startWorker();
  await releaseDeadWorker(pool, { host: "gone", pid: 4242 });
  // Runs without a job are looked for as well, but only a minute later.
  await expect.poll(async () => (await own.listener.look(runId, 0))?.status, { timeout: 30_000, interval: 100 }).toBe("succeeded");
  await own.stop();
}, 60_000);

test.concurrent("a job that the database takes for fetched by a living worker which never heard of it is given back to all", async ({
  expect,
}) => {
  const own = await createTestEngine();
  const saved = await own.saveDocument(callDocument("GET"));
  const { runId } = await own.accept(saved, {});
  // Before a worker can take it.
  await own.db.pool.query("UPDATE graphile_worker._private_jobs SET run_at = now() + interval '1 hour' WHERE key = 'run:' || $1", [runId]);
  const worker = await own.startWorker();
  // As after a fetch whose answer was lost.
  await own.db.pool.query(
    `UPDATE graphile_worker._private_jobs SET run_at = now(), locked_at = now() - interval '11 seconds', attempts = 1,
       locked_by = (SELECT graphile_worker_ids[1] FROM worker WHERE id = $2)
     WHERE key = 'run:' || $1`,
    [runId, worker.id],
  );
  await expect.poll(async () => (await own.listener.look(runId, 0))?.status, { timeout: 30_000, interval: 200 }).toBe("succeeded");
  await own.stop();
}, 60_000);

test.concurrent("a run that the database holds for a worker which does not know of it is given back to all", async ({ expect }) => {
  const own = await createTestEngine();
  const worker = await own.startWorker();
  const saved = await own.saveDocument(callDocument("GET"));
  const { runId } = await own.run(saved, {});
  // As after a claim whose answer was lost: the worker lives, so that no other would take the run from it.
  await own.db.pool.query("UPDATE run SET status = 'running', finished_at = NULL, worker_id = $2 WHERE id = $1", [runId, worker.id]);
  await expect.poll(async () => (await own.listener.look(runId, 0))?.status, { timeout: 30_000, interval: 200 }).toBe("succeeded");
  await own.stop();
}, 60_000);

test.concurrent("a run whose job failed again and again while the database was away goes on within half a minute, not when its back-off is over", async ({
  expect,
}) => {
  const own = await createTestEngine();
  const { runId } = await own.accept(await own.saveDocument(callDocument("GET")), {});
  await own.db.pool.query(
    `UPDATE graphile_worker._private_jobs SET run_at = now() + interval '6 hours', attempts = 10, last_error = 'the database could not be reached'
     WHERE key = 'run:' || $1`,
    [runId],
  );
  await own.startWorker();
  await expect.poll(async () => (await own.listener.look(runId, 0))?.status, { timeout: 40_000, interval: 200 }).toBe("succeeded");
  await own.stop();
}, 60_000);

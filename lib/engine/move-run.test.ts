import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { Claims } from "./ledger/claim.ts";
import { type MoveOutcome, moveRuns } from "./ledger/move-runs.ts";
import { putSignal } from "./ledger/signals.ts";
import { inTransaction } from "./ledger/transaction.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

let workers: Awaited<ReturnType<TestEngine["startWorker"]>>[] = [];

beforeAll(async () => {
  engine = await createTestEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { ok: true }));
});
afterEach(async () => {
  for (const worker of workers) await engine.stopWorker(worker);
  workers = [];
});

async function startWorker(): Promise<void> {
  workers.push(await engine.startWorker());
}

const call = (id: string, more: object = {}) => ({
  id,
  type: "http-request",
  name: id,
  config: { method: "POST", url: `https://api.test/${id}` },
  ...more,
});

/** start → wait → `last`; the versions differ in what comes last. */
function documentOf(wait: object, last: string) {
  return {
    schemaVersion: 1,
    nodes: [{ id: "start", type: "manual", name: "Start" }, { id: "wait", name: "Wait", ...wait }, call(last)],
    edges: [
      { id: "e1", source: "start", target: "wait" },
      { id: "e2", source: "wait", target: last },
    ],
  };
}

/** Both versions of a workflow, the second of them live. */
async function twoVersions(first: object, second: object): Promise<SavedDocument> {
  const saved = await engine.saveDocument(first);
  const next = newId();
  const { pool } = engine.db;
  await pool.query(
    `INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document) VALUES ($1::uuid, $2, $3, $1::text, $4)`,
    [next, engine.workspaceId, saved.workflowId, JSON.stringify(second)],
  );
  const versions = [
    [1, saved.documentId],
    [2, next],
  ];
  for (const [version, documentId] of versions)
    await pool.query(
      "INSERT INTO workflow_version (workspace_id, workflow_id, version, document_id, note, published_by) VALUES ($1, $2, $3, $4, '', 'test')",
      [engine.workspaceId, saved.workflowId, version, documentId],
    );
  await pool.query("UPDATE workflow SET live_version = 2 WHERE id = $1", [saved.workflowId]);
  return saved;
}

async function untilParked(saved: SavedDocument): Promise<string> {
  const { runId } = await engine.accept(saved, null);
  await untilWaiting(runId);
  return runId;
}

async function untilWaiting(runId: string): Promise<void> {
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId])).rows, { timeout: 20_000 })
    .toEqual([{ status: "waiting" }]);
}

async function move(runId: string): Promise<MoveOutcome | undefined> {
  const by = { actorType: "system", actorId: "test", requestId: "test" };
  const request = { workspaceId: engine.workspaceId, runIds: [runId], version: "live" as const, by, dryRun: false };
  const [outcome] = await inTransaction(engine.db.pool, (client) => moveRuns(client, request));
  return outcome;
}

const called = () => engine.calls.map(({ url }) => new URL(url).pathname);

async function runOf(runId: string) {
  const { rows } = await engine.db.pool.query<{ version: number; fence: number; document_id: string }>(
    "SELECT version, fence, document_id FROM run WHERE id = $1",
    [runId],
  );
  return rows[0];
}

/** As if the time a waiting step waits for had come. */
async function passTime(runId: string): Promise<void> {
  const { pool } = engine.db;
  await pool.query("UPDATE step SET wake_at = now() - interval '1 second' WHERE run_id = $1 AND wake_at IS NOT NULL", [runId]);
  await pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [runId]);
}

test("a delay goes on and ends by the new version, and the log tells of the move", async () => {
  const delay = { type: "delay", config: { forMs: 3_000 } };
  const saved = await twoVersions(documentOf(delay, "old"), documentOf(delay, "new"));
  await startWorker();
  const runId = await untilParked(saved);
  const before = await runOf(runId);
  expect(await move(runId)).toEqual({ runId, fromVersion: 1, toVersion: 2, moved: true, obstacles: [] });
  // It was looked at once, and went back to its wait.
  await expect.poll(async () => (await runOf(runId))?.fence, { timeout: 10_000 }).toBeGreaterThan((before?.fence ?? 0) + 1);
  await untilWaiting(runId);
  expect(called()).toEqual([]);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(called()).toEqual(["/new"]);
  const { rows } = await engine.db.pool.query("SELECT action, details FROM audit_log WHERE entity_id = $1", [runId]);
  expect(rows).toEqual([{ action: "run.moved", details: JSON.stringify({ before: { version: 1 }, after: { version: 2 } }) }]);
});

test.each(["callback", "approval"] as const)("a %s that was asked for by the old version is answered by the new one", async (kind) => {
  const wait = kind === "callback" ? { type: "wait-for-callback" } : { type: "approval", config: { message: "May it?" } };
  const document = (last: string) => {
    const made = documentOf(wait, last);
    const port = kind === "callback" ? "out" : "approved";
    return { ...made, edges: made.edges.map((edge) => (edge.id === "e2" ? { ...edge, sourcePort: port } : edge)) };
  };
  const saved = await twoVersions(document("old"), document("new"));
  await startWorker();
  const runId = await untilParked(saved);
  expect((await move(runId))?.obstacles).toEqual([]);
  const payload = kind === "callback" ? { body: 1, headers: {} } : { decision: "approved", comment: null, by: "test" };
  const where = { workspaceId: engine.workspaceId, runId, nodeId: "wait", iteration: "" };
  await putSignal(engine.db.pool, { ...where, kind, payload: JSON.stringify(payload), sentBy: null });
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(called()).toEqual(["/new"]);
});

test("a retry that waits is made by the new version, under the key it has", async () => {
  const wait = (maxAttempts: number) =>
    call("wait", {
      policy: { retry: { maxAttempts, initialMs: 3_600_000 }, breaker: { enabled: false }, idempotency: { effect: "natural" } },
    });
  const saved = await twoVersions(documentOf(wait(2), "old"), documentOf(wait(9), "new"));
  engine.onCall(() => answer(engine.calls.length === 1 ? 503 : 200, {}));
  await startWorker();
  const runId = await untilParked(saved);
  expect((await move(runId))?.obstacles).toEqual([]);
  await passTime(runId);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(called()).toEqual(["/wait", "/wait", "/new"]);
});

test("a place in the queue of a limit is kept", async () => {
  const wait = call("wait", { policy: { throttle: { windows: [{ limit: 1, perMs: 3_000 }] } } });
  const saved = await twoVersions(documentOf(wait, "old"), documentOf(wait, "new"));
  await startWorker();
  expect((await untilEnd(engine, (await engine.accept(saved, null)).runId)).status).toBe("succeeded");
  const runId = await untilParked(saved);
  const queued = () => engine.db.pool.query("SELECT holder, queued_at FROM throttle_wait WHERE run_id = $1", [runId]);
  const { rows: before } = await queued();
  expect(before).toHaveLength(1);
  expect((await move(runId))?.obstacles).toEqual([]);
  expect((await queued()).rows).toEqual(before);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(called()).toEqual(["/wait", "/old", "/wait", "/new"]);
});

test("a poll goes on asking", async () => {
  const config = { request: { url: "https://api.test/job" }, everyMs: 3_600_000, done: "response.body.done", timeoutMs: 86_400_000 };
  const wait = { type: "poll-until", config };
  const saved = await twoVersions(documentOf(wait, "old"), documentOf(wait, "new"));
  engine.onCall(() => answer(200, { done: engine.calls.length > 1 }));
  await startWorker();
  const runId = await untilParked(saved);
  expect((await move(runId))?.obstacles).toEqual([]);
  await passTime(runId);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(called()).toEqual(["/job", "/job", "/new"]);
});

test("what cannot go on stays as it is, with the reason", async () => {
  const saved = await twoVersions(documentOf({ type: "delay", config: { forMs: 3_600_000 } }, "old"), documentOf(call("wait"), "new"));
  await startWorker();
  const runId = await untilParked(saved);
  const before = await runOf(runId);
  expect(await move(runId)).toMatchObject({
    moved: false,
    obstacles: [{ nodeId: "wait", message: '"Wait" waits and is of another type in v2' }],
  });
  expect(await runOf(runId)).toEqual(before);
});

test("a run is moved or claimed, never both: whoever claims it runs the version it has by then", async () => {
  const delay = { type: "delay", config: { forMs: 1 } };
  const saved = await twoVersions(documentOf(delay, "old"), documentOf(delay, "new"));
  const accepted = await Promise.all(Array.from({ length: 40 }, () => engine.accept(saved, null)));
  await Promise.all([startWorker(), startWorker()]);
  const outcomes = await Promise.all(accepted.map(({ runId }) => move(runId)));
  for (const { runId } of accepted) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  const moved = outcomes.filter((outcome) => outcome?.moved).length;
  expect(called().filter((path) => path === "/new")).toHaveLength(moved);
  expect(called()).toHaveLength(accepted.length);
  const { rows } = await engine.db.pool.query("SELECT count(*)::int AS moved FROM run WHERE workflow_id = $1 AND version = 2", [
    saved.workflowId,
  ]);
  expect(rows).toEqual([{ moved }]);
});

test("a move makes a new fence, so that whoever had the old version in hand cannot write, and is done once", async () => {
  const delay = { type: "delay", config: { forMs: 3_600_000 } };
  const saved = await twoVersions(documentOf(delay, "old"), documentOf(delay, "new"));
  const { runId } = await engine.accept(saved, null);
  const before = await runOf(runId);
  expect((await move(runId))?.moved).toBe(true);
  expect((await runOf(runId))?.fence).toBe((before?.fence ?? 0) + 1);
  expect(await move(runId)).toMatchObject({ moved: false, obstacles: [{ message: "it runs by version 2 already" }] });
});

test("a claim that comes while a run is being moved waits, and then finds the new version", async () => {
  const delay = { type: "delay", config: { forMs: 3_600_000 } };
  const saved = await twoVersions(documentOf(delay, "old"), documentOf(delay, "new"));
  const claims = new Claims({ pool: engine.db.pool, workerId: newId(), aliveMs: 30_000 });
  // More often than a plan is tried out before it is kept.
  for (let round = 0; round < 8; round += 1) {
    const { runId } = await engine.accept(saved, null);
    const claiming = await inTransaction(engine.db.pool, async (client) => {
      const by = { actorType: "system", actorId: "test", requestId: "test" };
      await moveRuns(client, { workspaceId: engine.workspaceId, runIds: [runId], version: "live", by, dryRun: false });
      const claim = claims.claim(runId);
      claim.catch(() => undefined); // awaited below
      const waiting =
        "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
      await expect.poll(async () => (await engine.db.pool.query(waiting)).rows[0]?.waiting, { timeout: 10_000 }).toBeGreaterThan(0);
      return { claim };
    });
    const claimed = await claiming.claim;
    expect(claimed?.run).toMatchObject({ version: 2, fence: 2 });
    expect(claimed?.run.documentId).not.toBe(saved.documentId);
    claims.release({ id: runId, fence: 2 });
  }
});

test("a move that is cut off before its end has not happened", async () => {
  const delay = { type: "delay", config: { forMs: 3_600_000 } };
  const saved = await twoVersions(documentOf(delay, "old"), documentOf(delay, "new"));
  const { runId } = await engine.accept(saved, null);
  const before = await runOf(runId);
  const client = await engine.db.pool.connect();
  await client.query("BEGIN");
  const by = { actorType: "system", actorId: "test", requestId: "test" };
  const request = { workspaceId: engine.workspaceId, runIds: [runId], version: "live" as const, by, dryRun: false };
  expect((await moveRuns(client, request))[0]?.moved).toBe(true);
  client.release(true); // as when its process dies
  await expect.poll(async () => runOf(runId), { timeout: 10_000 }).toEqual(before);
  expect((await move(runId))?.moved).toBe(true);
});

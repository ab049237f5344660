import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#lib/db/db.ts";
import { advanceRunBatch } from "#lib/engine/ledger/run-batches.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";
import type { Context } from "../context.ts";
import * as batches from "./index.ts";

let engine: TestEngine;
let ctx: Context;
let worker: Awaited<ReturnType<TestEngine["startWorker"]>> | null = null;

beforeAll(async () => {
  engine = await createTestEngine();
  ctx = { actor: { type: "system", job: "test" }, workspaceId: engine.workspaceId, db: engine.db, now: Date.now, requestId: "test" };
});
afterAll(() => engine.stop());
beforeEach(async () => {
  await stopWorker();
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { ok: true }));
  await engine.db.pool.query("UPDATE run_batch SET status = 'canceled', finished_at = now() WHERE finished_at IS NULL");
});

async function startWorker(): Promise<void> {
  worker = await engine.startWorker();
}

async function stopWorker(): Promise<void> {
  if (worker) await engine.stopWorker(worker);
  worker = null;
}

/** start → one call whose key the author gave. */
const calling = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    {
      id: "call",
      type: "http-request",
      name: "Call",
      config: { method: "POST", url: "https://api.test/call", body: { n: "{{ trigger.body.n }}" } },
      policy: {
        retry: { maxAttempts: 1 },
        breaker: { enabled: false },
        idempotency: { key: "{{ trigger.body.n }}", header: "Idempotency-Key", effect: "keyed" },
      },
    },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
};

const waiting = {
  ...calling,
  nodes: [calling.nodes[0], { id: "call", type: "delay", name: "Wait", config: { forMs: 3_600_000 } }],
};

/** Runs with the numbers from 1 on, brought to their end, or as far as they go. */
async function runsOf(document: object, count: number, end: boolean): Promise<{ saved: SavedDocument; runIds: string[] }> {
  const saved = await engine.saveDocument(document);
  const accepted = await Promise.all(Array.from({ length: count }, (_, i) => engine.accept(saved, { n: i + 1 })));
  const runIds = accepted.map(({ runId }) => runId);
  if (end) {
    await startWorker();
    for (const runId of runIds) await untilEnd(engine, runId);
    await stopWorker();
  }
  return { saved, runIds };
}

const create = (input: object) =>
  batches.createRunBatch({ ctx, input: batches.createRunBatchSchema.parse({ ratePerSecond: 1_000, ...input }) });
const ofWorkflow = (saved: SavedDocument, more: object = {}) => ({ filter: { workflowId: saved.workflowId, ...more } });
const get = (id: string) => batches.getRunBatch({ ctx, input: { id } });
const change = (id: string, to: "pause" | "resume" | "cancel") => batches.changeRunBatch({ ctx, input: { id, change: to } });

async function until(id: string, done: (view: RunBatchView) => boolean): Promise<RunBatchView> {
  let view = await get(id);
  const look = async () => {
    view = await get(id);
    const { total, ...parts } = view.progress;
    expect(Object.values(parts).reduce((sum, n) => sum + n, 0)).toBe(total);
    return done(view);
  };
  await expect.poll(look, { timeout: 60_000, interval: 50 }).toBe(true);
  return view;
}

async function replaysOf(saved: SavedDocument): Promise<{ replay_of: string; status: string }[]> {
  const text = "SELECT replay_of, status FROM run WHERE workflow_id = $1 AND replay_of IS NOT NULL ORDER BY replay_of";
  return (await engine.db.pool.query(text, [saved.workflowId])).rows;
}

describe("a bulk replay", () => {
  test("replays each run once under its old keys, so that what took effect is not done again; with new keys it is", async () => {
    const { saved, runIds } = await runsOf(calling, 25, true);
    expect(engine.calls).toHaveLength(25);
    const plan = await batches.planRunBatch({
      ctx,
      input: batches.planRunBatchSchema.parse({ action: "replay", selection: ofWorkflow(saved), ratePerSecond: 5 }),
    });
    expect(plan).toMatchObject({ total: 25, eligible: 25, complete: true, estimatedMs: 4_800, obstacles: [] });
    await startWorker();
    const same = await create({ action: "replay", selection: ofWorkflow(saved) });
    expect((await until(same.id, ({ status }) => status === "completed")).progress).toMatchObject({ total: 25, succeeded: 25 });
    expect((await replaysOf(saved)).map((row) => row.replay_of)).toEqual(runIds.toSorted());
    expect(engine.calls).toHaveLength(25);

    const anew = await create({ action: "replay", selection: { runIds: runIds.slice(0, 5) }, keys: "new" });
    await until(anew.id, ({ status }) => status === "completed");
    expect(engine.calls).toHaveLength(30);
  }, 60_000);

  test("begins with the oldest run, or with the newest, as its plan says", async () => {
    const { saved, runIds } = await runsOf(calling, 3, true);
    const selection = ofWorkflow(saved);
    const taken = async (order: object) => {
      const { id } = await create({ action: "replay", selection, ...order });
      const { rows } = await engine.db.pool.query<{ run_id: string }>(
        "SELECT run_id FROM run_batch_item WHERE batch_id = $1 ORDER BY position",
        [id],
      );
      return rows.map((row) => row.run_id);
    };
    const oldestFirst = runIds.toSorted();
    expect(await taken({})).toEqual(oldestFirst);
    expect(await taken({ order: "newest" })).toEqual(oldestFirst.toReversed());
    const input = batches.planRunBatchSchema.parse({ action: "replay", selection, order: "newest" });
    const { order, oldestAt, newestAt } = await batches.planRunBatch({ ctx, input });
    expect(order).toBe("newest");
    expect(Date.parse(oldestAt ?? "")).toBeLessThanOrEqual(Date.parse(newestAt ?? ""));
  }, 60_000);

  test("makes each run once, however often whoever does it is cut off", async () => {
    const { saved } = await runsOf(calling, 150, true);
    const { id } = await create({ action: "replay", selection: ofWorkflow(saved) });
    const victims = openDb({ url: engine.url, applicationName: "victim", maxConnections: 4 });
    const kill =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND datname = current_database()";
    let killed = 0;
    const left = async () => (await get(id)).progress.waiting;
    const cutOff = async () => {
      while (killed < 20 && (await left()) > 0) killed += (await engine.db.pool.query(kill)).rowCount ?? 0;
    };
    const advance = async () => {
      while ((await left()) > 0) await advanceRunBatch(victims.pool, id).catch(() => undefined);
    };
    await Promise.all([cutOff(), advance(), advance()]);
    await victims.close();
    expect(killed).toBeGreaterThan(0);
    const replays = await replaysOf(saved);
    expect(replays).toHaveLength(150);
    expect(new Set(replays.map((row) => row.replay_of)).size).toBe(150);
  }, 60_000);

  test("goes on in another worker, can be paused and aborted; what was not released stays as it was", async () => {
    const { saved } = await runsOf(calling, 30, true);
    await startWorker();
    const { id } = await create({ action: "replay", selection: ofWorkflow(saved), ratePerSecond: 15 });
    await until(id, ({ progress }) => progress.succeeded > 0);
    await stopWorker();
    await change(id, "pause");
    await expect(change(id, "pause")).rejects.toMatchObject({ code: "conflict" });
    await startWorker();
    const paused = await until(id, ({ progress }) => progress.running === 0);
    expect(paused.progress.waiting).toBeGreaterThan(0);
    await change(id, "resume");
    await until(id, ({ progress }) => progress.waiting < paused.progress.waiting);
    await change(id, "cancel");
    const ended = await until(id, ({ progress, finishedAt }) => progress.running === 0 && finishedAt !== null);
    expect(ended).toMatchObject({ status: "canceled", statusReason: "by hand" });
    expect(await replaysOf(saved)).toHaveLength(ended.progress.succeeded);
    await expect(change(id, "resume")).rejects.toMatchObject({ code: "conflict" });
  }, 60_000);

  test("stops and asks when too many fail, and tells which", async () => {
    const { saved } = await runsOf(calling, 12, true);
    engine.onCall(() => answer(422, {}));
    await startWorker();
    const { id } = await create({ action: "replay", selection: ofWorkflow(saved), keys: "new", ratePerSecond: 10, stopAfterFailures: 3 });
    const asked = await until(id, ({ status }) => status === "paused");
    expect(asked.statusReason).toBe("too_many_failures");
    expect(asked.progress.waiting).toBeGreaterThan(0);
    const [first] = (await get(id)).notable;
    expect(first).toMatchObject({ state: "failed", reason: "its replay failed" });
    expect(first?.newRunId).not.toBeNull();
  }, 60_000);

  test("passes over runs that have not ended, and those whose event is not kept, each with the reason", async () => {
    const { saved, runIds } = await runsOf(calling, 3, true);
    const [forgotten = ""] = runIds;
    await engine.db.pool.query("UPDATE event SET data = NULL WHERE run_id = $1", [forgotten]);
    const { runId: queued } = await engine.accept(saved, { n: 99 });
    const { id } = await create({ action: "replay", selection: ofWorkflow(saved) });
    await advanceRunBatch(engine.db.pool, id);
    const reasons = new Map((await get(id)).notable.map((item) => [item.runId, item.reason]));
    expect(reasons.get(queued)).toBe("it has not ended yet");
    expect(reasons.get(forgotten)).toBe("the data of its event is not kept any more");
    expect((await get(id)).progress).toMatchObject({ total: 4, skipped: 2 });
  }, 60_000);
});

describe("a bulk cancel", () => {
  test("ends what has not ended, waiting or queued, and says what had ended before", async () => {
    const { saved } = await runsOf(waiting, 6, false);
    const done = await engine.accept(saved, { n: 7 });
    await engine.db.pool.query("UPDATE run SET status = 'succeeded', finished_at = now() WHERE id = $1", [done.runId]);
    await startWorker();
    const waits = async () => {
      const text = "SELECT count(*)::int AS n FROM run WHERE workflow_id = $1 AND status = 'waiting'";
      return (await engine.db.pool.query<{ n: number }>(text, [saved.workflowId])).rows[0]?.n;
    };
    await expect.poll(waits, { timeout: 20_000 }).toBe(6);
    const { id } = await create({ action: "cancel", selection: ofWorkflow(saved) });
    const ended = await until(id, ({ status }) => status === "completed");
    expect(ended.progress).toMatchObject({ total: 7, succeeded: 6, skipped: 1 });
    expect((await get(id)).notable).toEqual([{ runId: done.runId, newRunId: null, state: "skipped", reason: "it has ended already" }]);
  }, 60_000);
});

test("what nothing can be done with is refused; what is made is in the audit log, and of another workspace it does not exist", async () => {
  const { saved } = await runsOf(calling, 2, false);
  const none = create({ action: "replay", selection: ofWorkflow(saved, { version: "77" }) });
  await expect(none).rejects.toMatchObject({ code: "invalid_input", message: "no run matches" });
  const notEnded = create({ action: "replay", selection: ofWorkflow(saved) });
  await expect(notEnded).rejects.toMatchObject({ code: "invalid_input", message: "none of these 2 runs can be replayed" });
  const { id } = await create({ action: "cancel", selection: ofWorkflow(saved), name: "Night of the long queue" });
  const text = "SELECT action, details FROM audit_log WHERE entity_id = $1";
  const { rows } = await engine.db.pool.query<{ action: string; details: string }>(text, [id]);
  expect(rows[0]?.action).toBe("run_batch.created");
  expect(JSON.parse(rows[0]?.details ?? "{}").after).toMatchObject({ total: 2, waiting: 2, action: "cancel" });
  const other = { ...ctx, workspaceId: saved.workflowId };
  await expect(batches.getRunBatch({ ctx: other, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  const stolen = batches.createRunBatch({
    ctx: other,
    input: batches.createRunBatchSchema.parse({ action: "cancel", selection: ofWorkflow(saved) }),
  });
  await expect(stolen).rejects.toMatchObject({ code: "invalid_input" });
  expect((await batches.listRunBatches({ ctx, input: { limit: 1 } })).items.map((item) => item.id)).toEqual([id]);
}, 30_000);

test("a bulk move takes along the runs that wait, and passes over the others with their reasons", async () => {
  const { saved, runIds } = await runsOf(waiting, 3, false);
  const { pool } = engine.db;
  const next = newId();
  await pool.query(
    "INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document) SELECT $1::uuid, workspace_id, workflow_id, $1::text, document FROM workflow_document WHERE id = $2",
    [next, saved.documentId],
  );
  for (const [version, documentId] of [[1, saved.documentId] as const, [2, next] as const])
    await pool.query("INSERT INTO workflow_version (workspace_id, workflow_id, version, document_id) VALUES ($1, $2, $3, $4)", [
      engine.workspaceId,
      saved.workflowId,
      version,
      documentId,
    ]);
  await pool.query("UPDATE workflow SET live_version = 2 WHERE id = $1", [saved.workflowId]);
  await pool.query("UPDATE run SET cancel_requested_at = now() WHERE id = $1", [runIds[0]]);
  const { id, version } = await create({ action: "move", selection: ofWorkflow(saved) });
  expect(version).toBe("live");
  await advanceRunBatch(pool, id);
  expect(await get(id)).toMatchObject({
    progress: { total: 3, succeeded: 2, skipped: 1 },
    notable: [{ runId: runIds[0], state: "skipped", reason: "it is being canceled" }],
  });
  const { rows } = await pool.query("SELECT id, version, document_id FROM run WHERE id = ANY ($1)", [runIds]);
  const told = new Map(rows.map((row) => [row.id, [row.version, row.document_id]]));
  expect(runIds.map((runId) => told.get(runId))).toEqual([
    [1, saved.documentId],
    [2, next],
    [2, next],
  ]);
});

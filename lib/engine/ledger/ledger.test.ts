import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import type { AttemptRecord, RunState } from "../run-state.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "../testing.ts";
import { Ledger } from "./ledger.ts";
import type { RunChanges } from "./run-changes.ts";

/* No worker runs here: what the ledger writes stays as it was written. */

let engine: TestEngine;
let saved: SavedDocument;
const workerId = newId();

beforeAll(async () => {
  engine = await createTestEngine();
  saved = await engine.saveDocument({ schemaVersion: 1, nodes: [{ id: "start", type: "manual", name: "Start" }], edges: [] });
});
afterAll(() => engine.stop());

/** A run this test holds as a worker would. */
async function heldRun(): Promise<RunState> {
  const { runId, eventId } = await engine.accept(saved, {});
  await engine.db.pool.query("UPDATE run SET status = 'running', worker_id = $2, fence = 1, started_at = now() WHERE id = $1", [
    runId,
    workerId,
  ]);
  // As graphile-worker does when it hands the job out.
  await engine.db.pool.query(
    "UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'w', attempts = 1 WHERE key = 'run:' || $1",
    [runId],
  );
  return {
    id: runId,
    workspaceId: engine.workspaceId,
    workflowId: saved.workflowId,
    documentId: saved.documentId,
    version: 1,
    mode: "live",
    triggerType: "manual",
    triggerNodeId: "start",
    eventId,
    keysOf: null,
    fence: 1,
    redriveCount: 0,
    lostCount: 0,
    priority: 0,
    depth: 0,
    failureOf: null,
    cancelRequested: false,
    undoing: false,
    retried: false,
    partial: false,
    createdAtMs: Date.now(),
    startedAtMs: Date.now(),
    deadlineAtMs: Date.now() + 60_000,
  };
}

function changes(run: RunState, change: Partial<RunChanges>): RunChanges {
  const nothing = {
    steps: [],
    attempts: [],
    deadLetters: [],
    resolvedStepIds: [],
    records: [],
    effects: [],
    abandoned: [],
    asked: [],
    unasked: [],
    undoBegun: false,
  };
  return { run, status: "running", wakeAtMs: null, error: null, answer: null, release: false, announce: false, ...nothing, ...change };
}

function commit(run: RunState, change: Partial<RunChanges>) {
  return new Ledger({ pool: engine.db.pool, workerId }).commit({ takeChanges: () => changes(run, change) });
}

async function nextJobInMs(run: RunState): Promise<number | undefined> {
  const { rows } = await engine.db.pool.query<{ in_ms: number }>(
    "SELECT (extract(epoch FROM run_at - now()) * 1000)::float8 AS in_ms FROM graphile_worker._private_jobs WHERE key = 'run:' || $1::text",
    [run.id],
  );
  return rows[0]?.in_ms;
}

test("a parked run has a job at its time", async () => {
  const run = await heldRun();
  await commit(run, { status: "waiting", release: true, wakeAtMs: Date.now() + 60_000 });
  expect(await nextJobInMs(run)).toBeGreaterThan(50_000);
});

test("a wake-up that comes while a run is being parked is not put off by its timer", async () => {
  const run = await heldRun();
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    run.id,
  ]);
  await commit(run, { status: "waiting", release: true, wakeAtMs: Date.now() + 60_000 });
  expect(await nextJobInMs(run)).toBeLessThanOrEqual(0);
});

test("a run somebody asked to look again goes on at once when it is let go", async () => {
  const run = await heldRun();
  await engine.db.pool.query("UPDATE run SET wake_requested = true WHERE id = $1", [run.id]);
  await commit(run, { status: "waiting", release: true, wakeAtMs: Date.now() + 60_000 });
  expect(await nextJobInMs(run)).toBeLessThanOrEqual(0);
});

test("a run that is to fail while one of its steps is being redriven goes on instead", async () => {
  const run = await heldRun();
  await engine.db.pool.query("UPDATE run SET wake_requested = true WHERE id = $1", [run.id]);
  const error = { nodeId: "start", class: "permanent" as const, code: "x", message: "x", details: null };
  await commit(run, { status: "failed", release: true, error });
  const { rows } = await engine.db.pool.query("SELECT status, error, finished_at FROM run WHERE id = $1", [run.id]);
  expect(rows).toEqual([{ status: "waiting", error: null, finished_at: null }]);
});

test("scenario 27: nothing of a run that another worker has claimed is written, and its former holder is told", async () => {
  const run = await heldRun();
  await engine.db.pool.query("UPDATE run SET fence = 2 WHERE id = $1", [run.id]);
  const committed = await commit(run, { status: "succeeded", release: true });
  expect(committed.owned).toBe(false);
  const { rows } = await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [run.id]);
  expect(rows).toEqual([{ status: "running" }]);
});

test("an answer that comes when the run is another's is noted at the attempt that was given up, and only there", async () => {
  const { pool } = engine.db;
  const run = await heldRun();
  const stepId = newId();
  const attempt = (state: AttemptRecord["state"], answered: Partial<AttemptRecord> = {}): AttemptRecord => ({
    ...{ stepId, no: 1, kind: "call", state, class: null, httpStatus: null, request: null, response: null, error: null },
    ...{ askedAtMs: null, createdAtMs: Date.now(), sentAtMs: Date.now(), endedAtMs: null, ...answered },
  });
  const stored = async () => (await pool.query("SELECT no, state, http_status, response FROM attempt WHERE run_id = $1", [run.id])).rows;
  await commit(run, { attempts: [attempt("sent")] });
  const late = attempt("succeeded", { httpStatus: 201, response: "made" });

  // Its new holder has not yet given it up.
  await pool.query("UPDATE run SET fence = 2 WHERE id = $1", [run.id]);
  expect((await commit(run, { attempts: [late] })).owned).toBe(false);
  expect(await stored()).toEqual([{ no: 1, state: "sent", http_status: null, response: null }]);

  await commit({ ...run, fence: 2 }, { attempts: [attempt("lost")], status: "failed", release: true });
  expect((await commit(run, { attempts: [{ ...late, no: 2 }, late], status: "succeeded", release: true })).owned).toBe(false);
  expect(await stored()).toEqual([{ no: 1, state: "lost", http_status: 201, response: "made" }]);
  expect((await pool.query("SELECT status FROM run WHERE id = $1", [run.id])).rows).toEqual([{ status: "failed" }]);
  await commit(run, { attempts: [{ ...late, response: "again" }] });
  expect(await stored()).toMatchObject([{ response: "made" }]);
});

test("a run that has ended is not written again", async () => {
  const run = await heldRun();
  expect((await commit(run, { status: "succeeded", release: true })).owned).toBe(true);
  expect((await commit(run, { status: "failed", release: true })).owned).toBe(false);
});

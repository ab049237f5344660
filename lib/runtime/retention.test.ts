import { afterAll, beforeAll, expect, test } from "vitest";
import { statement } from "#lib/db/statement.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";

let engine: TestEngine;
let saved: SavedDocument;

beforeAll(async () => {
  engine = await createTestEngine();
  saved = await engine.saveDocument({ schemaVersion: 1, nodes: [{ id: "start", type: "manual", name: "Start" }], edges: [] });
  await engine.db.pool.query("SELECT ensure_partitions(now() - interval '70 days', 12)");
});
afterAll(() => engine.stop());

const dayMs = 86_400_000;

async function runOf(daysAgo: number, status: string): Promise<string> {
  const id = newId(Date.now() - daysAgo * dayMs);
  await engine.db.pool.query(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, status, trigger_type, trigger_node_id, event_id) VALUES ($1, $2, $3, $4, $5, 'manual', 'start', $1)`,
    [id, engine.workspaceId, saved.workflowId, saved.documentId, status],
  );
  return id;
}

async function exists(id: string): Promise<boolean> {
  return (await engine.db.pool.query("SELECT FROM run WHERE id = $1", [id])).rows.length > 0;
}

test("scenario 95: old weeks are dropped, but never one with a run that has not ended or a dead letter that waits", async () => {
  const ended = await runOf(60, "succeeded");
  const waiting = await runOf(50, "waiting");
  const deadLettered = await runOf(42, "failed");
  const recent = await runOf(3, "succeeded");
  const issueId = newId();
  await engine.db.pool.query(
    "INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, first_seen_at, last_seen_at, opened_at) VALUES ($1, $2, $3, 'n', 'permanent', 'f', 't', now(), now(), now())",
    [issueId, engine.workspaceId, saved.workflowId],
  );
  await engine.db.pool.query(
    "INSERT INTO dead_letter (id, workspace_id, issue_id, workflow_id, run_id, step_id, node_id, kind, class, error, event_at, dead_at) VALUES ($1, $2, $3, $4, $5, $1, 'n', 'permanent', 'permanent', '{}', now(), now())",
    [newId(), engine.workspaceId, issueId, saved.workflowId, deadLettered],
  );
  const { rows } = await engine.db.pool.query("SELECT drop_partitions(now() - interval '30 days') AS week");
  expect(rows.length).toBeGreaterThan(0);
  expect([await exists(ended), await exists(waiting), await exists(deadLettered), await exists(recent)]).toEqual([false, true, true, true]);
  expect((await engine.db.pool.query("SELECT drop_partitions(now() - interval '30 days') AS week")).rows).toEqual([]);
});

test("a week stays while a run of the week before is of an event in it", async () => {
  const start = new Date(Date.now() - 66 * dayMs);
  start.setUTCHours(0, 0, 0, 0);
  start.setUTCDate(start.getUTCDate() - ((start.getUTCDay() + 6) % 7)); // a Monday, on which a week begins
  const eventId = newId(start.getTime() + 60_000);
  const week = async () => {
    const { rows } = await engine.db.pool.query("SELECT tableoid::regclass::text AS week FROM event WHERE id = $1", [eventId]);
    return rows[0]?.week;
  };
  await engine.db.pool.query("SELECT ensure_partitions(now() - interval '80 days', 14)");
  await engine.db.pool.query(
    "INSERT INTO event (id, workspace_id, workflow_id, outcome, data, size) VALUES ($1, $2, $3, 'accepted', '{}', 2)",
    [eventId, engine.workspaceId, saved.workflowId],
  );
  const runId = newId(start.getTime() - 60_000);
  await engine.db.pool.query(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, status, trigger_type, trigger_node_id, event_id) VALUES ($1, $2, $3, $4, 'waiting', 'manual', 'start', $5)`,
    [runId, engine.workspaceId, saved.workflowId, saved.documentId, eventId],
  );
  await engine.db.pool.query("SELECT drop_partitions(now() - interval '30 days') AS week");
  expect(await week()).toMatch(/^event_/);
  await engine.db.pool.query("UPDATE run SET status = 'succeeded' WHERE id = $1", [runId]);
  await engine.db.pool.query("SELECT drop_partitions(now() - interval '30 days') AS week");
  expect(await week()).toBeUndefined();
});

test("what came for the steps of a run goes with the run, and not before", async () => {
  const put = async (runId: string) => {
    await engine.db.pool.query("INSERT INTO signal (step_id, workspace_id, run_id, kind) VALUES ($1, $2, $1, 'callback')", [
      runId,
      engine.workspaceId,
    ]);
    await engine.db.pool.query(
      "INSERT INTO approval (id, workspace_id, workflow_id, run_id, node_id, message, requested_at, expires_at) VALUES ($1, $2, $3, $1, 'n', 'm', now(), now())",
      [runId, engine.workspaceId, saved.workflowId],
    );
  };
  const kept = await runOf(40, "waiting");
  const gone = newId(Date.now() - 40 * dayMs);
  for (const runId of [kept, gone]) await put(runId);
  await engine.db.pool.query({ ...statement(new URL("./sql/forget-signals.sql", import.meta.url)), values: [30] });
  for (const table of ["signal", "approval"]) {
    expect((await engine.db.pool.query(`SELECT run_id FROM ${table}`)).rows).toEqual([{ run_id: kept }]);
  }
});

test("a bulk act on runs is forgotten with what it did when it ended before the retention", async () => {
  const put = async (daysAgo: number | null): Promise<string> => {
    const id = newId();
    await engine.db.pool.query(
      `INSERT INTO run_batch (id, workspace_id, action, selection, rate_per_second, total, actor_type, finished_at)
       VALUES ($1, $2, 'replay', '{}', 1, 1, 'system', now() - $3::int * interval '1 day')`,
      [id, engine.workspaceId, daysAgo],
    );
    await engine.db.pool.query("INSERT INTO run_batch_item (batch_id, position, run_id) VALUES ($1, 1, $1)", [id]);
    return id;
  };
  const [old, recent, live] = [await put(31), await put(29), await put(null)];
  await engine.db.pool.query({ ...statement(new URL("./sql/forget-run-batches.sql", import.meta.url)), values: [30] });
  const { rows } = await engine.db.pool.query<{ id: string }>(
    "SELECT b.id FROM run_batch b JOIN run_batch_item i ON i.batch_id = b.id WHERE b.id = ANY ($1::uuid[]) ORDER BY b.id",
    [[old, recent, live]],
  );
  expect(rows.map((row) => row.id)).toEqual([recent, live]);
});

test("keys of events are forgotten when their time is over, and not before", async () => {
  const forget = statement(new URL("./sql/forget-dedupe-keys.sql", import.meta.url));
  const triggerId = newId();
  await engine.db.pool.query(
    `INSERT INTO event_dedup (trigger_id, key_hash, run_id, event_id, body_hash, expires_at)
     SELECT $1, decode(key, 'hex'), $1, $1, '', now() + days * interval '1 day' FROM (VALUES ('01', -1), ('02', 1)) AS t (key, days)`,
    [triggerId],
  );
  await engine.db.pool.query(forget);
  const { rows } = await engine.db.pool.query("SELECT encode(key_hash, 'hex') AS key FROM event_dedup WHERE trigger_id = $1", [triggerId]);
  expect(rows).toEqual([{ key: "02" }]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "../testing.ts";
import { type Acceptance, Intake } from "./intake.ts";

let engine: TestEngine;
let saved: SavedDocument;

beforeAll(async () => {
  engine = await createTestEngine();
  saved = await engine.saveDocument({ schemaVersion: 1, nodes: [{ id: "start", type: "manual", name: "Start" }], edges: [] });
});
afterAll(() => engine.stop());

function acceptance(key: string | null, body: string, change: Partial<Acceptance> = {}): Acceptance {
  return {
    workspaceId: engine.workspaceId,
    workflowId: saved.workflowId,
    documentId: saved.documentId,
    version: 1,
    mode: "live",
    triggerId: null,
    triggerType: "webhook",
    triggerNodeId: "start",
    data: JSON.stringify({ body }),
    dedupe: key === null ? null : { key, bodyHash: Buffer.from(body), ttlMs: 60_000 },
    runDeadlineMs: 60_000,
    replayOf: null,
    priority: 0,
    gate: null,
    ...change,
  };
}

async function count(table: "run" | "event", where = "true"): Promise<number> {
  const { rows } = await engine.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE workflow_id = $1 AND ${where}`,
    [saved.workflowId],
  );
  return rows[0]?.n ?? 0;
}

test("an event is stored together with its run and the job that advances it", async () => {
  const accepted = await engine.intake.accept(acceptance(null, "a"));
  expect(accepted).toMatchObject({ duplicate: false, conflicting: false });
  const { rows } = await engine.db.pool.query(
    "SELECT r.status, e.outcome, e.data, j.key FROM run r JOIN event e ON e.id = r.event_id JOIN graphile_worker._private_jobs j ON j.key = 'run:' || r.id WHERE r.id = $1",
    [accepted.runId],
  );
  expect(rows).toEqual([{ status: "queued", outcome: "accepted", data: '{"body":"a"}', key: `run:${accepted.runId}` }]);
});

test("who started a run is in the audit log with it: once, and not for a repeat, nor when the run could not be stored", async () => {
  const audit = { actorType: "user", actorId: "ada", action: "run.started", entityType: "run", details: { mode: "live" }, requestId: "r1" };
  const written = async () => {
    const { rows } = await engine.db.pool.query(
      "SELECT actor_id, entity_id, details FROM audit_log WHERE workspace_id = $1 AND action = 'run.started' ORDER BY id",
      [engine.workspaceId],
    );
    return rows;
  };
  const asked = () => engine.intake.accept(acceptance("audited", "a", { audit }));
  const [first] = await Promise.all([asked(), asked(), engine.intake.accept(acceptance(null, "nobody's"))]);
  await asked();
  const row = { actor_id: "ada", entity_id: first.runId, details: '{"mode":"live"}' };
  expect(await written()).toEqual([row]);
  await expect(engine.intake.accept(acceptance(null, "lost", { priority: 99_999, audit }))).rejects.toThrow();
  expect(await written()).toEqual([row]);
});

test("scenario 3: parallel deliveries of one event to several processes start one run, and all are told its id", async () => {
  const intakes = [engine.intake, new Intake({ pool: engine.db.pool }), new Intake({ pool: engine.db.pool })];
  const before = await count("run");
  const answers = await Promise.all(Array.from({ length: 48 }, (_, index) => intakes[index % 3]?.accept(acceptance("parallel", "b"))));
  expect(new Set(answers.map((answer) => answer?.runId)).size).toBe(1);
  expect(answers.filter((answer) => !answer?.duplicate)).toHaveLength(1);
  expect(await count("run")).toBe(before + 1);
});

test("scenario 6: another body under the same key starts no second run and is noted as conflicting", async () => {
  const first = await engine.intake.accept(acceptance("changed", "one"));
  const second = await engine.intake.accept(acceptance("changed", "two"));
  expect(second).toEqual({ ...first, duplicate: true, conflicting: true });
  expect(await count("event", "reason = 'conflicting_duplicate'")).toBe(1);
});

test("a key whose life has ended starts a new run", async () => {
  const first = await engine.intake.accept(acceptance("short", "x", { dedupe: { key: "short", bodyHash: Buffer.from("x"), ttlMs: 0 } }));
  const second = await engine.intake.accept(acceptance("short", "x"));
  expect(second.duplicate).toBe(false);
  expect(second.runId).not.toBe(first.runId);
  expect((await engine.intake.accept(acceptance("short", "x"))).runId).toBe(second.runId);
});

test("scenario 4: an event is still a duplicate when the week of the first one's run is long gone", async () => {
  const first = await engine.intake.accept(acceptance("monthly", "a"));
  const old = newId(Date.now() - 40 * 86_400_000);
  const age = "UPDATE event_dedup SET run_id = $1, event_id = $1 WHERE run_id = $2";
  await engine.db.pool.query(age, [old, first.runId]);
  await engine.db.pool.query("SELECT drop_partitions(now() - interval '30 days')");
  expect(await engine.intake.accept(acceptance("monthly", "a"))).toMatchObject({ runId: old, duplicate: true, conflicting: false });
});

test("scenario 18 (the order): events of one key that arrive together are queued for its order as they came", async () => {
  const gate = { limit: null, orderKey: "k1", blocks: false };
  const sent = Array.from({ length: 600 }, (_, index) => engine.intake.accept(acceptance(null, `o${index}`, { gate })));
  const runIds = (await Promise.all(sent)).map((accepted) => accepted.runId);
  const { rows } = await engine.db.pool.query<{ run_id: string }>(
    "SELECT run_id FROM run_gate WHERE workflow_id = $1 AND order_key = 'k1' ORDER BY seq",
    [saved.workflowId],
  );
  expect(rows.map((row) => row.run_id)).toEqual(runIds);
});

test("the same key at two triggers are two events", async () => {
  const trigger = (triggerId: string) => engine.intake.accept(acceptance("shared", "x", { triggerId }));
  const [a, b] = await Promise.all([trigger(saved.documentId), trigger(engine.workspaceId)]);
  expect(a?.runId).not.toBe(b?.runId);
});

test("D05: a NUL in key or payload is stored safely, and does not fail the others of its batch", async () => {
  const odd = engine.intake.accept(acceptance("nul\0key", "nul\0body \ud800"));
  const plain = engine.intake.accept(acceptance(null, "plain"));
  expect((await odd).duplicate).toBe(false);
  expect((await plain).duplicate).toBe(false);
});

test("a payload of a megabyte is stored by reference and reaches the run", async () => {
  const { eventId } = await engine.intake.accept(acceptance(null, "x".repeat(1_000_000)));
  const { rows } = await engine.db.pool.query("SELECT e.data, p.size FROM event e JOIN payload p ON p.id = e.data_ref WHERE e.id = $1", [
    eventId,
  ]);
  expect(rows).toEqual([{ data: null, size: 1_000_011 }]);
});

test("what was refused is kept with its reason", async () => {
  const refused = { workspaceId: engine.workspaceId, workflowId: saved.workflowId, triggerId: saved.documentId };
  await engine.intake.reject({ ...refused, reason: "signature", data: '{"headers":{}}', size: 14, issueTitle: null });
  expect(await count("event", "outcome = 'rejected' AND reason = 'signature'")).toBe(1);
});

test("scenario 5: without a database nothing is acknowledged", async () => {
  const closed = await createTestEngine();
  const intake = new Intake({ pool: closed.db.pool });
  await closed.stop();
  await expect(intake.accept(acceptance(null, "lost"))).rejects.toThrow();
});

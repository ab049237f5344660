import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestEngine, type SavedDocument, type TestEngine } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { Schedules, timesToFire } from "./schedules.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
});
afterAll(() => engine.stop());

const everyMinute = { cron: "* * * * *", timezone: "UTC" };

async function schedule(dueAgoMs: number, config: object = everyMinute): Promise<{ saved: SavedDocument; triggerId: string }> {
  const saved = await engine.saveDocument({ schemaVersion: 1, nodes: [{ id: "tick", type: "schedule", name: "Tick", config }], edges: [] });
  const triggerId = newId();
  await engine.db.pool.query(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, version, document_id, next_fire_at)
     VALUES ($1, $2, $3, 'tick', 'schedule', $4, 1, $5, date_trunc('minute', now()) - $6::int * interval '1 millisecond')`,
    [triggerId, engine.workspaceId, saved.workflowId, JSON.stringify(config), saved.documentId, dueAgoMs],
  );
  return { saved, triggerId };
}

function scheduler(): Schedules {
  return new Schedules({ pool: engine.db.pool, intake: engine.intake, logger: pino({ level: "silent" }) });
}

async function runsOf(saved: SavedDocument): Promise<number> {
  const { rows } = await engine.db.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM run WHERE workflow_id = $1", [
    saved.workflowId,
  ]);
  return rows[0]?.n ?? 0;
}

test("scenario 15: schedulers awake at once start one run for one time", async () => {
  const { saved, triggerId } = await schedule(0);
  await Promise.all([scheduler().tick(), scheduler().tick(), scheduler().tick()]);
  await scheduler().tick();
  expect(await runsOf(saved)).toBe(1);
  const { rows } = await engine.db.pool.query("SELECT next_fire_at > now() AS ahead FROM workflow_trigger WHERE id = $1", [triggerId]);
  expect(rows).toEqual([{ ahead: true }]);
});

test("scenario 14: after a standstill the latest missed time is run and the others are noted as missed", async () => {
  const { saved, triggerId } = await schedule(5 * 60_000);
  await scheduler().tick();
  expect(await runsOf(saved)).toBe(1);
  const { rows } = await engine.db.pool.query(
    "SELECT outcome, count(*)::int AS n FROM schedule_fire WHERE trigger_id = $1 GROUP BY 1 ORDER BY 1",
    [triggerId],
  );
  expect(rows).toEqual([
    { outcome: "fired", n: 1 },
    { outcome: "missed", n: 5 },
  ]);
});

test("a disabled trigger does not fire", async () => {
  const { saved, triggerId } = await schedule(0);
  await engine.db.pool.query("UPDATE workflow_trigger SET enabled = false WHERE id = $1", [triggerId]);
  await scheduler().tick();
  expect(await runsOf(saved)).toBe(0);
});

test("what is done about missed times is the author's choice", () => {
  const hour = 3_600_000;
  const times = [hour, 2 * hour, 3 * hour, 4 * hour];
  const late = 4 * hour + 600_000;
  expect([...timesToFire(times, late, { misfire: "latest" })]).toEqual([4 * hour]);
  expect([...timesToFire(times, late, { misfire: "skip" })]).toEqual([]);
  expect([...timesToFire(times, late, { misfire: "all" })]).toEqual(times);
  expect([...timesToFire(times, late, { misfire: "all", catchUpMs: 2 * hour })]).toEqual([3 * hour, 4 * hour]);
  expect([...timesToFire(times, late, { misfire: "latest", catchUpMs: 1_000 })]).toEqual([]);
  expect([...timesToFire(times, 4 * hour + 500, { misfire: "skip" })]).toEqual([4 * hour]);
});

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

async function outcomes(triggerId: string): Promise<string[]> {
  const { rows } = await engine.db.pool.query("SELECT outcome FROM schedule_fire WHERE trigger_id = $1 ORDER BY scheduled_for", [
    triggerId,
  ]);
  return rows.map((row) => row.outcome);
}

async function skippedEvents(triggerId: string): Promise<number> {
  const find = "SELECT FROM event WHERE trigger_id = $1 AND outcome = 'rejected' AND reason = 'overlap'";
  return (await engine.db.pool.query(find, [triggerId])).rowCount ?? 0;
}

test("scenario 17: while a run of the schedule goes, skip leaves a time out visibly, and queue-one lets exactly one wait", async () => {
  // Three times one after another, while none of their runs ends.
  for (const [overlap, runs, expected] of [
    ["skip", 1, ["fired", "skipped", "skipped"]],
    ["queue-one", 2, ["fired", "fired", "skipped"]],
    ["allow", 3, ["fired", "fired", "fired"]],
  ] as const) {
    const { saved, triggerId } = await schedule(120_000, { ...everyMinute, misfire: "all", overlap });
    await scheduler().tick();
    expect((await outcomes(triggerId)).slice(0, 3)).toEqual(expected);
    expect(await runsOf(saved)).toBeGreaterThanOrEqual(runs);
    expect(await skippedEvents(triggerId)).toBeGreaterThanOrEqual(3 - runs);
    const { rows } = await engine.db.pool.query("SELECT state FROM run_gate WHERE workflow_id = $1", [saved.workflowId]);
    expect(rows).toHaveLength(overlap === "queue-one" ? 2 : 0); // one behind the other
  }
});

test("a time that comes after the last run has ended is fired, whatever the overlap setting", async () => {
  const { saved, triggerId } = await schedule(120_000, { ...everyMinute, misfire: "all", overlap: "skip" });
  await scheduler().tick();
  await engine.db.pool.query("UPDATE run SET status = 'succeeded' WHERE workflow_id = $1", [saved.workflowId]);
  const next = "UPDATE workflow_trigger SET next_fire_at = date_trunc('minute', now()) - interval '3 minutes' WHERE id = $1";
  await engine.db.pool.query(next, [triggerId]);
  await scheduler().tick();
  expect((await outcomes(triggerId))[0]).toBe("fired");
  expect(await runsOf(saved)).toBe(2);
});

test("scenario 16: an expression that is changed while times are to be caught up with holds for later times only", async () => {
  const { saved, triggerId } = await schedule(0, { cron: "0 * * * *", timezone: "UTC", misfire: "all" });
  const hourAgo = (hours: number, minute: number) => `date_trunc('hour', now()) - interval '${hours} hours' + interval '${minute} minutes'`;
  await engine.db.pool.query(
    `UPDATE workflow_trigger SET next_fire_at = ${hourAgo(4, 0)}, config = $2,
       earlier_schedules = json_build_array(json_build_object('cron', '0 * * * *', 'timezone', 'UTC', 'untilMs', extract(epoch FROM ${hourAgo(2, 10)}) * 1000))
     WHERE id = $1`,
    [triggerId, JSON.stringify({ cron: "20 * * * *", timezone: "UTC", misfire: "all" })],
  );
  await scheduler().tick();
  const { rows } = await engine.db.pool.query(
    `SELECT extract(minute FROM scheduled_for)::int AS minute FROM schedule_fire WHERE trigger_id = $1 AND scheduled_for < ${hourAgo(1, 30)} ORDER BY scheduled_for`,
    [triggerId],
  );
  expect(rows.map((row) => row.minute)).toEqual([0, 0, 0, 20, 20]);
  expect(await runsOf(saved)).toBeGreaterThanOrEqual(5);
  const { rows: after } = await engine.db.pool.query("SELECT earlier_schedules FROM workflow_trigger WHERE id = $1", [triggerId]);
  expect(after).toEqual([{ earlier_schedules: null }]);
});

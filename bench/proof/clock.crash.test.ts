import { afterAll, beforeAll, expect, test } from "vitest";
import { untilEnd } from "#lib/engine/testing.ts";
import { nextFires } from "#lib/policies/schedule.ts";
import { newId } from "#lib/shared/ids.ts";
import { findViolations } from "./checker.ts";
import { createSite, leaseMs, type Site } from "./site.ts";

const hourMs = 3_600_000;
let site: Site;

beforeAll(async () => {
  site = await createSite();
});
afterAll(() => site.stop());

/** Hourly, and not within the next half hour, so that nothing is fired between two looks. */
const cron = `${(new Date().getUTCMinutes() + 30) % 60} * * * *`;

/** A schedule whose next time is so far away by the database's clock. */
async function schedule(inMs: number): Promise<{ triggerId: string; dueAt: Date }> {
  const config = { cron, timezone: "UTC" };
  const { engine } = site;
  const nodes = [{ id: "tick", type: "schedule", name: "Tick", config }];
  const saved = await engine.saveDocument({ schemaVersion: 1, nodes, edges: [] });
  const triggerId = newId();
  const { rows } = await engine.db.pool.query<{ due: Date }>(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, version, document_id, next_fire_at)
     VALUES ($1, $2, $3, 'tick', 'schedule', $4, 1, $5, clock_timestamp() + $6::int * interval '1 millisecond') RETURNING next_fire_at AS due`,
    [triggerId, engine.workspaceId, saved.workflowId, JSON.stringify(config), saved.documentId, inMs],
  );
  const [row] = rows;
  if (!row) throw new Error("the trigger was not stored");
  return { triggerId, dueAt: row.due };
}

/** The runs of a schedule that have ended: how long after its time they were begun, and when it is due next. */
async function firesOf({ triggerId, dueAt }: { triggerId: string; dueAt: Date }) {
  const { rows } = await site.engine.db.pool.query<{ late_ms: number; next: Date }>(
    `SELECT (extract(epoch FROM r.created_at - $2) * 1000)::float8 AS late_ms, t.next_fire_at AS next
     FROM schedule_fire f JOIN run r ON r.id = f.run_id JOIN workflow_trigger t ON t.id = f.trigger_id
     WHERE t.id = $1 AND r.finished_at IS NOT NULL`,
    [triggerId, dueAt],
  );
  return rows;
}

test("scenario 98: workers whose clocks are an hour ahead and an hour behind move no timer, lease, window or schedule", async () => {
  const { engine } = site;
  const delayed = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "later", type: "delay", name: "Later", config: { forMs: 2_500 } },
    ],
    edges: [{ id: "e1", source: "start", target: "later" }],
  });
  const soon = await schedule(3_000);
  const later = await schedule(1_200_000);
  const ahead = site.startWorker({ clockOffsetMs: hourMs, concurrency: 30 });
  site.startWorker({ clockOffsetMs: -hourMs, concurrency: 30 });
  const accepted = [
    ...(await Promise.all(Array.from({ length: 10 }, () => engine.accept(delayed, {})))),
    ...(await Promise.all(Array.from({ length: 10 }, (_, n) => engine.accept(site.workflows.keyed, { order: `park-${n}` })))),
    ...(await Promise.all(Array.from({ length: 80 }, (_, n) => engine.accept(site.workflows.read, { order: `plain-${n}` })))),
  ];
  for (const { runId } of accepted) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  await expect.poll(async () => (await firesOf(soon)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  const [fired] = await firesOf(soon);
  expect(fired?.late_ms).toBeGreaterThanOrEqual(0);
  expect(fired?.late_ms).toBeLessThan(30_000);
  expect(fired?.next.getTime()).toBe(nextFires({ cron, timezone: "UTC", afterMs: soon.dueAt.getTime(), count: 1 })[0]);
  expect(await firesOf(later)).toEqual([]);
  // Neither early nor by an hour late, and nobody was taken for dead.
  const { rows } = await engine.db.pool.query<{ workflow_id: string; ms: number }>(
    "SELECT workflow_id, (extract(epoch FROM finished_at - created_at) * 1000)::float8 AS ms FROM run WHERE finished_at IS NOT NULL",
  );
  for (const { workflow_id, ms } of rows) {
    expect(ms).toBeGreaterThanOrEqual(workflow_id === delayed.workflowId ? 2_500 : 0);
    expect(ms).toBeLessThan(120_000);
  }
  expect((await engine.db.pool.query("SELECT FROM worker WHERE stopped_at IS NOT NULL")).rows).toEqual([]);
  expect(ahead.running).toBe(true);
  const violations = await findViolations({
    pool: engine.db.pool,
    workspaceId: engine.workspaceId,
    acknowledged: accepted.map((run) => run.runId),
    receipts: site.remote.receipts,
    effects: site.remote.effects,
    limits: site.limits,
    leaseMs,
    progressFloor: 1,
    drained: true,
  });
  expect(violations).toEqual([]);
}, 200_000);

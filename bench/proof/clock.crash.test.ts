import { afterAll, beforeAll, expect, test } from "vitest";
import { untilEnd } from "#lib/engine/testing.ts";
import { findViolations } from "./checker.ts";
import { createSite, leaseMs, type Site } from "./site.ts";

const hourMs = 3_600_000;
let site: Site;

beforeAll(async () => {
  site = await createSite();
});
afterAll(() => site.stop());

test("scenario 98 (timers, leases, windows): workers whose clocks are an hour ahead and an hour behind move nothing", async () => {
  const { engine } = site;
  const delayed = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "later", type: "delay", name: "Later", config: { forMs: 2_500 } },
    ],
    edges: [{ id: "e1", source: "start", target: "later" }],
  });
  const ahead = site.startWorker({ clockOffsetMs: hourMs, concurrency: 30 });
  site.startWorker({ clockOffsetMs: -hourMs, concurrency: 30 });
  const accepted = [
    ...(await Promise.all(Array.from({ length: 10 }, () => engine.accept(delayed, {})))),
    ...(await Promise.all(Array.from({ length: 10 }, (_, n) => engine.accept(site.workflows.keyed, { order: `park-${n}` })))),
    ...(await Promise.all(Array.from({ length: 80 }, (_, n) => engine.accept(site.workflows.read, { order: `plain-${n}` })))),
  ];
  for (const { runId } of accepted) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  // Neither early nor by an hour late, and nobody was taken for dead.
  const { rows } = await engine.db.pool.query<{ workflow_id: string; ms: number }>(
    "SELECT workflow_id, (extract(epoch FROM finished_at - created_at) * 1000)::float8 AS ms FROM run",
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

import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#lib/db/db.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";

/*
 * A report that reads for ten minutes keeps PostgreSQL from removing any row that dies meanwhile: each run leaves dead versions of
 * itself, its steps and its job. What counts is how many; here ten minutes of eight runs a second come as fast as this machine makes them.
 */

const runs = 5_000;

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
  engine.onCall(() => answer(200, {}));
  await engine.startWorker();
});
afterEach(() => engine.stop());

test("scenario 97: while a long query holds its snapshot, what is queued starts as soon as before", async () => {
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { url: "https://api.test/" } },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  });
  await flood(saved, 500);
  const before = await startLatency(saved);
  const analyst = openDb({ url: engine.url, maxConnections: 1, applicationName: "report" });
  const report = await analyst.pool.connect();
  await report.query("SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ");
  const seen = await countRuns(report);
  await flood(saved, runs);
  await engine.db.pool.query("VACUUM run, graphile_worker._private_jobs");
  const deadJobs = await engine.db.pool.query<{ n: number }>(
    "SELECT n_dead_tup::int AS n FROM pg_stat_user_tables WHERE schemaname = 'graphile_worker' AND relname = '_private_jobs'",
  );
  const during = await startLatency(saved);
  expect(await countRuns(report), "the report still sees what it saw").toBe(seen);
  report.release(true);
  await analyst.close();
  console.log(
    `p95 from queued to started: ${before.toFixed(0)} ms, with ${deadJobs.rows[0]?.n} dead jobs that cannot be removed ${during.toFixed(0)} ms`,
  );
  expect(deadJobs.rows[0]?.n).toBeGreaterThan(runs * 0.9);
  expect(during).toBeLessThan(500);
}, 300_000);

async function countRuns(client: { query: TestEngine["db"]["pool"]["query"] }): Promise<number> {
  const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM run");
  return rows[0]?.n ?? 0;
}

/** Sends runs, 200 at a time, and waits until all have ended. */
async function flood(saved: SavedDocument, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 200) await Promise.all(Array.from({ length: 200 }, () => engine.accept(saved, {})));
  const open = async () => (await engine.db.pool.query("SELECT FROM run WHERE status <> 'succeeded' LIMIT 1")).rowCount;
  await expect.poll(open, { timeout: 200_000, interval: 500 }).toBe(0);
}

/** The 95th percentile of how long single runs wait to be started, in ms. */
async function startLatency(saved: SavedDocument): Promise<number> {
  const waits: number[] = [];
  for (let n = 0; n < 60; n++) {
    const { runId } = await engine.accept(saved, {});
    await untilEnd(engine, runId);
    const { rows } = await engine.db.pool.query<{ ms: number }>(
      "SELECT (extract(epoch FROM started_at - created_at) * 1000)::float8 AS ms FROM run WHERE id = $1",
      [runId],
    );
    waits.push(rows[0]?.ms ?? Number.NaN);
  }
  return waits.toSorted((a, b) => a - b)[Math.ceil(waits.length * 0.95) - 1] ?? Number.NaN;
}

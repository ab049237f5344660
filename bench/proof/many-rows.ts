import { setup } from "#lib/db/testing-setup.ts";
import { Claims } from "#lib/engine/ledger/claim.ts";
import { createTestEngine } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";

/* node bench/proof/many-rows.ts: how long a claim takes beside a million finished runs and 100,000 parked ones (scenario 96). */
const finished = 1_000_000;
const parked = 100_000;
const claims = 500;

const teardown = await setup();
const engine = await createTestEngine();
const { pool } = engine.db;
const saved = await engine.saveDocument({
  schemaVersion: 1,
  nodes: [{ id: "start", type: "manual", name: "Start" }],
  edges: [],
});
const client = await pool.connect();
await client.query("SET statement_timeout = 0");
// Ids as they would be, spread over the last hours; what a finished run holds besides does not matter to a claim.
const insert = `INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, started_at, finished_at, wake_at, deadline_at)
  SELECT overlay(uuid_at(now() - n * interval '10 milliseconds')::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, $1, $2, $3, 1, $4, 'manual', 'start',
    gen_random_uuid(), now(), CASE WHEN $4 = 'succeeded' THEN now() END, CASE WHEN $4 = 'waiting' THEN now() + interval '1 day' END, now() + interval '2 days'
  FROM generate_series($5::int, $6::int) AS n`;
await client.query(insert, [engine.workspaceId, saved.workflowId, saved.documentId, "succeeded", 1, finished]);
await client.query(insert, [engine.workspaceId, saved.workflowId, saved.documentId, "waiting", finished + 1, finished + parked]);
await client.query(
  `INSERT INTO graphile_worker._private_jobs (task_id, payload, run_at, max_attempts, key)
   SELECT 1, json_build_object('runId', id), wake_at, 25, 'run:' || id FROM run WHERE status = 'waiting' ON CONFLICT DO NOTHING`,
);
await client.query("ANALYZE");
client.release();
const accepted = await Promise.all(Array.from({ length: claims }, (_, n) => engine.accept(saved, { n })));
const own = new Claims({ pool, workerId: newId(), aliveMs: 30_000 });
const took: number[] = [];
for (const { runId } of accepted) {
  const startedAt = performance.now();
  if ((await own.claim(runId))?.run.id !== runId) throw new Error(`run ${runId} was not claimed`);
  took.push(performance.now() - startedAt);
}
took.sort((a, b) => a - b);
const [p50 = 0, p99 = 0] = [took[claims / 2], took[Math.floor(claims * 0.99)]];
console.log(`claims beside ${finished} finished and ${parked} parked runs: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
await engine.stop();
await teardown();

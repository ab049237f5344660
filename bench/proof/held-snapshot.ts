import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setup } from "#lib/db/testing-setup.ts";
import { createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";

/*
 * node bench/proof/held-snapshot.ts [--minutes 10] [--rate 20]: how long runs wait for their start while a long query holds a
 * snapshot, so that PostgreSQL can clear away no dead row of the queue (scenario 97). The first minute is without it.
 */
const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, rate: { type: "string", default: "20" } } });
const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
if (!(minutes >= 1 && minutes <= 60 && rate > 0 && rate <= 200)) {
  console.error("usage: node bench/proof/held-snapshot.ts [--minutes 1–60] [--rate 1–200]");
  process.exit(2);
}

const teardown = await setup();
const engine = await createTestEngine();
const worker = await engine.startWorker();
const saved = await engine.saveDocument({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "set", type: "set", name: "Set", config: { values: {} } },
  ],
  edges: [{ id: "e", source: "start", target: "set" }],
});
console.log(await minuteOf(engine, saved, "before"));
const reader = await engine.db.pool.connect();
await reader.query("SET idle_in_transaction_session_timeout = 0");
await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
await reader.query("SELECT count(*) FROM run");
for (let minute = 1; minute <= minutes; minute++) console.log(await minuteOf(engine, saved, `minute ${minute} of the snapshot`));
await reader.query("ROLLBACK");
reader.release();
await engine.stopWorker(worker);
await engine.stop();
await teardown();

/** Starts runs at the rate for a minute, and tells how long they waited and what is left of the queue's dead rows. */
async function minuteOf(engine: TestEngine, document: SavedDocument, name: string): Promise<string> {
  const ends: Promise<unknown>[] = [];
  const ids: string[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < rate * 60; n++) {
    await sleep(Math.max(0, startedAt + (n * 1_000) / rate - performance.now()));
    const { runId } = await engine.accept(document, { n });
    ids.push(runId);
    ends.push(untilEnd(engine, runId));
  }
  await Promise.all(ends);
  const { rows } = await engine.db.pool.query<{ p50: number; p99: number; dead: number }>(
    `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99,
       (SELECT sum(n_dead_tup)::int FROM pg_stat_user_tables WHERE relname = '_private_jobs') AS dead
     FROM (SELECT (extract(epoch FROM started_at - created_at) * 1000)::float8 AS ms FROM run WHERE id = ANY ($1::uuid[])) AS wait`,
    [ids],
  );
  const { p50 = 0, p99 = 0, dead = 0 } = rows[0] ?? {};
  return `${name}: ${ids.length} runs, start after p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${dead} dead jobs`;
}

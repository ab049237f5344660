import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readMigrations } from "#lib/db/migrate.ts";
import { setup } from "#lib/db/testing-setup.ts";
import { cancelRun, redriveDeadLetter } from "#lib/engine/ledger/commands.ts";
import { refuse } from "#lib/engine/testing/reactions.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { EffectClass } from "#lib/shared/statuses.ts";
import { createSite, type Site } from "./site.ts";
import { takeSnapshot } from "./snapshot.ts";

/*
 * node bench/proof/take-snapshot.ts: writes down a database of this release with runs in every state, for the upgrade test of the
 * releases to come. To be run once a release; the file is named after the last migration.
 */

type Points = Parameters<Parameters<ReturnType<Site["startWorker"]>["hold"]>[0]>[0];

const teardown = await setup();
const site = await createSite();
try {
  await makeRuns(site);
  const name = (await readMigrations()).at(-1)?.name.split("_")[0];
  const file = join(import.meta.dirname, "snapshots", `${name}.jsonl`);
  await writeFile(file, await takeSnapshot(site.engine.db.pool));
  console.log(file);
} finally {
  await site.stop();
  await teardown();
}

async function makeRuns({ engine, remote, workflows, startWorker }: Site): Promise<void> {
  const { pool } = engine.db;
  const worker = startWorker({ failpoints: true });
  const holdAt = new Map<string, Points>();
  worker.hold((point, runId) => holdAt.get(runId) === point);
  const start = async (effect: EffectClass, order: string) => (await engine.accept(workflows[effect], { order })).runId;
  remote.script("/down", refuse(503));
  const called = (policy: JsonObject, path = "/ok") => [
    { id: "call", type: "http-request", name: "Call", config: { method: "GET", url: `${remote.url}${path}` }, policy },
  ];
  const startOne = async (nodes: JsonObject[]) => {
    const saved = await engine.saveDocument({
      schemaVersion: 1,
      nodes: [{ id: "start", type: "manual", name: "Start" }, ...nodes],
      edges: [{ id: "e1", source: "start", target: nodes[0]?.id }],
    });
    return [(await engine.accept(saved, {})).runId, (await engine.accept(saved, {})).runId];
  };
  await start("keyed", "over");
  const dead = await start("read", "dead-redriven");
  await start("unsafe", "dead-open");
  const waiting = [
    ...(await startOne([{ id: "later", type: "delay", name: "Later", config: { forMs: 20_000 } }])),
    ...(await startOne(called({ retry: { initialMs: 20_000, factor: 1, jitter: "none" } }, "/down"))),
    ...(await startOne(called({ throttle: { windows: [{ limit: 1, perMs: 20_000 }] } }))),
    ...(await startOne(
      called({ breaker: { minCalls: 1, openMs: 20_000 }, retry: { initialMs: 1_500, factor: 1, jitter: "none" } }, "/down"),
    )),
  ];
  await until(pool, "SELECT count(DISTINCT wait_reason) = 4 AS done FROM step WHERE status = 'waiting'");
  await cancelRun(pool, { workspaceId: engine.workspaceId, runId: waiting[0] ?? "" });
  await until(pool, "SELECT count(*) = 1 AS done FROM run WHERE status = 'canceled'");
  const cutOff: [EffectClass, Points][] = [
    ["read", "answered"],
    ["natural", "before-sent"],
    ["keyed", "sent-committed"],
    ["unsafe", "answered"],
    ["reconcilable", "throttle-granted"],
    ["unsafe", "run-claimed"],
  ];
  for (const [effect, point] of cutOff) {
    const runId = await start(effect, `cut-off-${effect}-${point}`);
    holdAt.set(runId, point);
  }
  await start("keyed", "cut-off-keyed-sent-committed"); // the twin, which waits for the first
  await until(pool, "SELECT count(*) > 0 AS done FROM step WHERE wait_reason = 'duplicate'");
  await until(pool, "SELECT count(*) > 1 AS done FROM run WHERE status = 'running'");
  await worker.kill(null); // no word to anybody: the new release finds out by its silence
  await start("natural", "queued");
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1", [dead]);
  await redriveDeadLetter(pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "snapshot" });
}

async function until(pool: Site["engine"]["db"]["pool"], sql: string): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ done: boolean }>(sql);
    if (rows[0]?.done) return;
    await sleep(100);
  }
}

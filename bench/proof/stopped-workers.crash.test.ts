import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { done, slow } from "#lib/engine/testing/reactions.ts";
import { untilEnd } from "#lib/engine/testing.ts";
import { silentMs } from "#lib/runtime/heartbeat.ts";
import type { Failpoint } from "#lib/shared/failpoints.ts";
import type { EffectClass } from "#lib/shared/statuses.ts";
import { findViolations } from "./checker.ts";
import { createSite, leaseMs, orderOf, pathOf, type Site, slackMs } from "./site.ts";
import type { WorkerProcess } from "./worker-process.ts";

/* Real worker processes that are stopped, killed together, poisoned and drained. */

let site: Site;

beforeEach(async () => {
  site = await createSite();
});
afterEach(() => site.stop());

/** What passes in a stopped worker's absence: its heartbeat grows too old, and another worker looks. */
async function ageHeartbeat(worker: WorkerProcess): Promise<void> {
  const sql =
    "UPDATE worker SET last_seen_at = last_seen_at - $2::int * interval '1 millisecond' WHERE pid = $1 AND stopped_at IS NULL RETURNING id";
  expect((await site.engine.db.pool.query(sql, [worker.pid, silentMs + 1_000])).rows).toHaveLength(1);
}

/** The same until another worker has looked: a beat may have been on its way. */
async function untilDeclaredDead(worker: WorkerProcess): Promise<void> {
  const sql = `UPDATE worker SET last_seen_at = least(last_seen_at, clock_timestamp() - $2::int * interval '1 millisecond')
    WHERE pid = $1 RETURNING stopped_at IS NOT NULL AS dead`;
  const look = async () => (await site.engine.db.pool.query(sql, [worker.pid, silentMs + 1_000])).rows;
  await expect.poll(look, { timeout: 10_000 }).toEqual([{ dead: true }]);
}

function callsOf(effect: EffectClass, order: string) {
  return site.remote.receiptsOf(pathOf(effect)).filter((call) => orderOf(call) === order);
}

async function attemptsOf(runId: string) {
  const { rows } = await site.engine.db.pool.query<{ no: number; state: string; status: number | null }>(
    "SELECT no, state, http_status AS status FROM attempt WHERE run_id = $1 ORDER BY no",
    [runId],
  );
  return rows;
}

async function violations(acknowledged: string[], progressFloor: number): Promise<string[]> {
  const { engine, remote, limits } = site;
  const { receipts, effects } = remote;
  const { pool } = engine.db;
  return findViolations({
    pool,
    workspaceId: engine.workspaceId,
    acknowledged,
    receipts,
    effects,
    limits,
    leaseMs,
    progressFloor,
    drained: true,
  });
}

test("scenario 26: a worker stopped before sending for longer than its lease sends nothing when it wakes up", async () => {
  const sleeper = site.startWorker({ failpoints: true });
  sleeper.hold((point) => point === "before-sent");
  const { runId } = await site.engine.accept(site.workflows.unsafe, { order: "a" });
  await expect.poll(() => sleeper.heldAt("before-sent"), { timeout: 30_000 }).toEqual([runId]);
  sleeper.signal("SIGSTOP");
  await ageHeartbeat(sleeper);
  site.startWorker();
  expect((await untilEnd(site.engine, runId)).status).toBe("succeeded");
  expect(callsOf("unsafe", "a")).toHaveLength(1);
  sleeper.letGo();
  sleeper.signal("SIGCONT");
  // Declared dead, it ends by itself; whatever it tried before that was refused.
  expect((await sleeper.ended).code).toBe(1);
  expect(callsOf("unsafe", "a")).toHaveLength(1);
  expect(await violations([runId], 1)).toEqual([]);
}, 90_000);

test("scenario 26: a worker stopped between marking SENT and sending asks for its lease again, and sends nothing when that is gone", async () => {
  const sleeper = site.startWorker({ failpoints: true });
  sleeper.hold((point) => point === "sent-committed");
  const { runId } = await site.engine.accept(site.workflows.unsafe, { order: "a" });
  await expect.poll(() => sleeper.heldAt("sent-committed"), { timeout: 30_000 }).toEqual([runId]);
  sleeper.signal("SIGSTOP");
  const stoppedAt = performance.now();
  await ageHeartbeat(sleeper);
  site.startWorker();
  expect(await untilEnd(site.engine, runId)).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
  // Its own clock must have seen the pause too: the lease it trusts without asking is 10 s.
  await sleep(Math.max(0, 11_000 - (performance.now() - stoppedAt)));
  sleeper.letGo();
  sleeper.signal("SIGCONT");
  expect((await sleeper.ended).code).toBe(1);
  expect(callsOf("unsafe", "a")).toHaveLength(0);
}, 90_000);

test("scenario 27: a worker stopped after sending, whose run another has taken over, finishes too late: its answer is a note at the attempt, and changes nothing", async () => {
  const sleeper = site.startWorker({ failpoints: true });
  sleeper.hold((point) => point === "answered");
  const { runId } = await site.engine.accept(site.workflows.keyed, { order: "a" });
  await expect.poll(() => sleeper.heldAt("answered"), { timeout: 30_000 }).toEqual([runId]);
  sleeper.signal("SIGSTOP");
  await ageHeartbeat(sleeper);
  site.startWorker();
  expect((await untilEnd(site.engine, runId)).status).toBe("succeeded");
  const before = await attemptsOf(runId);
  expect(before).toEqual([
    { no: 1, state: "lost", status: null },
    { no: 2, state: "succeeded", status: 200 },
  ]);
  sleeper.letGo();
  sleeper.signal("SIGCONT");
  await sleeper.ended;
  expect(await attemptsOf(runId)).toEqual([{ no: 1, state: "lost", status: 200 }, before[1]]);
  expect(site.remote.effectsOf("/keyed")).toHaveLength(1);
  expect(await violations([runId], 1)).toEqual([]);
}, 90_000);

test("scenario 33: a worker whose event loop is blocked for longer than its lease loses it, and of what it was at nothing is done twice", async () => {
  const blocked = site.startWorker({ failpoints: true });
  const stays = new Map<string, Failpoint>();
  blocked.hold((point, runId) => stays.get(runId) === point);
  const begin = async (effect: EffectClass, order: string, point: Failpoint) => {
    const { runId } = await site.engine.accept(site.workflows[effect], { order });
    stays.set(runId, point);
    return runId;
  };
  const unsent = await begin("unsafe", "unsent", "before-sent");
  const sent = await begin("unsafe", "sent", "sent-committed");
  const answered = await begin("keyed", "answered", "answered");
  for (const [runId, point] of stays) await expect.poll(() => blocked.heldAt(point), { timeout: 30_000 }).toEqual([runId]);
  // Longer than a worker trusts its own lease without asking; the database's patience is made to pass as quickly.
  blocked.letGo({ blockMs: 12_000 });
  site.startWorker();
  await untilDeclaredDead(blocked);
  expect((await untilEnd(site.engine, unsent)).status).toBe("succeeded");
  expect(await untilEnd(site.engine, sent)).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
  expect((await untilEnd(site.engine, answered)).status).toBe("succeeded");
  expect((await blocked.ended).code).toBe(1);
  expect(callsOf("unsafe", "unsent")).toHaveLength(1);
  expect(callsOf("unsafe", "sent")).toHaveLength(0);
  expect(site.remote.effectsOf("/keyed")).toHaveLength(1);
  expect(await violations([unsent, sent, answered], 0.5)).toEqual([]);
}, 120_000);

test("scenario 31: all workers killed with 1,000 running steps; one that returns recovers them all, within every window", async () => {
  const runs = 1_000;
  const windows = [{ limit: 200, perMs: 2_000 }];
  const url = `${site.remote.url}/mass?id={{ trigger.body.order }}`;
  const policy = { timeoutMs: 120_000, throttle: { windows } };
  const saved = await site.engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { method: "GET", url }, policy },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  });
  site.remote.script("/mass", slow(110_000));
  const workers = [1, 2].map(() => site.startWorker({ concurrency: runs }));
  const accepted = await Promise.all(Array.from({ length: runs }, (_, order) => site.engine.accept(saved, { order: String(order) })));
  const running = async () => (await site.engine.db.pool.query("SELECT count(*)::int AS n FROM run WHERE status = 'running'")).rows[0]?.n;
  await expect.poll(running, { timeout: 90_000, interval: 200 }).toBe(runs);
  site.remote.script("/mass", done());
  await Promise.all(workers.map((worker) => worker.kill(site.engine.db.pool)));
  const killedAt = performance.now();
  site.startWorker({ concurrency: 200 });
  const open = async () => (await site.engine.db.pool.query("SELECT count(*)::int AS n FROM run WHERE finished_at IS NULL")).rows[0]?.n;
  await expect.poll(open, { timeout: 120_000, interval: 200 }).toBe(0);
  expect(performance.now() - killedAt).toBeLessThan(2 * silentMs);
  site.limits.push({ path: "/mass", limit: 200, perMs: 2_000, slackMs });
  expect(
    await violations(
      accepted.map((run) => run.runId),
      1,
    ),
  ).toEqual([]);
}, 240_000);

test("scenario 32: an item that kills its worker each time is taken out and waits for a person; the others get through", async () => {
  const { runId: poison } = await site.engine.accept(site.workflows.read, { order: "poison" });
  let worker = site.startWorker({ failpoints: true });
  // Before anything of the step is on disk: at first nothing tells which step it was.
  for (let kills = 0; kills < 4; kills++) {
    worker.hold((point, runId) => point === "key-claimed" && runId === poison);
    const { runId } = await site.engine.accept(site.workflows.keyed, { order: `other-${kills}` });
    await expect.poll(() => worker.heldAt("key-claimed"), { timeout: 30_000 }).toEqual([poison]);
    expect((await untilEnd(site.engine, runId)).status).toBe("succeeded");
    await worker.kill(site.engine.db.pool);
    worker = site.startWorker({ failpoints: true });
  }
  expect(await untilEnd(site.engine, poison)).toMatchObject({ status: "failed", error: { code: "poison" } });
  const { rows } = await site.engine.db.pool.query("SELECT kind, status FROM dead_letter WHERE run_id = $1", [poison]);
  expect(rows).toEqual([{ kind: "poison", status: "open" }]);
  expect(callsOf("read", "poison")).toHaveLength(0);
}, 120_000);

test("scenario 34: a worker that drains claims nothing more, finishes what it calls and hands back the rest; nothing counts as lost", async () => {
  const runs = 60;
  site.remote.script("/unsafe", slow(1_500));
  const worker = site.startWorker({ concurrency: 10 });
  const accepted = await Promise.all(
    Array.from({ length: runs }, (_, n) => site.engine.accept(site.workflows.unsafe, { order: String(n) })),
  );
  await expect.poll(() => site.remote.receiptsOf("/unsafe").length, { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
  const startedAt = performance.now();
  worker.signal("SIGTERM");
  expect(await worker.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  const { pool } = site.engine.db;
  const { rows } = await pool.query(
    "SELECT count(*) FILTER (WHERE worker_id IS NOT NULL)::int AS held, count(*) FILTER (WHERE finished_at IS NULL)::int AS open FROM run",
  );
  expect(rows[0]?.held).toBe(0);
  expect(rows[0]?.open).toBeGreaterThan(0);
  expect(site.remote.receiptsOf("/unsafe")).toHaveLength(runs - rows[0]?.open);
  site.remote.script("/unsafe", done());
  site.startWorker();
  for (const { runId } of accepted) expect((await untilEnd(site.engine, runId)).status).toBe("succeeded");
  const lost = await pool.query(
    "SELECT FROM run r WHERE lost_count > 0 OR EXISTS (SELECT FROM step s WHERE s.run_id = r.id AND s.lost_count > 0)",
  );
  expect(lost.rows).toEqual([]);
  expect(
    await violations(
      accepted.map((run) => run.runId),
      1,
    ),
  ).toEqual([]);
}, 120_000);

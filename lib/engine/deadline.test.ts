import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cancelRun } from "./ledger/commands.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
  engine.onCall(() => answer(200, { status: "running" }));
});
afterEach(() => engine.stop());

const failing = { method: "GET", url: "https://api.test/x" };
/** A step that waits for long, by what it waits for. */
const waits = {
  retry: { type: "http-request", config: failing, policy: { retry: { initialMs: 3_600_000, maxMs: 3_600_000, jitter: "none" } } },
  throttle: {
    type: "http-request",
    config: failing,
    policy: { deadlineMs: 864_000_000, throttle: { windows: [{ limit: 1, perMs: 86_400_000 }] } },
  },
  delay: { type: "delay", config: { forMs: 5_184_000_000 } },
  callback: { type: "wait-for-callback", config: { timeoutMs: 5_184_000_000 } },
  approval: { type: "approval", config: { message: "Well?", timeoutMs: 5_184_000_000 } },
  poll: {
    type: "poll-until",
    config: { request: { url: "https://api.test/poll" }, done: "false", everyMs: 86_400_000, timeoutMs: 5_184_000_000 },
  },
} as const;

/** Two of them, so that a limit of one a day makes the second wait. */
function documentOf(kind: keyof typeof waits) {
  const nodes = ["first", "second"].map((id) => ({ id, name: id, ...waits[kind] }));
  const edges = nodes.map(({ id }) => ({ id: `to_${id}`, source: "start", target: id }));
  return { schemaVersion: 1, nodes: [{ id: "start", type: "manual", name: "Start" }, ...nodes], edges };
}

async function parked(kind: keyof typeof waits): Promise<string> {
  if (kind === "retry") engine.onCall(() => answer(500, {}));
  const saved = await engine.saveDocument(documentOf(kind));
  await engine.startWorker();
  // One a day: the first run of the day uses it up.
  if (kind === "throttle") await engine.run(saved, null);
  const { runId } = await engine.accept(saved, null);
  const seen = async () => {
    const { rows } = await engine.db.pool.query<{ status: string; wait_reason: string | null }>(
      "SELECT r.status, s.wait_reason FROM run r JOIN step s ON s.run_id = r.id AND s.wait_reason IS NOT NULL WHERE r.id = $1",
      [runId],
    );
    return rows.some((row) => row.status === "waiting" && row.wait_reason === kind);
  };
  await expect.poll(seen, { timeout: 30_000 }).toBe(true);
  return runId;
}

async function jobOf(runId: string): Promise<{ inMs: number } | undefined> {
  const { rows } = await engine.db.pool.query<{ in_ms: number }>(
    "SELECT extract(epoch FROM run_at - now())::float8 * 1000 AS in_ms FROM graphile_worker.jobs WHERE key = $1",
    [`run:${runId}`],
  );
  return rows[0] && { inMs: rows[0].in_ms };
}

/** As if so much time had passed for the run: all its times move, those of its job too. */
async function pass(runId: string, ms: number): Promise<void> {
  const by = `$2::float8 * interval '1 millisecond'`;
  const { pool } = engine.db;
  await pool.query(`UPDATE run SET deadline_at = deadline_at - ${by} WHERE id = $1`, [runId, ms]);
  await pool.query(`UPDATE step SET wake_at = wake_at - ${by}, deadline_at = deadline_at - ${by} WHERE run_id = $1`, [runId, ms]);
  // A delay has frozen the time it waits until.
  const { rows } = await pool.query<{ until: string }>(
    "SELECT input::json ->> 'until' AS until FROM step WHERE run_id = $1 AND node_id = 'wait'",
    [runId],
  );
  const until = rows[0] && JSON.stringify({ until: new Date(Date.parse(rows[0].until) - ms).toISOString() });
  if (until) await pool.query("UPDATE step SET input = $2 WHERE run_id = $1 AND node_id = 'wait'", [runId, until]);
  await pool.query("UPDATE graphile_worker._private_jobs SET run_at = run_at - $2::float8 * interval '1 millisecond' WHERE key = $1", [
    `run:${runId}`,
    ms,
  ]);
}

/** The runs of test engines may take an hour. */
const runDeadlineMs = 3_600_000;

describe.each(Object.keys(waits) as (keyof typeof waits)[])("a run that waits for %s", (kind) => {
  test("ends at its deadline, not when the waiting is over", async () => {
    const runId = await parked(kind);
    // The timer is set for the deadline: whatever is waited for lies behind it.
    expect((await jobOf(runId))?.inMs).toBeLessThanOrEqual(runDeadlineMs);
    await pass(runId, runDeadlineMs);
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "run_deadline", class: "timeout" } });
  }, 60_000);

  test("ends at once when it is canceled", async () => {
    const runId = await parked(kind);
    await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "canceled" });
  }, 60_000);
});

test("scenario 84: a run whose deadline falls into a retry wait ends at the deadline, not at the next retry", async () => {
  engine.onCall(() => answer(500, {}));
  const saved = await engine.saveDocument(documentOf("retry"));
  await engine.startWorker();
  const { runId } = await engine.accept(saved, null);
  await engine.db.pool.query("UPDATE run SET deadline_at = now() + interval '6 seconds' WHERE id = $1", [runId]);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "run_deadline" } });
  const { rows } = await engine.db.pool.query<{ late: number; waiting: number }>(
    `SELECT extract(epoch FROM r.finished_at - r.deadline_at)::float8 AS late,
       (SELECT extract(epoch FROM max(s.wake_at) - r.finished_at)::float8 FROM step s WHERE s.run_id = r.id) AS waiting
     FROM run r WHERE r.id = $1`,
    [runId],
  );
  expect(rows[0]?.late).toBeGreaterThanOrEqual(0);
  expect(rows[0]?.late).toBeLessThan(5);
  // The retry would have come an hour later.
  expect(rows[0]?.waiting).toBeGreaterThan(3_000);
}, 60_000);

test("scenario 40: a timer 60 days ahead outlives three restarts and fires once, within 5 s of its time", async () => {
  const document = {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "wait", type: "delay", name: "Wait", config: { forMs: 5_184_000_000 } },
      { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/x" } },
    ],
    edges: [
      { id: "e1", source: "start", target: "wait" },
      { id: "e2", source: "wait", target: "call" },
    ],
  };
  engine.onCall(() => answer(200, {}));
  const saved = await engine.saveDocument(document);
  const day = 86_400_000;
  const { runId } = await engine.accept(saved, null);
  await engine.db.pool.query("UPDATE run SET deadline_at = now() + interval '90 days' WHERE id = $1", [runId]);
  let worker = await engine.startWorker();
  await expect.poll(async () => (await jobOf(runId))?.inMs ?? 0, { timeout: 30_000 }).toBeGreaterThan(59 * day);
  for (let restart = 0; restart < 3; restart++) {
    await engine.stopWorker(worker);
    await pass(runId, 15 * day);
    worker = await engine.startWorker();
    // Whatever woke it meanwhile, it goes on waiting.
    await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
      runId,
    ]);
    await expect.poll(async () => (await jobOf(runId))?.inMs ?? 0, { timeout: 30_000 }).toBeGreaterThan(day);
  }
  expect(engine.calls).toEqual([]);
  const left = (await jobOf(runId))?.inMs ?? 0;
  expect(left).toBeLessThanOrEqual(15 * day);
  await pass(runId, left - 2_000);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(engine.calls).toHaveLength(1);
  const { rows } = await engine.db.pool.query<{ late: number }>(
    `SELECT extract(epoch FROM c.started_at - (w.output::json ->> 'until')::timestamptz)::float8 AS late FROM step w JOIN step c ON c.run_id = w.run_id
     WHERE w.run_id = $1 AND w.node_id = 'wait' AND c.node_id = 'call'`,
    [runId],
  );
  expect(rows[0]?.late).toBeGreaterThanOrEqual(0);
  expect(rows[0]?.late).toBeLessThan(5);
}, 120_000);

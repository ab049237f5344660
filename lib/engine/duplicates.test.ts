import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { OutboundResponse } from "#lib/nodes/runner.ts";
import { newId } from "#lib/shared/ids.ts";
import { cancelRun, decideDeadLetter, redriveDeadLetter } from "./ledger/commands.ts";
import { pruneRecords, RecordClaims } from "./ledger/record-claims.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

/* Several runs make one call: who makes it, who waits, and what becomes of those who wait. */

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { call: engine.calls.length }));
});

function document(idempotency: object = {}, policy: object = {}) {
  const call = {
    id: "call",
    type: "http-request",
    name: "Call",
    config: { method: "POST", url: "https://api.test/x" },
    policy: {
      retry: { initialMs: 1, maxMs: 2, maxAttempts: 2 },
      ...policy,
      idempotency: { key: "{{ trigger.body.key }}", scope: "workflow", header: "Idempotency-Key", ...idempotency },
    },
  };
  const nodes = [{ id: "start", type: "manual", name: "Start" }, call];
  return { schemaVersion: 1, nodes, edges: [{ id: "e1", source: "start", target: "call" }] };
}

/** A remote that answers when it is told to. */
function gated() {
  const waiting: ((response: OutboundResponse) => void)[] = [];
  engine.onCall(() => new Promise((resolve) => waiting.push(resolve)));
  return {
    async next(response: OutboundResponse) {
      await expect.poll(() => waiting.length, { timeout: 20_000 }).toBeGreaterThan(0);
      waiting.shift()?.(response);
    },
  };
}

async function callOf(runId: string) {
  const { rows } = await engine.db.pool.query(
    `SELECT s.status, s.wait_reason, s.output, s.wake_at > now() + interval '5 minutes' AS far, r.worker_id, r.status AS run
     FROM run r LEFT JOIN step s ON s.run_id = r.id AND s.node_id = 'call' WHERE r.id = $1`,
    [runId],
  );
  return rows[0];
}

async function parked(runId: string): Promise<void> {
  await expect.poll(() => callOf(runId), { timeout: 20_000 }).toMatchObject({ wait_reason: "duplicate", run: "waiting" });
}

async function accept(saved: SavedDocument, count: number): Promise<string[]> {
  const runs: string[] = [];
  for (let index = 0; index < count; index++) runs.push((await engine.accept(saved, { key: "one" })).runId);
  return runs;
}

const recordsOf = async (runId: string) =>
  (await engine.db.pool.query("SELECT state FROM idempotency_record WHERE owner_run = $1", [runId])).rows.map((row) => row.state);

test("scenario 41: 24 parallel steps with one key in 8 workers make one call and have 24 equal results", async () => {
  const pools = Array.from({ length: 8 }, () => new pg.Pool({ connectionString: engine.url, max: 3 }));
  const workers = await Promise.all(
    pools.map((pool) => {
      const records = new RecordClaims({ pool });
      return engine.startWorker({ claimRecord: (request) => records.claim(request) });
    }),
  );
  try {
    const saved = await engine.saveDocument(document());
    const runs = await Promise.all(Array.from({ length: 24 }, () => engine.accept(saved, { key: "one" })));
    const ended = await Promise.all(runs.map(({ runId }) => untilEnd(engine, runId)));
    expect(ended.map(({ status }) => status)).toEqual(runs.map(() => "succeeded"));
    expect(engine.calls).toHaveLength(1);
    const outputs = await Promise.all(runs.map(async ({ runId }) => (await callOf(runId)).output));
    expect(new Set(outputs)).toEqual(new Set(['{"call":1}']));
  } finally {
    await Promise.all(workers.map((worker) => engine.stopWorker(worker)));
    await Promise.all(pools.map((pool) => pool.end()));
  }
}, 60_000);

test("scenario 42: a duplicate waits without worker, slot or near timer, and the first's commit wakes it", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document());
  const [, second = ""] = await accept(saved, 2);
  await parked(second);
  expect(await callOf(second)).toMatchObject({ worker_id: null, far: true });
  await remote.next(answer(200, { ok: "first" }));
  expect(await untilEnd(engine, second)).toMatchObject({ status: "succeeded" });
  expect(await callOf(second)).toMatchObject({ status: "deduplicated", output: '{"ok":"first"}' });
  expect(engine.calls).toHaveLength(1);
});

test("scenario 43: duplicates keep waiting over the first's retries; when it fails for good, exactly one of them makes the call", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document());
  const [first = "", ...others] = await accept(saved, 4);
  for (const other of others) await parked(other);
  await remote.next(answer(503, {}));
  await expect.poll(() => engine.calls.length, { timeout: 20_000 }).toBe(2);
  for (const other of others) expect(await callOf(other)).toMatchObject({ wait_reason: "duplicate" });

  await remote.next(answer(422, { error: "no" }));
  expect((await untilEnd(engine, first)).status).toBe("failed");
  await expect.poll(() => engine.calls.length, { timeout: 20_000 }).toBe(3);
  const states = await Promise.all(others.map(callOf));
  expect(states.filter((state) => state.wait_reason === "duplicate")).toHaveLength(2);

  await remote.next(answer(200, { ok: true }));
  for (const other of others) expect((await untilEnd(engine, other)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(3);
}, 40_000);

test("a first that fails for good without certainty hands on its key as sent, so that the next goes on under the same one", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document());
  const [first = "", second = ""] = await accept(saved, 2);
  await parked(second);
  await remote.next(answer(502, {}));
  await remote.next(answer(502, {}));
  expect((await untilEnd(engine, first)).status).toBe("failed");
  await remote.next(answer(200, { ok: true }));
  expect((await untilEnd(engine, second)).status).toBe("succeeded");
  expect(new Set(engine.calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(1);
});

test("with storeFailures a final failure is the result of duplicates as well, and no other call is made", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document({ storeFailures: true }));
  const [first = "", second = ""] = await accept(saved, 2);
  await parked(second);
  await remote.next(answer(422, { error: "no" }));
  const failed = await untilEnd(engine, first);
  const ended = await untilEnd(engine, second);
  expect(ended).toMatchObject({ status: "failed", error: { class: "permanent", code: "http_422" } });
  expect(ended.error?.message).toBe(failed.error?.message);
  expect(engine.calls).toHaveLength(1);
  expect(await recordsOf(first)).toEqual(["failed_final"]);
});

test("duplicates of an unknown outcome wait until a person has decided, and get what was decided", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document({ effect: "unsafe" }));
  const [first = "", second = ""] = await accept(saved, 2);
  await parked(second);
  await remote.next(answer(502, {}));
  expect((await untilEnd(engine, first)).status).toBe("failed");
  expect(await callOf(second)).toMatchObject({ wait_reason: "duplicate" });
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1", [first]);
  const letter = { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "anna" };
  await decideDeadLetter(engine.db.pool, { ...letter, as: "done", result: { by: "hand" } });
  expect((await untilEnd(engine, second)).status).toBe("succeeded");
  expect(await callOf(second)).toMatchObject({ status: "deduplicated", output: '{"by":"hand"}' });
  expect(engine.calls).toHaveLength(1);
});

test("a duplicate gives up at its own deadline, and nothing is called for it", async () => {
  const remote = gated();
  const patient = await engine.saveDocument(document({ scope: "connection" }));
  const hasty = await engine.saveDocument(document({ scope: "connection" }, { deadlineMs: 500 }));
  const { runId: first } = await engine.accept(patient, { key: "shared" });
  await expect.poll(() => engine.calls.length, { timeout: 20_000 }).toBe(1);
  const { runId: second } = await engine.accept(hasty, { key: "shared" });
  expect(await untilEnd(engine, second)).toMatchObject({ status: "failed", error: { code: "duplicate_timeout" } });
  const { rows } = await engine.db.pool.query("SELECT FROM idempotency_waiter WHERE run_id = $1", [second]);
  expect(rows).toEqual([]);
  await remote.next(answer(200, {}));
  expect((await untilEnd(engine, first)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(1);
});

test("scenario 46: keys with NUL, emoji and other case are kept apart or joined by rule, and one of 10,000 characters is refused before any call", async () => {
  const saved = await engine.saveDocument(document());
  const run = (key: string) => engine.run(saved, { key });
  const keys = ["Order-1", "order-1", "🎉", "🎉🎉", "é", "a b", "a  b"];
  for (const key of keys) expect((await run(key)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(keys.length);
  expect(new Set(engine.calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(keys.length);
  // NUL is dropped and composition is not a difference: these are known already.
  for (const key of ["Order\u0000-1", "e\u0301"]) expect((await run(key)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(keys.length);
  for (const key of ["x".repeat(10_000), "\u0000", " "])
    expect(await run(key)).toMatchObject({ status: "failed", error: { code: "key_invalid" } });
  expect(engine.calls).toHaveLength(keys.length);
}, 30_000);

test("scenario 47: an expired record is kept while a run with its key still waits, and forgotten when none does", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document());
  const [first = "", second = ""] = await accept(saved, 2);
  await parked(second);
  const { pool } = engine.db;
  const expire = () =>
    pool.query("UPDATE idempotency_record SET expires_at = now() - interval '1 day' WHERE owner_run = ANY ($1::uuid[])", [[first, second]]);
  await expire();
  await pruneRecords(pool);
  expect(await recordsOf(first)).toHaveLength(1);
  await remote.next(answer(200, { ok: true }));
  expect((await untilEnd(engine, second)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(1);
  await untilEnd(engine, first);
  await expire();
  await pruneRecords(pool, 1_000);
  expect(await recordsOf(first)).toEqual([]);
});

test("forgetting goes in batches, and leaves what is open: unexpired keys, sent calls, and steps a person has yet to decide on", async () => {
  const { pool } = engine.db;
  const scope = `test:${newId()}`;
  const insert = (state: string, expired: boolean, run = newId(), step = newId()) =>
    pool.query(
      `INSERT INTO idempotency_record (scope, key_hash, workspace_id, fingerprint, state, owner_run, owner_step, outbound_key, expires_at)
       VALUES ($1, $2, $3, 'f', $4, $5, $6, 'k', now() + CASE WHEN $7 THEN -1 ELSE 1 END * interval '1 day')`,
      [scope, Buffer.from(newId()), engine.workspaceId, state, run, step, expired],
    );
  for (const state of ["claimed", "succeeded", "failed_final", "released", "sent", "unknown_outcome"]) {
    await insert(state, true);
    await insert(state, false);
  }
  const left = async () => Number((await pool.query("SELECT count(*) AS n FROM idempotency_record WHERE scope = $1", [scope])).rows[0]?.n);
  await pruneRecords(pool, 1);
  expect(await left()).toBe(11);
  await pruneRecords(pool);
  expect(await left()).toBe(8);
});

test("a record that is forgotten between two looks is claimed anew", async () => {
  const { pool } = engine.db;
  const records = new RecordClaims({ pool });
  const request = {
    scope: `test:${newId()}`,
    key: "k",
    fingerprint: Buffer.from("f"),
    workspaceId: engine.workspaceId,
    ttlMs: 60_000,
    anew: false,
  };
  await records.claim({ ...request, runId: newId(), stepId: newId() });
  const client = await pool.connect();
  await client.query("BEGIN");
  await client.query("DELETE FROM idempotency_record WHERE scope = $1", [request.scope]);
  const claimed = records.claim({ ...request, runId: newId(), stepId: newId() });
  await client.query("COMMIT");
  client.release();
  expect(await claimed).toMatchObject({ next: "execute", record: { fence: 1 } });
});

test("a run canceled while it waits for a retry stores no result under its key, and the next in line makes the call", async () => {
  const saved = await engine.saveDocument(document({}, { retry: { initialMs: 3_600_000, maxMs: 3_600_000, jitter: "none" } }));
  engine.onCall(() => answer(engine.calls.length === 1 ? 503 : 200, { ok: true }));
  const [first = "", second = ""] = await accept(saved, 2);
  await parked(second);
  await expect.poll(() => callOf(first), { timeout: 20_000 }).toMatchObject({ wait_reason: "retry", run: "waiting" });
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId: first });
  expect((await untilEnd(engine, first)).status).toBe("canceled");
  expect((await untilEnd(engine, second)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(2);
});

test("a duplicate that is canceled hands its place on to the next", async () => {
  const remote = gated();
  const saved = await engine.saveDocument(document());
  const [first = "", second = "", third = ""] = await accept(saved, 3);
  await parked(second);
  await parked(third);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId: second });
  expect((await untilEnd(engine, second)).status).toBe("canceled");
  await remote.next(answer(422, {}));
  expect((await untilEnd(engine, first)).status).toBe("failed");
  await remote.next(answer(200, {}));
  expect((await untilEnd(engine, third)).status).toBe("succeeded");
});

/** As after the death of the worker that held it, with its call marked SENT, for the third time in a row. */
async function killFor(runId: string): Promise<void> {
  const { pool } = engine.db;
  await pool.query("UPDATE step SET lost_count = 2 WHERE run_id = $1 AND node_id = 'call'", [runId]);
  await pool.query("UPDATE worker SET stopped_at = now() WHERE id = (SELECT worker_id FROM run WHERE id = $1)", [runId]);
  const lookForIt = async () => {
    await advance(runId); // again and again, for the dead one, which lives on in this process, may take the job
    return (await callOf(runId)).run;
  };
  await expect.poll(lookForIt, { timeout: 20_000 }).toBe("failed");
}

async function advance(runId: string): Promise<void> {
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
}

test("a first that ends for good when its worker is lost hands on its key at once, and the duplicates get the next one's result", async () => {
  const own = await createTestEngine();
  const shared = engine;
  engine = own;
  try {
    await own.startWorker();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    own.onCall(async () => {
      if (own.calls.length === 1) await held;
      return answer(200, { call: own.calls.length });
    });
    const saved = await own.saveDocument(document());
    const [first = "", ...others] = await accept(saved, 3);
    for (const other of others) await parked(other);
    await own.startWorker();
    await killFor(first);
    expect(await untilEnd(own, first)).toMatchObject({ status: "failed", error: { code: "poison" } });
    const endedAt = performance.now();
    for (const other of others) expect((await untilEnd(own, other)).status).toBe("succeeded");
    // They would have looked by themselves after ten minutes.
    expect(performance.now() - endedAt).toBeLessThan(30_000);
    expect(new Set(own.calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(1);
    release();
  } finally {
    engine = shared;
    await own.stop();
  }
}, 60_000);

test("a first that cannot be executed waits in the inbox, and its duplicates go on without it at once", async () => {
  const { pool } = engine.db;
  const saved = await engine.saveDocument(document({}, { retry: { initialMs: 3_600_000, maxMs: 3_600_000, jitter: "none" } }));
  engine.onCall(() => answer(engine.calls.length === 1 ? 503 : 200, { ok: true }));
  const [first = "", second = ""] = await accept(saved, 2);
  await parked(second);
  await expect.poll(() => callOf(first), { timeout: 20_000 }).toMatchObject({ wait_reason: "retry", run: "waiting" });
  const { rows: kept } = await pool.query<{ input: string }>("SELECT input FROM step WHERE run_id = $1 AND node_id = 'call'", [first]);
  await pool.query("UPDATE step SET input = '{broken' WHERE run_id = $1 AND node_id = 'call'", [first]);
  await advance(first);
  expect(await untilEnd(engine, first)).toMatchObject({ status: "failed", error: { code: "engine_fault" } });
  expect((await untilEnd(engine, second)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(2);

  const letters = async () => (await pool.query("SELECT id, kind, status, node_id FROM dead_letter WHERE run_id = $1", [first])).rows;
  const [letter] = await letters();
  expect(letter).toMatchObject({ kind: "fault", status: "open", node_id: "start" });
  // Redriven when the fault is mended, it goes on from where it stood.
  await pool.query("UPDATE step SET input = $2, wake_at = now() WHERE run_id = $1 AND node_id = 'call'", [first, kept[0]?.input]);
  await redriveDeadLetter(pool, { workspaceId: engine.workspaceId, deadLetterId: letter.id, by: "anna" });
  expect((await untilEnd(engine, first)).status).toBe("succeeded");
  expect(await callOf(first)).toMatchObject({ status: "deduplicated" });
  expect(await letters()).toMatchObject([{ status: "resolved" }]);
  expect(engine.calls).toHaveLength(2);
}, 60_000);

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NodeError } from "#lib/nodes/runner.ts";
import { budgetDefaults } from "#lib/policies/retry-budget.ts";
import { BreakerSystem } from "./systems/breaker.ts";
import { RetryBudgets } from "./systems/retry-budget.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";
import { createLimitedEngine } from "./testing-limits.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
});

function callDocument(policy: object, method = "GET") {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { method, url: "https://api.test/x" }, policy },
    ],
    edges: [{ id: "e0", source: "start", target: "call" }],
  };
}

async function breakers() {
  const { rows } = await engine.db.pool.query<{ state: string; gen: number }>("SELECT state, gen FROM breaker ORDER BY changed_at DESC");
  return rows;
}

const retry = { maxAttempts: 6, initialMs: 500, maxMs: 500, jitter: "none" };

test("scenario 77: a dead remote is only probed, waiting steps keep their attempts, and after its recovery all succeed", async () => {
  const saved = await engine.saveDocument(callDocument({ retry, breaker: { minCalls: 10, openMs: 1_500 } }));
  engine.onCall(() => answer(503, {}));
  const runs = await Promise.all(Array.from({ length: 30 }, (_, index) => engine.accept(saved, { index })));
  // Closed, open, half open, and open again.
  await expect.poll(async () => (await breakers())[0]?.gen, { timeout: 20_000 }).toBe(4);
  const wave = engine.calls.length;
  expect(wave).toBeLessThanOrEqual(30 + 3);
  const { rows } = await engine.db.pool.query<{ waiting: number; attempts: number }>(
    "SELECT count(*)::int AS waiting, max(attempts) AS attempts FROM step WHERE wait_reason = 'breaker'",
  );
  expect(rows[0]?.waiting).toBeGreaterThan(0);
  expect(rows[0]?.attempts).toBeLessThanOrEqual(2);
  engine.onCall(() => answer(200, { ok: true }));
  for (const { runId } of runs) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(await breakers()).toEqual([{ state: "closed", gen: 6 }]);
  // Each once more, and at most two probes that were under way when the first failed.
  expect(engine.calls.length).toBeLessThanOrEqual(wave + 30 + 2);
}, 60_000);

test("scenario 82: a remote that refuses every call is called every time", async () => {
  const before = await breakers();
  const saved = await engine.saveDocument(callDocument({ breaker: { minCalls: 2, openMs: 60_000 } }));
  engine.onCall(() => answer(404, {}));
  for (let run = 0; run < 10; run++) expect((await engine.run(saved, {})).status).toBe("failed");
  expect(engine.calls).toHaveLength(10);
  expect(await breakers()).toEqual(before);
});

test("a step whose breaker is turned off never waits for it", async () => {
  const before = await breakers();
  const saved = await engine.saveDocument(callDocument({ retry: { ...retry, initialMs: 300 }, breaker: { enabled: false, minCalls: 2 } }));
  engine.onCall(() => answer(503, {}));
  expect((await engine.run(saved, {})).status).toBe("failed");
  expect(engine.calls).toHaveLength(6);
  expect(await breakers()).toEqual(before);
});

test("a breaker that stays open past the step's deadline fails the step without a call", async () => {
  const policy = { deadlineMs: 5_000, retry: { ...retry, maxAttempts: 3, initialMs: 400 }, breaker: { minCalls: 2, openMs: 60_000 } };
  const saved = await engine.saveDocument(callDocument(policy));
  engine.onCall(() => answer(503, {}));
  await Promise.all([engine.run(saved, {}), engine.run(saved, {})]);
  engine.calls.length = 0;
  expect(await engine.run(saved, {})).toMatchObject({ status: "failed", error: { class: "timeout", code: "breaker_timeout" } });
  expect(engine.calls).toHaveLength(0);
});

test("scenario 80: where only one worker has lost its network the breaker stays closed, and all runs succeed through the other", async () => {
  const own = await createTestEngine();
  try {
    let lost = 0;
    const unreachable = async () => {
      lost += 1;
      throw new NodeError("unavailable", "connect_failed", "no connection: the network is down");
    };
    const settings = { ...budgetDefaults, perSecond: 1_000, burst: 1_000 }; // this is not about how many retries there may be
    const { pool } = own.db;
    const world = () => ({ breaker: new BreakerSystem({ pool }), retries: new RetryBudgets({ pool, settings }) });
    await own.startWorker({ ...world(), send: unreachable });
    await own.startWorker(world());
    const policy = { retry: { maxAttempts: 100, initialMs: 100, maxMs: 200 }, breaker: { minCalls: 5, openMs: 60_000 } };
    const saved = await own.saveDocument(callDocument(policy));
    const runs = await Promise.all(Array.from({ length: 60 }, (_, index) => own.accept(saved, { index })));
    expect(runs).toHaveLength(60);
    const succeeded = async () => (await own.db.pool.query("SELECT FROM run WHERE status = 'succeeded'")).rows.length;
    await expect.poll(succeeded, { timeout: 90_000 }).toBe(60);
    expect((await own.db.pool.query("SELECT FROM breaker")).rows).toHaveLength(0);
    expect(own.calls).toHaveLength(60);
    // Off for a minute after its first calls: what twenty runs try within the quarter of a second before it tells.
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(20 * 10);
  } finally {
    await own.stop();
  }
}, 120_000);

test("when only calls wait that must not be repeated, the connection's health call finds out whether the remote is back", async () => {
  const own = await createLimitedEngine();
  try {
    await own.startWorker();
    const id = await own.connect({});
    await own.db.pool.query("UPDATE connection SET health_path = '/health' WHERE id = $1", [id]);
    let well = false;
    own.onCall(() => answer(well ? 200 : 503, {}));
    const policy = { retry: { maxAttempts: 6, initialMs: 200, maxMs: 200 }, breaker: { minCalls: 3, openMs: 300 } };
    const saved = await own.saveDocument(own.callThrough(id, { policy, config: { method: "POST", url: "https://api.test/orders" } }));
    const runs = await Promise.all([1, 2, 3].map((index) => own.accept(saved, { index })));
    const seen = (path: string) => own.calls.filter((call) => call.url.endsWith(path)).length;
    await expect.poll(() => seen("/health"), { timeout: 20_000 }).toBeGreaterThan(0);
    const ordered = seen("/orders");
    await expect.poll(() => seen("/health"), { timeout: 20_000 }).toBeGreaterThan(1);
    // While it is down, nobody but the health call tries.
    expect(seen("/orders")).toBe(ordered);
    well = true;
    for (const { runId } of runs) expect((await untilEnd(own, runId)).status).toBe("succeeded");
    expect(seen("/orders")).toBe(ordered + 3);
  } finally {
    await own.stop();
  }
}, 60_000);

import { afterAll, beforeAll, expect, test } from "vitest";
import { breakerId } from "#lib/policies/breaker.ts";
import { budgetDefaults } from "#lib/policies/retry-budget.ts";
import { RetryBudgets } from "./systems/retry-budget.ts";
import { answer } from "./testing.ts";
import { createLimitedEngine, type LimitedEngine } from "./testing-limits.ts";

let engine: LimitedEngine;

beforeAll(async () => {
  engine = await createLimitedEngine();
  // No retry goes at once: each has to wait for its turn.
  const retries = new RetryBudgets({ pool: engine.db.pool, settings: { ...budgetDefaults, ratio: 0, burst: 0, perSecond: 20 } });
  await engine.startWorker({ retries });
  engine.onCall(() => answer(503, {}));
});
afterAll(() => engine.stop());

const policy = { retry: { maxAttempts: 8, initialMs: 50, maxMs: 50, jitter: "none" }, breaker: { minCalls: 3, openMs: 600_000 } };

async function places() {
  const { rows } = await engine.db.pool.query(
    "SELECT id, workflow_id, node_id, connection_id, host FROM guard_place ORDER BY host NULLS LAST",
  );
  return rows;
}

test("a breaker or a budget that holds back a live run has it known what it guards, and one that only test runs meet has not", async () => {
  const connectionId = await engine.connect({});
  const saved = await engine.saveDocument(engine.callThrough(connectionId, { policy }));
  const other = await engine.connect({});
  const tested = await engine.saveDocument(engine.callThrough(other, { policy }));
  await engine.accept(tested, { id: 1 }, { mode: "test" });
  const id = breakerId({
    workspaceId: engine.workspaceId,
    workflowId: tested.workflowId,
    nodeId: "call",
    connectionId: other,
    host: "api.test",
  });
  const waits = async () => (await engine.db.pool.query("SELECT run_id FROM step WHERE wait_reason = 'breaker'")).rowCount;
  await expect.poll(waits, { timeout: 10_000 }).toBe(1);
  expect((await engine.db.pool.query("SELECT state FROM breaker WHERE id = $1", [id])).rows).toEqual([{ state: "open" }]);
  expect(await places()).toEqual([]);

  await engine.accept(saved, { id: 1 });
  await expect.poll(waits, { timeout: 10_000 }).toBe(2);
  const place = { workflow_id: saved.workflowId, node_id: "call", connection_id: connectionId };
  await expect.poll(places).toMatchObject([
    { ...place, host: "api.test" },
    { ...place, host: null },
  ]);
});

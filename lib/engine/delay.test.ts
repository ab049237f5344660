import { afterEach, beforeEach, expect, test } from "vitest";
import { cancelRun } from "./ledger/commands.ts";
import { createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

/** start → wait → call: how often the call is made tells how often the delay fired. */
function delayDocument(config: object) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "wait", type: "delay", name: "Wait", config },
      { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/x" } },
    ],
    edges: [
      { id: "e1", source: "start", target: "wait" },
      { id: "e2", source: "wait", target: "call" },
    ],
  };
}

async function waitStep(runId: string) {
  const { rows } = await engine.db.pool.query<{ status: string; wait_reason: string | null; wake_at: Date; input: string; output: string }>(
    "SELECT status, wait_reason, wake_at, input, output FROM step WHERE run_id = $1 AND node_id = 'wait'",
    [runId],
  );
  return rows[0];
}

/** Waits until the run is parked, holding nothing. */
async function untilParked(saved: SavedDocument, body: null): Promise<string> {
  const { runId } = await engine.accept(saved, body);
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId])).rows, { timeout: 10_000 })
    .toEqual([{ status: "waiting" }]);
  return runId;
}

test("scenario 40: a delay survives the worker it began in, ends at the time it froze, and fires once", async () => {
  const saved = await engine.saveDocument(delayDocument({ forMs: 2_500 }));
  const first = await engine.startWorker();
  const runId = await untilParked(saved, null);
  const parked = await waitStep(runId);
  expect(parked).toMatchObject({ status: "waiting", wait_reason: "delay" });
  expect(JSON.parse(parked?.input ?? "")).toEqual({ until: parked?.wake_at.toISOString() });
  await engine.stopWorker(first);

  await Promise.all([engine.startWorker(), engine.startWorker()]);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(1);
  const ended = await waitStep(runId);
  expect(ended).toMatchObject({ status: "succeeded", wait_reason: null, input: parked?.input, output: parked?.input });
  const { rows } = await engine.db.pool.query("SELECT finished_at >= $2 AS due FROM step WHERE run_id = $1 AND node_id = 'wait'", [
    runId,
    parked?.wake_at,
  ]);
  expect(rows).toEqual([{ due: true }]);
});

test("a short delay, and one whose time has passed, need no parking", async () => {
  await engine.startWorker();
  for (const config of [{ forMs: 20 }, { until: "2020-01-01T00:00:00Z" }]) {
    expect((await engine.run(await engine.saveDocument(delayDocument(config)), null)).status).toBe("succeeded");
  }
  expect(engine.calls).toHaveLength(2);
});

test("a canceled run does not wait for its delay", async () => {
  await engine.startWorker();
  const saved = await engine.saveDocument(delayDocument({ forMs: 86_400_000 }));
  const runId = await untilParked(saved, null);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  expect(engine.calls).toHaveLength(0);
});

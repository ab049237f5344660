import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelRun } from "./ledger/commands.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

/* What becomes of a call that is under way when its run is canceled. The remote answers nobody until it is told to. */

let engine: TestEngine;
let release = () => {};

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
  const told = new Promise<void>((resolve) => {
    release = resolve;
  });
  engine.onCall(async () => {
    await told;
    return answer(200, { id: "1" });
  });
});
afterAll(() => engine.stop());

/** Starts a run and cancels it while its call is under way. */
async function canceledInCall(node: object): Promise<string> {
  const before = engine.calls.length;
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", name: "Call", policy: { timeoutMs: 300_000 }, ...node },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  });
  const { runId } = await engine.accept(saved, {});
  await expect.poll(() => engine.calls.length, { timeout: 20_000 }).toBe(before + 1);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  return runId;
}

async function rowsOf(runId: string) {
  const { rows } = await engine.db.pool.query(
    `SELECT r.status, a.state, a.class, (SELECT count(*)::int FROM dead_letter d WHERE d.run_id = r.id) AS letters
     FROM run r JOIN attempt a ON a.run_id = r.id WHERE r.id = $1`,
    [runId],
  );
  return rows;
}

test("ten seconds after a cancel a call whose repeat would be harmless is cut off, and one that was announced is let finish", async () => {
  const http = (method: string) => ({ type: "http-request", config: { method, url: "https://slow.test/" } });
  const poll = { type: "poll-until", config: { request: { url: "https://slow.test/job" }, done: "response.body.done" }, policy: {} };
  const harmless = [await canceledInCall(http("GET")), await canceledInCall(http("PUT")), await canceledInCall(poll)];
  const announced = await canceledInCall(http("POST"));
  for (const runId of harmless) {
    expect((await untilEnd(engine, runId)).status).toBe("canceled");
    expect(await rowsOf(runId)).toEqual([{ status: "canceled", state: "failed", class: "cancelled", letters: 0 }]);
  }
  expect(await rowsOf(announced)).toEqual([{ status: "running", state: "sent", class: null, letters: 0 }]);
  release();
  expect((await untilEnd(engine, announced)).status).toBe("canceled");
  expect(await rowsOf(announced)).toEqual([{ status: "canceled", state: "succeeded", class: null, letters: 0 }]);
});

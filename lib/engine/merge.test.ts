import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { redriveDeadLetter } from "./ledger/commands.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { ok: true }));
});

/** start → set a, call b → merge → call after. */
function mergeDocument(mode: string) {
  const call = (id: string) => ({ id, type: "http-request", name: id, config: { method: "POST", url: `https://api.test/${id}` } });
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "a", type: "set", name: "A", config: { values: { of: "a" } } },
      call("b"),
      { id: "merge", type: "merge", name: "Merge", config: { mode } },
      call("after"),
    ],
    edges: [
      { id: "e1", source: "start", target: "a" },
      { id: "e2", source: "start", target: "b" },
      { id: "e3", source: "a", target: "merge" },
      { id: "e4", source: "b", target: "merge" },
      { id: "e5", source: "merge", target: "after" },
    ],
  };
}

async function outputOf(runId: string): Promise<unknown> {
  const { rows } = await engine.db.pool.query<{ output: string }>("SELECT output FROM step WHERE run_id = $1 AND node_id = 'merge'", [
    runId,
  ]);
  return rows[0] ? JSON.parse(rows[0].output) : undefined;
}

async function redrive(saved: SavedDocument): Promise<void> {
  const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE workflow_id = $1", [saved.workflowId]);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "anna" });
}

function callsTo(id: string): number {
  return engine.calls.filter((call) => call.url.endsWith(`/${id}`)).length;
}

test("all: goes on once, with what every branch gave", async () => {
  const ended = await engine.run(await engine.saveDocument(mergeDocument("all")), null);
  expect(ended.status).toBe("succeeded");
  expect(await outputOf(ended.runId)).toEqual({ a: { of: "a" }, b: { ok: true } });
  expect(callsTo("after")).toBe(1);
});

test("all: a branch that failed holds it up until that branch is redriven", async () => {
  const saved = await engine.saveDocument(mergeDocument("all"));
  engine.onCall(() => answer(422, {}));
  const { runId, status } = await engine.run(saved, null);
  expect(status).toBe("failed");
  expect(await outputOf(runId)).toBeUndefined();
  engine.onCall(() => answer(200, { ok: true }));
  await redrive(saved);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(await outputOf(runId)).toEqual({ a: { of: "a" }, b: { ok: true } });
});

test("any: goes on with the first branch while another is still under way, and not again with that one", async () => {
  const saved = await engine.saveDocument(mergeDocument("any"));
  const reached = Promise.withResolvers<void>();
  engine.onCall(async (request) => {
    if (request.url.endsWith("/after")) reached.resolve();
    else await reached.promise; // b is answered only when what lies behind the merge has been called
    return answer(200, { ok: true });
  });
  const ended = await engine.run(saved, null);
  expect(ended.status).toBe("succeeded");
  expect(await outputOf(ended.runId)).toEqual({ a: { of: "a" } });
  expect(callsTo("after")).toBe(1);
});

test("any: a branch that fails later and is redriven starts nothing a second time", async () => {
  const saved = await engine.saveDocument(mergeDocument("any"));
  engine.onCall((request) => (request.url.endsWith("/b") ? answer(422, {}) : answer(200, { ok: true })));
  const { runId, status } = await engine.run(saved, null);
  expect(status).toBe("failed");
  expect(callsTo("after")).toBe(1);
  engine.onCall(() => answer(200, { ok: true }));
  await redrive(saved);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(callsTo("after")).toBe(1);
});

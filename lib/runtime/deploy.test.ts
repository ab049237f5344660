import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

const version = (name: string) => ({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    {
      id: "call",
      type: "http-request",
      name: "Call",
      config: { url: `https://api.test/${name}/first` },
      policy: { retry: { initialMs: 2_000, jitter: "none" } },
    },
    { id: "then", type: "http-request", name: "Then", config: { url: `https://api.test/${name}/then` } },
  ],
  edges: [
    { id: "e1", source: "start", target: "call" },
    { id: "e2", source: "call", target: "then" },
  ],
});

const paths = () => engine.calls.map((call) => new URL(call.url).pathname);

async function statusOf(runId: string): Promise<string> {
  const { rows } = await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId]);
  return rows[0]?.status;
}

test("scenario 35: a run begun on version 1 by an old worker ends on version 1 with a new worker, while new runs take version 2", async () => {
  const first = await engine.saveDocument(version("v1"));
  const other = await engine.saveDocument(version("v2"));
  const second: SavedDocument = { ...other, workflowId: first.workflowId };
  let refusals = 1;
  engine.onCall(() => (refusals-- > 0 ? answer(503, {}) : answer(200, {})));
  const old = await engine.startWorker();
  const begun = await engine.accept(first, {});
  await vi.waitFor(async () => expect(await statusOf(begun.runId)).toBe("waiting"), { timeout: 15_000 });
  await engine.startWorker();
  await engine.stopWorker(old);
  const fresh = await engine.accept(second, {});
  expect((await untilEnd(engine, fresh.runId)).status).toBe("succeeded");
  expect((await untilEnd(engine, begun.runId)).status).toBe("succeeded");
  expect(paths().filter((path) => path.startsWith("/v1"))).toEqual(["/v1/first", "/v1/first", "/v1/then"]);
  expect(paths().filter((path) => path.startsWith("/v2"))).toEqual(["/v2/first", "/v2/then"]);
});

test("what a worker cannot read it leaves to those of another release while there are any, and else the run fails and says why", async () => {
  const newer = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "x", type: "of-tomorrow", name: "X" },
    ],
    edges: [{ id: "e1", source: "start", target: "x" }],
  });
  const tomorrow = newId();
  await engine.db.pool.query("INSERT INTO worker (id, host, pid, version, concurrency) VALUES ($1, 'h', 1, 'tomorrow', 1)", [tomorrow]);
  await engine.startWorker();
  const { runId } = await engine.accept(newer, {});
  await vi.waitFor(async () => expect(await statusOf(runId)).toBe("waiting"), { timeout: 15_000 });
  await engine.db.pool.query("UPDATE worker SET stopped_at = now() WHERE id = $1", [tomorrow]);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "engine_fault" } });
});

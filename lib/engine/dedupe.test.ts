import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { type DedupRequest, NodeDedup } from "./systems/node-dedup.ts";
import { createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());

const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "once", type: "dedupe", name: "Once", config: { key: "{{ trigger.body.id }}" } },
    { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/x" } },
  ],
  edges: [
    { id: "e1", source: "start", target: "once" },
    { id: "e2", source: "once", sourcePort: "first", target: "call" },
  ],
};

function request(change: Partial<DedupRequest> = {}): DedupRequest {
  const ids = { workspaceId: engine.workspaceId, workflowId: newId(), runId: newId() };
  return { ...ids, nodeId: "once", mode: "live", key: "k", ttlMs: 60_000, ...change };
}

test("of runs at once with one key, one goes the way of the first", async () => {
  const saved = await engine.saveDocument(document);
  const started = await Promise.all(Array.from({ length: 8 }, () => engine.accept(saved, { id: "same" })));
  const ended = await Promise.all(started.map(({ runId }) => untilEnd(engine, runId)));
  expect(ended.map(({ status }) => status)).toEqual(started.map(() => "succeeded"));
  expect(engine.calls).toHaveLength(1);
  const { rows } = await engine.db.pool.query(
    "SELECT port, count(*)::int AS count FROM step WHERE node_id = 'once' GROUP BY port ORDER BY port",
  );
  expect(rows).toEqual([
    { port: "duplicate", count: 7 },
    { port: "first", count: 1 },
  ]);
});

test("the run that was first is still the first when it asks again after a crash", async () => {
  const dedup = new NodeDedup({ pool: engine.db.pool });
  const first = request();
  expect(await dedup.claim(first)).toBe("first");
  expect(await dedup.claim({ ...first, runId: newId() })).toBe("duplicate");
  expect(await dedup.claim(first)).toBe("first");
});

test("workflows, nodes, keys and test runs do not get into each other's way", async () => {
  const dedup = new NodeDedup({ pool: engine.db.pool });
  const first = request();
  await dedup.claim(first);
  for (const change of [{ workflowId: newId() }, { nodeId: "other" }, { key: "other" }, { mode: "test" as const }])
    expect(await dedup.claim({ ...first, runId: newId(), ...change })).toBe("first");
});

test("an expired key is new again, and is forgotten in time", async () => {
  const dedup = new NodeDedup({ pool: engine.db.pool });
  const first = request({ ttlMs: -1 });
  await dedup.claim(first);
  expect(await dedup.claim({ ...first, runId: newId() })).toBe("first");
  await dedup.prune();
  const { rows } = await engine.db.pool.query("SELECT FROM node_dedup WHERE workflow_id = $1", [first.workflowId]);
  expect(rows).toHaveLength(0);
});

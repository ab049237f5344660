import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RunKeys } from "#lib/policies/idempotency-key.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

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

/** start → one call whose key is the order's, or its own when the author gave none. */
function orderDocument(idempotency: object) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/x" }, policy: { idempotency } },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  };
}
const businessKey = { key: "{{ trigger.body.order }}", header: "Idempotency-Key" };

async function run(saved: SavedDocument, keys?: RunKeys) {
  const { runId } = await engine.accept(saved, { order: saved.workflowId }, keys ? { keys } : {});
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  const { rows } = await engine.db.pool.query<{ keys_of: string | null; output: string }>(
    "SELECT r.keys_of, s.output FROM run r JOIN step s ON s.run_id = r.id AND s.node_id = 'call' WHERE r.id = $1",
    [runId],
  );
  return { id: runId, keysOf: rows[0]?.keys_of ?? null, output: JSON.parse(rows[0]?.output ?? "null") };
}

const sentKeys = () => engine.calls.map((call) => call.headers["Idempotency-Key"]);

test("scenario 53: a replay with the same keys repeats no effect and has equal outputs; with a new generation each is repeated once", async () => {
  const saved = await engine.saveDocument(orderDocument(businessKey));
  const original = await run(saved);
  const same = await run(saved, { as: "same", of: original });
  expect(same.output).toEqual(original.output);
  expect(engine.calls).toHaveLength(1);

  const anew = await run(saved, { as: "new" });
  expect(anew.output).toEqual({ call: 2 });
  expect(engine.calls).toHaveLength(2);
  expect(new Set(sentKeys()).size).toBe(2);

  // Whoever comes after it with the same key gets the newest result, and so does a replay of the replay.
  expect((await run(saved)).output).toEqual({ call: 2 });
  expect((await run(saved, { as: "same", of: anew })).output).toEqual({ call: 2 });
  expect(engine.calls).toHaveLength(2);
});

test("a replay with new keys does what two of its steps share only once", async () => {
  const document = orderDocument({ ...businessKey, scope: "workflow" });
  const call = document.nodes[1];
  const saved = await engine.saveDocument({
    ...document,
    nodes: [...document.nodes, { ...call, id: "again" }],
    edges: [...document.edges, { id: "e2", source: "call", target: "again" }],
  });
  await run(saved);
  await run(saved, { as: "new" });
  expect(engine.calls).toHaveLength(2);
});

test("without a key of the author's the remote is told the same key by a replay with the same keys, and another by one with new keys", async () => {
  const saved = await engine.saveDocument(orderDocument({ effect: "keyed", header: "Idempotency-Key" }));
  const original = await run(saved);
  await run(saved, { as: "same", of: original });
  await run(saved, { as: "new" });
  const [first, same, anew] = sentKeys();
  expect(same).toBe(first);
  expect(anew).not.toBe(first);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { bodyOf, loopDocument, loopOutput, stepsOf } from "./loop-testing.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  engine.onCall(() => answer(200, { id: 7 }));
  await engine.startWorker();
});
afterAll(() => engine.stop());

/** start → call → after → last, where `after` sees the call's output. */
const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/things" } },
    { id: "after", type: "set", name: "After", config: { values: { got: "{{ steps.call.output.id }}" } } },
    { id: "last", type: "http-request", name: "Last", config: { method: "POST", url: "https://api.test/last" } },
  ],
  edges: [
    { id: "e1", source: "start", target: "call" },
    { id: "e2", source: "call", target: "after" },
    { id: "e3", source: "after", target: "last" },
  ],
  testing: { pins: { call: { output: { id: 42 } } }, until: "after" },
};

async function runIt(mode: "live" | "test") {
  engine.calls.length = 0;
  const { runId } = await engine.accept(await engine.saveDocument(document), {}, { mode });
  const { status } = await untilEnd(engine, runId);
  const { rows } = await engine.db.pool.query<{ node_id: string; status: string; output: string | null }>(
    "SELECT node_id, status, output FROM step WHERE run_id = $1 ORDER BY created_at, id",
    [runId],
  );
  return { status, steps: new Map(rows.map((row) => [row.node_id, row])), called: engine.calls.map((call) => call.url) };
}

test("a test gives what is pinned without running the step, and ends behind the node it runs to", async () => {
  const { status, steps, called } = await runIt("test");
  expect(status).toBe("succeeded");
  expect(called).toEqual([]);
  expect([...steps.keys()].toSorted()).toEqual(["after", "call", "start"]);
  expect(steps.get("after")?.output).toContain("42");
});

test("a live run of the same document looks at neither", async () => {
  const { status, steps, called } = await runIt("live");
  expect(status).toBe("succeeded");
  expect(called).toEqual(["https://api.test/things", "https://api.test/last"]);
  expect([...steps.keys()].toSorted()).toEqual(["after", "call", "last", "start"]);
});

/** The list goes through a loop of calls; what came of it is kept behind it. */
async function runItems(mode: "live" | "test", items: Record<string, number>, batchSize = 1) {
  engine.calls.length = 0;
  const loop = { ...loopDocument({ loop: { batchSize }, call: { body: "{{ {'item': item, 'index': index} }}" } }), testing: { items } };
  const { runId } = await engine.accept(await engine.saveDocument(loop), { list: ["a", "b", "c", "d", "e"] }, { mode });
  const { status, error } = await untilEnd(engine, runId);
  return { status, error, runId, sent: engine.calls.map(bodyOf), steps: await stepsOf(engine, runId, "call") };
}

test("a test of one item of a loop runs that item alone, in its place; with batches its batch", async () => {
  const one = await runItems("test", { loop: 2 });
  expect(one).toMatchObject({ status: "succeeded", sent: [{ item: "c", index: 2 }] });
  expect(one.steps.map(({ iteration }) => iteration)).toEqual(["2"]);
  expect(await loopOutput(engine, one.runId)).toEqual({
    results: [{ id: 7 }],
    items: [{ index: 2, status: "succeeded" }],
    succeeded: 1,
    failed: 0,
  });
  expect((await runItems("test", { loop: 3 }, 2)).sent).toEqual([{ item: ["c", "d"], index: 2 }]);
  expect((await runItems("test", { loop: 4 }, 2)).sent).toEqual([{ item: ["e"], index: 4 }]);
});

test("an item that the list does not have fails the test and names it; a live run goes through all of them", async () => {
  const missing = await runItems("test", { loop: 5 });
  expect(missing).toMatchObject({ status: "failed", sent: [], error: { nodeId: "loop", code: "item_missing" } });
  expect(missing.error?.message).toContain("5 items, so there is no item 5");
  expect((await runItems("live", { loop: 2 })).sent).toHaveLength(5);
});

import { afterAll, beforeAll, expect, test } from "vitest";
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

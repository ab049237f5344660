import { afterAll, beforeAll, expect, test } from "vitest";
import { redriveDeadLetter } from "./ledger/commands.ts";
import { createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());

function stopDocument(policy: object = {}) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "stop",
        type: "stop-and-dead-letter",
        name: "Stop",
        config: { reason: "No customer {{ trigger.body.id }}", payload: { order: "{{ trigger.body }}" } },
        policy,
      },
    ],
    edges: [{ id: "e1", source: "start", target: "stop" }],
  };
}

async function letters(saved: SavedDocument) {
  const { rows } = await engine.db.pool.query<{ id: string; kind: string; class: string; status: string; input: string; error: string }>(
    "SELECT id, kind, class, status, input, error FROM dead_letter WHERE workflow_id = $1",
    [saved.workflowId],
  );
  return rows;
}

test("a run that stops ends failed, with one item in the inbox that holds the payload", async () => {
  const saved = await engine.saveDocument(stopDocument());
  const ended = await engine.run(saved, { id: 7 });
  const stopped = { class: "permanent", code: "stopped", message: "No customer 7", details: { order: { id: 7 } } };
  expect(ended).toMatchObject({ status: "failed", error: { nodeId: "stop", ...stopped } });
  const found = await letters(saved);
  expect(found).toMatchObject([{ kind: "stopped", class: "permanent", status: "open" }]);
  expect(JSON.parse(found[0]?.input ?? "")).toEqual({ reason: "No customer 7", payload: { order: { id: 7 } } });
  expect(JSON.parse(found[0]?.error ?? "")).toEqual(stopped);
});

test("a redrive of it fails the same way and leaves the same item", async () => {
  const saved = await engine.saveDocument(stopDocument());
  const { runId } = await engine.run(saved, { id: 7 });
  const [first] = await letters(saved);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: first?.id ?? "", by: "anna" });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "stopped", message: "No customer 7" } });
  expect(await letters(saved)).toEqual([first]);
});

test("runs that stop for one reason form one issue, whatever varies in it", async () => {
  const saved = await engine.saveDocument(stopDocument());
  for (const id of [1, 2]) await engine.run(saved, { id });
  const { rows } = await engine.db.pool.query("SELECT status, count FROM issue WHERE workflow_id = $1", [saved.workflowId]);
  expect(rows).toEqual([{ status: "open", count: 2 }]);
});

test("a policy to go on does not keep it from asking", async () => {
  const saved = await engine.saveDocument(stopDocument({ onFailure: "continue" }));
  expect((await engine.run(saved, { id: 7 })).status).toBe("failed");
  expect(await letters(saved)).toHaveLength(1);
});

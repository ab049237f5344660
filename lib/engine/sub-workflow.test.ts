import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { cancelRun, redriveDeadLetter } from "./ledger/commands.ts";
import { ChildRuns } from "./systems/child-runs.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

const start = { id: "start", type: "manual", name: "Start" };

async function publish(saved: SavedDocument): Promise<SavedDocument> {
  await engine.db.pool.query("INSERT INTO workflow_version (workflow_id, version, workspace_id, document_id) VALUES ($1, 1, $2, $3)", [
    saved.workflowId,
    engine.workspaceId,
    saved.documentId,
  ]);
  await engine.db.pool.query("UPDATE workflow SET live_version = 1 WHERE id = $1", [saved.workflowId]);
  return saved;
}

/** A workflow that calls a remote, and one that calls it and keeps what it gave. */
async function family(change: { call?: object; child?: object; edges?: object[]; nodes?: object[] } = {}) {
  const child = await publish(
    await engine.saveDocument({
      schemaVersion: 1,
      nodes: [start, { id: "get", type: "http-request", name: "Get", config: { url: "https://api.test/{{ trigger.body.id }}" } }],
      edges: [{ id: "e1", source: "start", target: "get" }],
      ...change.child,
    }),
  );
  const parent = await engine.saveDocument(parentOf(child, change));
  return { child, parent };
}

function parentOf(child: SavedDocument, change: { call?: object; edges?: object[]; nodes?: object[] } = {}) {
  const config = { workflowId: child.workflowId, input: { id: "{{ trigger.body.id }}" }, ...change.call };
  return {
    schemaVersion: 1,
    nodes: [
      start,
      { id: "call", type: "sub-workflow", name: "Call", config },
      { id: "keep", type: "set", name: "Keep", config: { values: { got: "{{ steps.call.output }}" } } },
      ...(change.nodes ?? []),
    ],
    edges: [{ id: "p1", source: "start", target: "call" }, { id: "p2", source: "call", target: "keep" }, ...(change.edges ?? [])],
  };
}

async function outputOf(runId: string, nodeId: string): Promise<JsonValue> {
  const { rows } = await engine.db.pool.query("SELECT output FROM step WHERE run_id = $1 AND node_id = $2", [runId, nodeId]);
  return JSON.parse(rows[0]?.output ?? "null");
}

async function childrenOf(runId: string): Promise<{ id: string; status: string; mode: string }[]> {
  const { rows } = await engine.db.pool.query("SELECT id, status, mode FROM run WHERE parent_run_id = $1 ORDER BY id", [runId]);
  return rows;
}

async function letters(runId: string): Promise<{ id: string; error: string }[]> {
  const { rows } = await engine.db.pool.query("SELECT id, error FROM dead_letter WHERE run_id = $1 AND status = 'open'", [runId]);
  return rows;
}

test("a run goes on with what the called workflow's last step gave", async () => {
  const { parent } = await family();
  engine.onCall((request) => answer(200, { asked: request.url }));
  await engine.startWorker();
  const { runId, status } = await engine.run(parent, { id: 7 });
  expect(status).toBe("succeeded");
  expect(await outputOf(runId, "keep")).toEqual({ got: { asked: "https://api.test/7" } });
  expect(await childrenOf(runId)).toMatchObject([{ status: "succeeded", mode: "live" }]);
});

test("what the called workflow answers is its result", async () => {
  const { parent } = await family({
    child: {
      nodes: [start, { id: "say", type: "respond", name: "Say", config: { status: 200, body: { hello: "{{ trigger.body.id }}" } } }],
      edges: [{ id: "e1", source: "start", target: "say" }],
    },
  });
  await engine.startWorker();
  const { runId } = await engine.run(parent, { id: "x" });
  expect(await outputOf(runId, "keep")).toEqual({ got: { hello: "x" } });
});

test("not waiting, a run goes on at once with the id of the other", async () => {
  const { parent } = await family({ call: { wait: false } });
  await engine.startWorker();
  const { runId } = await engine.run(parent, { id: 1 });
  const [child] = await childrenOf(runId);
  expect(await outputOf(runId, "keep")).toEqual({ got: { runId: child?.id } });
});

test("the failure of the called run takes the error port, or is an item of its own that names the run", async () => {
  engine.onCall(() => answer(404, {}));
  await engine.startWorker();
  const caught = await family({
    nodes: [{ id: "rescue", type: "set", name: "Rescue", config: { values: { code: "{{ steps.call.output.error.code }}" } } }],
    edges: [{ id: "p3", source: "call", sourcePort: "error", target: "rescue" }],
  });
  const first = await engine.run(caught.parent, { id: 1 });
  expect(first.status).toBe("succeeded");
  expect(await outputOf(first.runId, "rescue")).toEqual({ code: "http_404" });
  const { parent } = await family();
  const second = await engine.run(parent, { id: 1 });
  expect(second.status).toBe("failed");
  const [child] = await childrenOf(second.runId);
  expect(await letters(second.runId)).toMatchObject([{ error: expect.stringContaining(child?.id ?? "no child") }]);
});

test("redriven, a step takes the result of the child that was redriven to success before it", async () => {
  const { parent } = await family();
  engine.onCall(() => answer(404, {}));
  await engine.startWorker();
  const { runId } = await engine.run(parent, { id: 1 });
  const [child] = await childrenOf(runId);
  engine.onCall(() => answer(200, { late: true }));
  for (const id of [child?.id ?? "", runId]) {
    const [letter] = await letters(id);
    await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter?.id ?? "", by: "test" });
    await vi.waitFor(async () => expect((await untilEnd(engine, id)).status).toBe("succeeded"), { timeout: 15_000 });
  }
  expect(await outputOf(runId, "keep")).toEqual({ got: { late: true } });
  expect(await childrenOf(runId)).toHaveLength(1);
});

test("redriven while its child is still failed, a step calls anew", async () => {
  const { parent } = await family();
  engine.onCall(() => answer(404, {}));
  await engine.startWorker();
  const { runId } = await engine.run(parent, { id: 1 });
  engine.onCall(() => answer(200, {}));
  const [letter] = await letters(runId);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter?.id ?? "", by: "test" });
  await vi.waitFor(async () => expect((await untilEnd(engine, runId)).status).toBe("succeeded"), { timeout: 15_000 });
  expect(await childrenOf(runId)).toMatchObject([{ status: "failed" }, { status: "succeeded" }]);
});

test("a worker that dies between starting the child and parking leaves one child", async () => {
  const { parent } = await family();
  const children = { failing: true };
  const real = new ChildRuns({ pool: engine.db.pool, intake: engine.intake });
  const run = await engine.accept(parent, { id: 1 });
  const broken = await createTestEngine(
    {
      children: {
        start: (request) => real.start(request),
        last: (key) => real.last(key),
        look: (key) => (children.failing ? Promise.reject(new Error("Connection terminated")) : real.look(key)),
        cancel: (key) => real.cancel(key),
      },
    },
    async () => ({ db: engine.db, url: engine.url, drop: async () => undefined }),
  );
  const worker = await broken.startWorker();
  await vi.waitFor(async () => expect(await childrenOf(run.runId)).toHaveLength(1), { timeout: 15_000 });
  await broken.stopWorker(worker);
  await broken.listener.stop();
  const { rows } = await engine.db.pool.query("SELECT FROM step WHERE run_id = $1 AND status = 'waiting'", [run.runId]);
  expect(rows).toHaveLength(0);
  await engine.db.pool.query("UPDATE graphile_worker._private_jobs SET run_at = now(), attempts = 0");
  await engine.startWorker();
  expect((await untilEnd(engine, run.runId)).status).toBe("succeeded");
  expect(await childrenOf(run.runId)).toHaveLength(1);
});

test("canceling a run ends the children it waits for", async () => {
  const { parent } = await family({
    child: {
      nodes: [start, { id: "nap", type: "delay", name: "Nap", config: { forMs: 3_600_000 } }],
      edges: [{ id: "e1", source: "start", target: "nap" }],
    },
  });
  await engine.startWorker();
  const { runId } = await engine.accept(parent, { id: 1 });
  await vi.waitFor(async () => expect(await childrenOf(runId)).toMatchObject([{ status: "waiting" }]), { timeout: 15_000 });
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  await vi.waitFor(async () => expect(await childrenOf(runId)).toMatchObject([{ status: "canceled" }]), { timeout: 15_000 });
});

test("a workflow cannot call itself, not even through another", async () => {
  const first = await engine.saveDocument({ schemaVersion: 1, nodes: [start], edges: [] });
  const second = await publish(await engine.saveDocument(parentOf(first)));
  const document = await engine.saveDocument(parentOf(second));
  await engine.db.pool.query("INSERT INTO workflow_version (workflow_id, version, workspace_id, document_id) VALUES ($1, 1, $2, $3)", [
    first.workflowId,
    engine.workspaceId,
    document.documentId,
  ]);
  await engine.db.pool.query("UPDATE workflow SET live_version = 1 WHERE id = $1", [first.workflowId]);
  await engine.startWorker();
  const run = await engine.run({ ...document, workflowId: first.workflowId }, { id: 1 });
  expect(run.status).toBe("failed");
  const { rows } = await engine.db.pool.query("SELECT error FROM dead_letter WHERE error::json ->> 'code' = 'child_recursive'");
  expect(rows).toHaveLength(1);
});

test.each([
  [
    "that is not published",
    async (child: SavedDocument) => engine.db.pool.query("UPDATE workflow SET live_version = NULL WHERE id = $1", [child.workflowId]),
    "child_not_live",
  ],
  [
    "that is paused",
    async (child: SavedDocument) => engine.db.pool.query("UPDATE workflow SET paused_at = now() WHERE id = $1", [child.workflowId]),
    "child_paused",
  ],
  ["of another workspace", async (child: SavedDocument) => otherWorkspace(child), "child_unknown"],
] as const)("a workflow %s cannot be called, and the step says so", async (_, change, code) => {
  const { child, parent } = await family();
  await change(child);
  await engine.startWorker();
  const { runId, status } = await engine.run(parent, { id: 1 });
  expect(status).toBe("failed");
  expect(await letters(runId)).toMatchObject([{ error: expect.stringContaining(code) }]);
});

async function otherWorkspace(child: SavedDocument): Promise<void> {
  await engine.db.pool.query("INSERT INTO workspace (id, name) VALUES ($1, 'other')", [child.documentId]);
  await engine.db.pool.query("UPDATE workflow SET workspace_id = $1 WHERE id = $2", [child.documentId, child.workflowId]);
}

test("an input the called workflow does not take is refused before it starts", async () => {
  const schema = { type: "object", required: ["name"] };
  const { parent } = await family({ child: { nodes: [{ ...start, config: { inputSchema: schema } }], edges: [] } });
  await engine.startWorker();
  const { runId } = await engine.run(parent, { id: 1 });
  expect(await childrenOf(runId)).toEqual([]);
  expect(await letters(runId)).toMatchObject([{ error: expect.stringContaining("child_input_invalid") }]);
});

test("scenario 102: more parents than there are places wait for their children without holding one, and none waits for ever", async () => {
  const { parent } = await family();
  await engine.startWorker();
  const runs = await Promise.all(Array.from({ length: 80 }, (_, id) => engine.accept(parent, { id })));
  for (const { runId } of runs) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(80);
});

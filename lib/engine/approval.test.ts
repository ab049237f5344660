import { afterEach, beforeEach, expect, test } from "vitest";
import { cancelRun } from "./ledger/commands.ts";
import { putSignal } from "./ledger/signals.ts";
import { createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
});
afterEach(() => engine.stop());

function approvalDocument(config: object = {}) {
  const ask = { message: "Refund {{ trigger.body.amount }}?", assignees: ["{{ trigger.body.manager }}", "owner"], ...config };
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "ask", type: "approval", name: "Ask", config: ask },
      { id: "pay", type: "set", name: "Pay", config: { values: { by: "{{ steps.ask.output.by }}" } } },
      { id: "tell", type: "set", name: "Tell", config: { values: { why: "{{ steps.ask.output.comment }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "ask" },
      { id: "e2", source: "ask", sourcePort: "approved", target: "pay" },
      { id: "e3", source: "ask", sourcePort: "rejected", target: "tell" },
    ],
  };
}

interface ApprovalRow {
  id: string;
  message: string;
  assignees: string[];
  closed: boolean;
}

async function approvalOf(runId: string): Promise<ApprovalRow | undefined> {
  const { rows } = await engine.db.pool.query<ApprovalRow>(
    "SELECT id, message, assignees, closed_at IS NOT NULL AS closed FROM approval WHERE run_id = $1",
    [runId],
  );
  return rows[0];
}

async function statuses(runId: string) {
  const { rows } = await engine.db.pool.query<{ node_id: string; status: string }>("SELECT node_id, status FROM step WHERE run_id = $1", [
    runId,
  ]);
  return Object.fromEntries(rows.map((row) => [row.node_id, row.status]));
}

async function asked(body: object, config: object = {}): Promise<string> {
  const saved = await engine.saveDocument(approvalDocument(config));
  await engine.startWorker();
  const { runId } = await engine.accept(saved, JSON.parse(JSON.stringify(body)));
  await expect.poll(() => approvalOf(runId), { timeout: 20_000 }).toBeDefined();
  return runId;
}

function decide(runId: string, decision: "approved" | "rejected", comment = "") {
  const payload = JSON.stringify({ decision, by: "ada@example.com", comment });
  const where = { workspaceId: engine.workspaceId, runId, nodeId: "ask", iteration: "" };
  return putSignal(engine.db.pool, { ...where, kind: "approval", payload, sentBy: "user:1" });
}

const refund = { amount: 12, manager: "Grace@Example.com" };

test("people are asked with the question and the assignees worked out, and the run goes on as they decide", async () => {
  const runId = await asked(refund);
  expect(await approvalOf(runId)).toMatchObject({ message: "Refund 12?", assignees: ["grace@example.com", "owner"], closed: false });
  expect(await decide(runId, "approved")).toBe("first");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(await statuses(runId)).toMatchObject({ ask: "succeeded", pay: "succeeded", tell: "skipped" });
  expect(await approvalOf(runId)).toMatchObject({ closed: true });
});

test("a rejection takes its own port, with the comment", async () => {
  const runId = await asked(refund);
  await decide(runId, "rejected", "too much");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  const { rows } = await engine.db.pool.query<{ output: string }>("SELECT output FROM step WHERE run_id = $1 AND node_id = 'tell'", [
    runId,
  ]);
  expect(JSON.parse(rows[0]?.output ?? "")).toEqual({ why: "too much" });
  expect(await decide(runId, "approved")).toBe("known");
});

test("nobody decides in time: a person is told, and nobody is asked any more", async () => {
  const runId = await asked(refund);
  await engine.db.pool.query("UPDATE step SET deadline_at = now(), wake_at = now() WHERE run_id = $1 AND node_id = 'ask'", [runId]);
  await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
    runId,
  ]);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { code: "approval_timeout" } });
  expect(await approvalOf(runId)).toMatchObject({ closed: true });
  expect(await decide(runId, "approved")).toBe("over");
});

test("a canceled run ends at once, and asks nobody any more", async () => {
  const runId = await asked(refund);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "canceled" });
  expect(await approvalOf(runId)).toMatchObject({ closed: true });
});

test.each([
  [{ amount: 1, manager: "nobody in particular" }, "assignee_invalid"],
  [{ amount: 1, manager: null }, "assignee_invalid"],
])("an assignee that is none is a failure of this run, never everybody: %j", async (body, code) => {
  const saved = await engine.saveDocument(approvalDocument());
  await engine.startWorker();
  expect(await engine.run(saved, body)).toMatchObject({ status: "failed", error: { code } });
});

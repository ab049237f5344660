import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { redriveDeadLetter } from "#lib/engine/ledger/commands.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import { newId } from "#lib/shared/ids.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
  engine.onCall(() => answer(404, {}));
});
afterEach(() => engine.stop());

const calling = (trigger: object) => ({
  schemaVersion: 1,
  nodes: [trigger, { id: "call", type: "http-request", name: "Create the order", config: { method: "PUT", url: "https://api.test/x" } }],
  edges: [{ id: "e1", source: "start", target: "call" }],
});
const manual = { id: "start", type: "manual", name: "Start" };

/** A workflow that starts on failures, as publishing leaves it; its own run calls nothing unless told to. */
async function handler(config: { workflowIds?: string[] } = {}, fails = false): Promise<SavedDocument> {
  const trigger = { id: "start", type: "workflow-failed", name: "On failure", config };
  const saved = await engine.saveDocument(fails ? calling(trigger) : { schemaVersion: 1, nodes: [trigger], edges: [] });
  await engine.db.pool.query(
    "INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, version, document_id) VALUES ($1, $2, $3, 'start', 'workflow-failed', $4, 1, $5)",
    [newId(), engine.workspaceId, saved.workflowId, JSON.stringify(config), saved.documentId],
  );
  return saved;
}

async function runsOf(saved: SavedDocument): Promise<{ id: string; status: string; failure_of: string; data: string }[]> {
  const { rows } = await engine.db.pool.query(
    "SELECT r.id, r.status, r.failure_of, e.data FROM run r JOIN event e ON e.id = r.event_id WHERE r.workflow_id = $1 ORDER BY r.id",
    [saved.workflowId],
  );
  return rows;
}

const started = (saved: SavedDocument, count: number) =>
  vi.waitFor(async () => expect(await runsOf(saved)).toHaveLength(count), { timeout: 15_000 });

/** Resolves when no failure is left to be told. */
const told = () =>
  vi.waitFor(
    async () =>
      expect((await engine.db.pool.query("SELECT FROM graphile_worker._private_jobs WHERE key LIKE 'failed:%'")).rowCount).toBe(0),
    { timeout: 15_000 },
  );

test("a failed run starts the workflows that want to know, each once, with what failed and why", async () => {
  const broken = await engine.saveDocument(calling(manual));
  const [all, named, other] = [
    await handler(),
    await handler({ workflowIds: [broken.workflowId] }),
    await handler({ workflowIds: [newId()] }),
  ];
  await engine.startWorker();
  const { runId } = await engine.run(broken, {});
  await started(all, 1);
  await started(named, 1);
  await told();
  expect(await runsOf(other)).toEqual([]);
  const [run] = await runsOf(all);
  expect(run?.failure_of).toBe(runId);
  expect(JSON.parse(run?.data ?? "")).toMatchObject({
    run: { id: runId, workflowId: broken.workflowId, version: 1 },
    step: { nodeId: "call", name: "Create the order", type: "http-request" },
    error: { class: "permanent", code: "http_404", message: "PUT api.test answered 404" },
  });
});

test("the failure of a run that deals with a failure starts nothing", async () => {
  const broken = await engine.saveDocument(calling(manual));
  const [first, second] = [await handler({}, true), await handler({}, true)];
  await engine.startWorker();
  await engine.run(broken, {});
  await started(first, 1);
  await started(second, 1);
  for (const saved of [first, second]) for (const { id } of await runsOf(saved)) expect((await untilEnd(engine, id)).status).toBe("failed");
  await told();
  expect([...(await runsOf(first)), ...(await runsOf(second))]).toHaveLength(2);
});

test("a run that is redriven and fails again is told of again; told twice of one failure, nothing starts twice", async () => {
  const broken = await engine.saveDocument(calling(manual));
  const all = await handler();
  await engine.startWorker();
  const { runId } = await engine.run(broken, {});
  await started(all, 1);
  await engine.db.pool.query("SELECT tell_failures(ARRAY[$1::uuid])", [runId]);
  await told();
  expect(await runsOf(all)).toHaveLength(1);
  const { rows } = await engine.db.pool.query("SELECT id FROM dead_letter WHERE run_id = $1", [runId]);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id, by: "test" });
  await started(all, 2);
});

test("test runs, canceled runs and runs that succeed are not told of, and without such a trigger there is no job", async () => {
  const broken = await engine.saveDocument(calling(manual));
  await engine.startWorker();
  await engine.run(broken, {});
  expect((await engine.db.pool.query("SELECT FROM graphile_worker._private_jobs WHERE key LIKE 'failed:%'")).rowCount).toBe(0);
  const all = await handler();
  const { runId } = await engine.accept(broken, {}, { mode: "test" });
  await untilEnd(engine, runId);
  engine.onCall(() => answer(200, {}));
  await engine.run(broken, {});
  await told();
  expect(await runsOf(all)).toEqual([]);
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { breakerId } from "#lib/policies/breaker.ts";
import { idempotencyScope, keyHash } from "#lib/policies/idempotency-key.ts";
import { newId } from "#lib/shared/ids.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument } from "../testing-rows.ts";
import * as workflows from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

async function publish(document: object = smallDocument): Promise<{ id: string; documentId: string }> {
  const ctx = team.as("builder");
  const input = workflows.createWorkflowSchema.parse({ name: "Flow", document });
  const { id } = await workflows.createWorkflow({ ctx, input });
  await workflows.publishWorkflow({ ctx, input: { id, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT document_id AS id FROM workflow_version WHERE workflow_id = $1", [id]);
  return { id, documentId: rows[0]?.id ?? "" };
}

const figures = (id: string) => workflows.getNodeFigures({ ctx: team.as("viewer"), input: { id, nodeId: "call" } });

interface StepRow {
  status?: string;
  waitReason?: string;
  attempts?: number;
  turnedAway?: number;
  port?: string;
  error?: object;
  /** When the first call came, in seconds after the step began. */
  calledAfterS?: number;
  mode?: string;
}

async function insertStep(a: { id: string; documentId: string }, row: StepRow): Promise<void> {
  const [runId, stepId] = [newId(), newId()];
  await test.db.pool.query(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, version, mode, status, trigger_type, trigger_node_id, event_id)
     VALUES ($1, $2, $3, $4, 1, $5, 'succeeded', 'manual', 'start', $1)`,
    [runId, team.workspaceId, a.id, a.documentId, row.mode ?? "live"],
  );
  await test.db.pool.query(
    `INSERT INTO step (run_id, node_id, id, workspace_id, status, wait_reason, attempts, throttled_attempts, created_at, started_at, port, error)
     VALUES ($1, 'call', $2, $3, $4, $5, $6, $7, now(), now(), $8, $9)`,
    [
      ...[runId, stepId, team.workspaceId, row.status ?? "succeeded", row.waitReason ?? null, row.attempts ?? 0, row.turnedAway ?? 0],
      ...[row.port ?? null, row.error === undefined ? null : JSON.stringify(row.error)],
    ],
  );
  if (row.calledAfterS !== undefined)
    await test.db.pool.query(
      `INSERT INTO attempt (run_id, step_id, no, workspace_id, fence, worker_id, state, request, asked_at, created_at)
       VALUES ($1, $2, 1, $3, 1, $1, 'succeeded', '{"url":"https://api.example.com/x"}', now(), now() + $4 * interval '1 second')`,
      [runId, stepId, team.workspaceId, row.calledAfterS],
    );
}

it("counts what the settings of a step did, of live runs alone", async () => {
  const flow = await publish();
  await insertStep(flow, { attempts: 1, calledAfterS: 0 });
  await insertStep(flow, { attempts: 3, turnedAway: 1, calledAfterS: 5 });
  await insertStep(flow, { status: "deduplicated" });
  await insertStep(flow, { status: "waiting", waitReason: "throttle" });
  await insertStep(flow, { status: "deduplicated", mode: "test" });
  await insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId: flow.id, documentId: flow.documentId });
  expect(await figures(flow.id)).toMatchObject({
    runs: 5,
    steps: 5,
    complete: true,
    waited: 1,
    waiting: 1,
    turnedAway: 1,
    retried: 2,
    duplicates: 1,
    breakerOpened: 0,
    deadLettered: 1,
  });
});

it("counts what the checks of a step refused, and nothing that failed for another reason", async () => {
  const flow = await publish();
  const failed = (code: string) => ({ status: "failed", error: { class: "validation", code, message: "no", details: null } });
  for (const code of ["input_invalid", "output_invalid", "field_invalid", "key_invalid"]) await insertStep(flow, failed(code));
  await insertStep(flow, { port: "rejected" });
  await insertStep(flow, { port: "out" });
  expect((await figures(flow.id)).invalid).toBe(3);

  const nodes = smallDocument.nodes.map((node) => (node.id === "call" ? { ...node, type: "validate-transform", config: {} } : node));
  const validation = await publish({ ...smallDocument, nodes });
  await insertStep(validation, { port: "rejected" });
  await insertStep(validation, { port: "out" });
  expect((await figures(validation.id)).invalid).toBe(1);
});

it("tells how often the breaker of the last called host opened", async () => {
  const flow = await publish();
  await insertStep(flow, { attempts: 1, calledAfterS: 0 });
  const host = "api.example.com";
  const id = breakerId({ workspaceId: team.workspaceId, workflowId: flow.id, nodeId: "call", connectionId: null, host });
  const open = (state: string, gen: number) =>
    test.db.pool.query("SELECT breaker_open($1, $2, $3, $4, 60000, clock_timestamp())", [id, team.workspaceId, state, gen]);
  await open("closed", 1);
  await open("closed", 1); // too late: it is open
  await test.db.pool.query("UPDATE breaker SET state = 'half_open', gen = 3 WHERE id = $1", [id]);
  await open("half_open", 3);
  const { breakerOpened, breakerOpenUntil } = await figures(flow.id);
  expect(breakerOpened).toBe(2);
  expect(Date.parse(breakerOpenUntil ?? "")).toBeGreaterThan(Date.now());
});

it("is all zero for a step no run came by, and missing for another workspace", async () => {
  const flow = await publish();
  expect(await figures(flow.id)).toMatchObject({ runs: 0, steps: 0, complete: true, deadLettered: 0, waitingSince: null });
  const others = await createTestTeam(test.db);
  const input = { id: flow.id, nodeId: "call" };
  await expect(workflows.getNodeFigures({ ctx: others.as("owner"), input })).rejects.toMatchObject({ code: "not_found" });
  await expect(workflows.getNodeFigures({ ctx: team.withScopes(["workflows:read"]), input })).rejects.toMatchObject({ code: "forbidden" });
});

const ask = (id: string, key: string | number | null) =>
  workflows.checkDuplicate({ ctx: team.as("viewer"), input: { id, nodeId: "call", ...workflows.checkDuplicateSchema.parse({ key }) } });

it("tells whether an item would be a duplicate, and of which run", async () => {
  const flow = await publish();
  expect(await ask(flow.id, "order-7")).toEqual({ problem: null, key: "order-7", earlier: null });
  const scope = idempotencyScope({
    ...{ scope: "node", workspaceId: team.workspaceId, workflowId: flow.id, nodeId: "call", connectionId: null },
  } as const);
  const runId = newId();
  const put = (key: string, state: string, lives: string) =>
    test.db.pool.query(
      `INSERT INTO idempotency_record (scope, key_hash, workspace_id, fingerprint, state, owner_run, owner_step, outbound_key, expires_at)
       VALUES ($1, $2, $3, '', $4, $5, $5, 'slc_x', now() + $6::interval)`,
      [scope, keyHash(key), team.workspaceId, state, runId, lives],
    );
  await put("order-7", "succeeded", "1 day");
  await put("order-8", "sent", "-1 day");
  await put("order-9", "succeeded", "-1 day");
  expect(await ask(flow.id, "order-7")).toMatchObject({ earlier: { state: "done", runId } });
  expect(await ask(flow.id, "order-8")).toMatchObject({ earlier: { state: "under-way" } });
  expect(await ask(flow.id, "order-9")).toMatchObject({ earlier: null });
});

it("calls an empty key an error, never a duplicate of all others", async () => {
  const flow = await publish();
  expect(await ask(flow.id, null)).toEqual({ problem: "The key is empty: its expression gave no value." });
  expect(await ask(flow.id, " ")).toMatchObject({ problem: expect.stringContaining("white space") });
  expect(await ask(flow.id, 7)).toMatchObject({ problem: null, key: "7" });
});

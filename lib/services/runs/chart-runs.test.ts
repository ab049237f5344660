import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument } from "../testing-rows.ts";
import * as workflows from "../workflows/index.ts";
import * as runs from "./index.ts";

let test: TestDb;
let team: TestTeam;
let workflowId: string;
let documentId: string;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  const input = workflows.createWorkflowSchema.parse({ name: "Orders", document: smallDocument });
  workflowId = (await workflows.createWorkflow({ ctx: team.as("builder"), input })).id;
  await workflows.publishWorkflow({ ctx: team.as("builder"), input: { id: workflowId, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [workflowId]);
  documentId = rows[0]?.id ?? "";
});
afterAll(() => test.drop());

const chart = (query: object, ctx = team.as("viewer")) => runs.chartRuns({ ctx, input: runs.chartRunsSchema.parse(query) });
const list = (query: object) => runs.listRuns({ ctx: team.as("viewer"), input: runs.listRunsSchema.parse(query) });
const fail = (status: "failed" | "canceled" = "failed") =>
  insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId, documentId, status });

it("a list without runs has an empty chart", async () => {
  expect(await chart({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" })).toEqual({
    from: "2026-01-01T00:00:00.000Z",
    to: "2026-01-02T00:00:00.000Z",
    bucketMs: 1_440_000,
    buckets: [],
    totals: [],
    total: 0,
    complete: true,
  });
});

it("the chart counts the runs of the list, whatever it is filtered by, and none of another workspace", async () => {
  const first = await fail();
  await fail();
  await fail("canceled");
  const whole = await chart({});
  expect(whole).toMatchObject({ total: 3, complete: true });
  expect(whole.totals).toEqual(
    expect.arrayContaining([
      { status: "failed", count: 2 },
      { status: "canceled", count: 1 },
    ]),
  );
  expect(whole.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect((await chart({ status: "failed" })).total).toBe(2);
  expect((await chart({ q: first.runId })).total).toBe(1);
  expect((await chart({ to: "2026-01-02T00:00:00Z" })).total).toBe(0);
  const other = await createTestTeam(test.db);
  expect((await chart({}, other.as("viewer"))).total).toBe(0);
});

it("runs are found by how long they took, how often a step was tried, whether they were replayed, and when they ended", async () => {
  const { runId } = await fail();
  const ids = async (query: object) => (await list(query)).items.map((run) => run.id);
  expect(await ids({ minDurationMs: 1_000 })).toContain(runId);
  expect(await ids({ minDurationMs: 60_000 })).toEqual([]);
  expect(await ids({ minAttempts: 2 })).toContain(runId);
  expect(await ids({ minAttempts: 3 })).toEqual([]);
  expect(await ids({ by: "ended", from: new Date(Date.now() - 60_000).toISOString() })).toContain(runId);
  expect(await ids({ by: "ended", from: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
  expect(await ids({ replayed: "true" })).toEqual([]);
  const replay = await runs.replayRun({ ctx: team.as("operator"), input: { ...runs.replayRunSchema.parse({}), id: runId } });
  expect(await ids({ replayed: "true" })).toEqual([runId]);
  expect(await ids({ replayed: "false" })).not.toContain(runId);
  const view = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
  expect(view.replays).toEqual([{ runId: replay.runId, status: "queued", createdAt: expect.any(String) }]);
  expect(view).toMatchObject({ attempts: 2, dedupeKey: expect.stringContaining("delivery-") });
});

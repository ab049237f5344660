import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { smallDocument } from "../testing-rows.ts";
import * as workflows from "../workflows/index.ts";
import * as runs from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

async function publish(settings: object): Promise<string> {
  const input = workflows.createWorkflowSchema.parse({ name: "Orders", document: { ...smallDocument, settings } });
  const { id } = await workflows.createWorkflow({ ctx: team.as("builder"), input });
  await workflows.publishWorkflow({ ctx: team.as("builder"), input: { id, note: "" } });
  return id;
}

const start = (id: string, input: object) =>
  runs.startRun({ ctx: team.as("operator"), input: { ...runs.startRunSchema.parse({ input }), id } });
const get = (id: string) => runs.getRun({ ctx: team.as("viewer"), input: { id } });

it("a held run tells behind which run of its key it is", async () => {
  const id = await publish({ orderBy: "{{ trigger.body.key }}" });
  const first = await start(id, { key: "a" });
  const second = await start(id, { key: "a" });
  await test.db.pool.query("SELECT admit_runs($1)", [id]);
  expect((await get(second.runId)).held).toEqual({ reason: "order", behindRunId: first.runId, deadLetter: null });
});

it("a run held by the workflow's limit says so, and one that passes no gate is not held", async () => {
  const limited = await start(await publish({ concurrency: 1 }), {});
  expect((await get(limited.runId)).held).toEqual({ reason: "concurrency", behindRunId: null, deadLetter: null });
  const free = await start(await publish({}), {});
  expect(await get(free.runId)).toMatchObject({ held: null, parent: null, failureOf: null, children: [] });
});

it("an order key that cannot work is told when the draft is checked", async () => {
  const input = workflows.createWorkflowSchema.parse({
    name: "x",
    document: { ...smallDocument, settings: { orderBy: "{{ steps.a.output }}" } },
  });
  const { problems } = await workflows.createWorkflow({ ctx: team.as("builder"), input });
  expect(problems).toMatchObject([{ path: "settings.orderBy", severity: "error" }]);
});

it("a run that gathers events tells until when, and how many it has", async () => {
  const id = await publish({ arrivals: { debounce: { periodMs: 60_000, timeoutMs: 600_000 } } });
  const ctx = team.withScopes(["runs:write"]);
  const send = () => runs.startRun({ ctx, input: { ...runs.startRunSchema.parse({ input: {} }), id } });
  const [first, second] = [await send(), await send()];
  expect(second.runId).toBe(first.runId);
  expect((await get(first.runId)).held).toEqual({
    reason: "arrivals",
    behindRunId: null,
    deadLetter: null,
    gathers: { until: expect.any(String), events: 2 },
  });
});

it("a start by API may be dropped; one by hand never is", async () => {
  const id = await publish({ arrivals: { limit: { limit: 1, perMs: 60_000 } } });
  const ctx = team.withScopes(["runs:write"]);
  const send = () => runs.startRun({ ctx, input: { ...runs.startRunSchema.parse({ input: {} }), id } });
  const { runId } = await send();
  expect(await send()).toMatchObject({ runId, dropped: "limit" });
  expect(await start(id, {})).not.toMatchObject({ runId });
});

it("a workflow that takes batches sees one whoever starts it: by hand of the event, or of several", async () => {
  const id = await publish({ arrivals: { batch: { maxSize: 10, timeoutMs: 60_000 } } });
  const seen = async (input: object) => (await get((await start(id, input)).runId)).event?.data;
  expect(await seen({ n: 1 })).toEqual({ items: [{ body: { n: 1 } }] });
  expect(await seen({ items: [{ n: 1 }, { n: 2 }] })).toEqual({ items: [{ body: { n: 1 } }, { body: { n: 2 } }] });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditActions, createTestTeam, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument, webhookDocument } from "../testing-rows.ts";
import * as workflows from "../workflows/index.ts";
import * as runs from "./index.ts";

let test: TestDb;
let team: TestTeam;
let other: TestTeam;
let workflowId: string;
let documentId: string;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  other = await createTestTeam(test.db);
  const made = await makeWorkflow(smallDocument);
  workflowId = made.workflowId;
  documentId = made.documentId;
});
afterAll(() => test.drop());

async function makeWorkflow(document: object): Promise<{ workflowId: string; documentId: string }> {
  const input = workflows.createWorkflowSchema.parse({ name: "Orders", document });
  const { id } = await workflows.createWorkflow({ ctx: team.as("builder"), input });
  await workflows.publishWorkflow({ ctx: team.as("builder"), input: { id, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [id]);
  return { workflowId: id, documentId: rows[0]?.id ?? "" };
}

const start = (input: object = {}, ctx = team.as("operator"), id = workflowId) =>
  runs.startRun({ ctx, input: { ...runs.startRunSchema.parse(input), id } });
const startWithKey = (idempotencyKey: string, input: object) =>
  runs.startRun({ ctx: team.as("operator"), input: { ...runs.startRunSchema.parse(input), id: workflowId, idempotencyKey } });
const list = (query: object, ctx = team.as("viewer")) => runs.listRuns({ ctx, input: runs.listRunsSchema.parse(query) });

describe("starting a run", () => {
  it("stores it with its event and its job before it answers", async () => {
    const { runId, statusUrl } = await start({ input: { order: 7 } });
    expect(statusUrl).toBe(`http://localhost:3000/api/v1/runs/${runId}`);
    const run = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
    expect(run).toMatchObject({
      status: "queued",
      mode: "live",
      version: 1,
      triggerType: "manual",
      triggerNodeId: "start",
      event: { data: { body: { order: 7 } } },
      document: smallDocument,
      steps: [],
    });
    const { rows } = await test.db.pool.query("SELECT 1 FROM graphile_worker.jobs WHERE key = $1", [`run:${runId}`]);
    expect(rows).toHaveLength(1);
    expect(await auditActions(test.db, team.workspaceId)).toContain("run.started");
  });

  it("gives the same run for the same Idempotency-Key, and refuses another request under it", async () => {
    const [first, ...repeats] = await Promise.all([1, 2, 3].map(() => startWithKey("key-1", { input: { a: 1 } })));
    expect(repeats).toEqual([first, first]);
    expect(await startWithKey("key-1", { input: { a: 1 } })).toEqual(first);
    await expect(startWithKey("key-1", { input: { a: 2 } })).rejects.toMatchObject({ code: "conflict" });
  });

  it("tests the draft as it is now, as a snapshot without a version", async () => {
    const renamed = { ...smallDocument, nodes: smallDocument.nodes.map((node) => ({ ...node, name: `${node.name} 2` })) };
    await workflows.saveDraft({ ctx: team.as("builder"), input: { id: workflowId, revision: 1, document: renamed } });
    const { runId } = await start({ mode: "test" });
    const run = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
    expect(run).toMatchObject({ mode: "test", version: null, document: renamed });
    expect(await runs.getRun({ ctx: team.as("viewer"), input: { id: (await start()).runId } })).toMatchObject({
      version: 1,
      document: smallDocument,
    });
  });

  it("takes a sample for a webhook as the body, or as the whole delivery", async () => {
    const hook = await makeWorkflow(webhookDocument);
    const seen = async (input: object) => {
      const { runId } = await start({ mode: "test", input }, team.as("builder"), hook.workflowId);
      return (await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } })).event?.data;
    };
    expect(await seen({ id: 1 })).toMatchObject({ body: { id: 1 }, headers: {}, method: "POST" });
    expect(await seen({ body: { id: 2 }, headers: { "x-a": "b" } })).toMatchObject({ body: { id: 2 }, headers: { "x-a": "b" }, query: {} });
    expect(await seen({ body: "text", subject: "mail" })).toMatchObject({ body: { body: "text", subject: "mail" } });
  });

  it("ignores what is wrong with the trigger in a test, and nothing else", async () => {
    const broken = { ...smallDocument.nodes[0], type: "schedule", config: { cron: "not a cron" } };
    const input = workflows.createWorkflowSchema.parse({
      name: "x",
      document: { ...smallDocument, nodes: [broken, smallDocument.nodes[1]] },
    });
    const { id, problems } = await workflows.createWorkflow({ ctx: team.as("builder"), input });
    expect(problems.length).toBeGreaterThan(0);
    await start({ mode: "test" }, team.as("operator"), id);
    const cyclic = { ...smallDocument, nodes: [broken, { ...smallDocument.nodes[1], config: {} }] };
    const worse = await workflows.createWorkflow({
      ctx: team.as("builder"),
      input: workflows.createWorkflowSchema.parse({ name: "y", document: cyclic }),
    });
    await expect(start({ mode: "test" }, team.as("operator"), worse.id)).rejects.toMatchObject({ code: "not_publishable" });
  });

  it("checks the input against the schema of the manual trigger", async () => {
    const schema = { type: "object", required: ["id"], properties: { id: { type: "integer" } } };
    const [first, ...rest] = smallDocument.nodes;
    const strict = await makeWorkflow({ ...smallDocument, nodes: [{ ...first, config: { inputSchema: schema } }, ...rest] });
    await start({ input: { id: 1 } }, team.as("operator"), strict.workflowId);
    const attempt = start({ input: { id: "one" } }, team.as("operator"), strict.workflowId);
    await expect(attempt).rejects.toMatchObject({ code: "invalid_input", problems: [{ path: "input.id" }] });
  });

  it("is refused when nothing is live, when it is paused, and from a trigger that is none", async () => {
    const input = workflows.createWorkflowSchema.parse({ name: "draft", document: smallDocument });
    const draft = await workflows.createWorkflow({ ctx: team.as("builder"), input });
    await expect(start({}, team.as("operator"), draft.id)).rejects.toMatchObject({ code: "conflict" });
    const paused = await makeWorkflow(smallDocument);
    await workflows.pauseWorkflow({ ctx: team.as("operator"), input: { id: paused.workflowId } });
    await expect(start({}, team.as("operator"), paused.workflowId)).rejects.toMatchObject({ code: "conflict" });
    await expect(start({ triggerNodeId: "call" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(start({ version: 9 })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("reading runs", () => {
  it("shows steps with their attempts, and one step with requests and responses", async () => {
    const { runId, stepId, deadLetterId, issueId } = await insertFailedRun(test.db, {
      workspaceId: team.workspaceId,
      workflowId,
      documentId,
    });
    const run = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
    expect(run).toMatchObject({
      status: "failed",
      durationMs: 2_000,
      error: { nodeId: "call", class: "permanent", code: "http_404" },
      steps: [
        {
          id: stepId,
          nodeId: "call",
          name: "Call the API",
          type: "http-request",
          status: "failed",
          deadLettered: true,
          retried: true,
          attemptSummaries: [{ no: 1, httpStatus: 404 }, { no: 2 }],
        },
      ],
      deadLetters: [{ id: deadLetterId, stepId, status: "open", issueId }],
    });
    const step = await runs.getStep({ ctx: team.as("viewer"), input: { id: runId, stepId } });
    expect(step).toMatchObject({
      input: { url: "x" },
      output: null,
      idempotencyKey: `key-${stepId}`,
      attemptList: [
        { no: 1, request: { method: "GET", headers: { authorization: "••••" } }, response: { status: 404, body: "no" } },
        { no: 2 },
      ],
    });
    await expect(runs.getStep({ ctx: team.as("viewer"), input: { id: runId, stepId: newId() } })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("lists steps of one moment in the order of the graph", async () => {
    const { runId } = await insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId, documentId });
    await test.db.pool.query(
      `INSERT INTO step (run_id, node_id, id, workspace_id, status, created_at)
       SELECT run_id, 'start', 'ffffffff-ffff-8fff-8fff-ffffffffffff', workspace_id, 'succeeded', created_at FROM step WHERE run_id = $1`,
      [runId],
    );
    const { steps } = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
    expect(steps.map((step) => step.nodeId)).toEqual(["start", "call"]);
  });

  it("reads payloads that are kept apart", async () => {
    const { runId, stepId } = await insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId, documentId });
    const ref = newId();
    await test.db.pool.query("INSERT INTO payload (id, workspace_id, size, body) VALUES ($1, $2, 9, '{\"big\":1}')", [
      ref,
      team.workspaceId,
    ]);
    await test.db.pool.query("UPDATE step SET input = NULL, input_ref = $1, output_ref = $1 WHERE run_id = $2", [ref, runId]);
    expect(await runs.getStep({ ctx: team.as("viewer"), input: { id: runId, stepId } })).toMatchObject({
      input: { big: 1 },
      output: { big: 1 },
    });
  });

  it("are listed by status, workflow, version, trigger, node, time and text, newest first, in pages", async () => {
    const { workflowId: id, documentId: document } = await makeWorkflow(smallDocument);
    const failed = await insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId: id, documentId: document });
    const { runId } = await start({}, team.as("operator"), id);
    const found = async (query: object) => (await list({ workflowId: id, ...query })).items.map((item) => item.id);
    expect(await found({})).toEqual([runId, failed.runId]);
    expect(await found({ status: "failed,canceled" })).toEqual([failed.runId]);
    expect(await found({ version: "1" })).toEqual([runId, failed.runId]);
    expect(await found({ version: "2" })).toEqual([]);
    expect(await found({ trigger: "manual" })).toEqual([runId, failed.runId]);
    expect(await found({ node: "call" })).toEqual([failed.runId]);
    expect(await found({ mode: "test" })).toEqual([]);
    expect(
      await found({ from: new Date(Date.now() - 60_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() }),
    ).toHaveLength(2);
    expect(await found({ to: new Date(Date.now() - 60_000).toISOString() })).toEqual([]);
    expect(await found({ q: "ANSWERED 404" })).toEqual([failed.runId]);
    expect(await found({ q: `key-${failed.stepId}` })).toEqual([failed.runId]);
    expect(await found({ q: failed.runId })).toEqual([failed.runId]);
    expect(await found({ q: "%" })).toEqual([]);
    expect(await found({ q: "'; DROP TABLE run; --" })).toEqual([]);
    const first = await list({ workflowId: id, limit: "1" });
    expect(await found({ limit: "1", cursor: first.nextCursor })).toEqual([failed.runId]);
    await expect(list({ cursor: "1 OR true" })).rejects.toMatchObject({ code: "invalid_input" });
    expect(runs.listRunsSchema.safeParse({ status: "lost" }).success).toBe(false);
    expect(runs.listRunsSchema.safeParse({ limit: "1000000000" }).success).toBe(false);
  });
});

describe("finding runs", () => {
  it("by failed node, part of the error, idempotency key, delivery and a field of the event, and not by what only looks alike", async () => {
    const { runId, stepId, eventId } = await insertFailedRun(test.db, {
      workspaceId: team.workspaceId,
      workflowId,
      documentId,
      fingerprint: newId(),
    });
    await test.db.pool.query(`UPDATE event SET data = '{"body":{"order":{"id":"o-77"},"lines":[{"sku":"a%b"}]}}' WHERE id = $1`, [eventId]);
    const found = async (query: object) => (await list({ workflowId, ...query })).items.map((item) => item.id);
    for (const query of [
      { node: "call", error: "the API answered" },
      { error: "ANSWERED 404" },
      { key: `key-${stepId}` },
      { key: `delivery-${eventId}` },
      { q: runId.toUpperCase() },
      { q: `key-${stepId}` },
      { field: "body.order.id=o-77" },
      { field: "body.lines.0.sku=a%b" },
    ]) {
      expect([query, (await found(query)).includes(runId)]).toEqual([query, true]);
    }
    for (const query of [
      { node: "start" },
      { error: "answered_404" },
      { key: "key-" },
      { field: "body.order.id=o-7" },
      { field: "body.id=o-77" },
      { node: "call", key: "other" },
    ]) {
      expect([query, (await found(query)).includes(runId)]).toEqual([query, false]);
    }
    expect((await list({ key: `key-${stepId}` }, other.as("owner"))).items).toEqual([]);
    expect(runs.listRunsSchema.safeParse({ field: "no value" }).success).toBe(false);
  });

  it("are exported as CSV, in which no text is a formula, or a line each, all of them and no others", async () => {
    const mine = await createTestTeam(test.db);
    const where = { workspaceId: mine.workspaceId, workflowId, documentId };
    const ids = new Set<string>();
    for (let i = 0; i < 3; i++) ids.add((await insertFailedRun(test.db, { ...where, fingerprint: newId() })).runId);
    await test.db.pool.query(
      `UPDATE run SET error = '{"nodeId":"call","class":"permanent","code":"x","message":"=1+1, \\"q\\""}' WHERE workspace_id = $1`,
      [mine.workspaceId],
    );
    const read = async (query: object) => {
      let text = "";
      const { lines } = runs.exportRuns({ ctx: mine.as("viewer"), input: runs.exportRunsSchema.parse(query) });
      for await (const line of lines) text += line;
      return text;
    };
    const csv = (await read({ status: "failed" })).trim().split("\r\n");
    expect(csv).toHaveLength(4);
    expect(csv[1]).toContain(`"'=1+1, ""q"""`);
    const lines = (await read({ format: "jsonl" })).trim().split("\n");
    expect(new Set(lines.map((line) => JSON.parse(line).id))).toEqual(ids);
    expect(await read({ format: "jsonl", status: "succeeded" })).toBe("");
    expect(() => runs.exportRuns({ ctx: mine.withScopes([]), input: runs.exportRunsSchema.parse({}) })).toThrow("runs:read");
  });
});

describe("replaying and canceling", () => {
  it("makes a new run of the same event, or of edited data, and leaves the original", async () => {
    const { runId } = await start({ input: { order: 7 } });
    const replay = (input: object) =>
      runs.replayRun({ ctx: team.as("operator"), input: { ...runs.replayRunSchema.parse(input), id: runId } });
    const again = await runs.getRun({ ctx: team.as("viewer"), input: { id: (await replay({})).runId } });
    expect(again).toMatchObject({ replayOf: runId, version: 1, event: { data: { body: { order: 7 } } } });
    const edited = await runs.getRun({
      ctx: team.as("viewer"),
      input: { id: (await replay({ input: { order: 8 }, version: "live" })).runId },
    });
    expect(edited.event?.data).toEqual({ body: { order: 8 } });
    await expect(replay({ version: 99 })).rejects.toMatchObject({ code: "not_found" });
    await expect(replay({ from: "nowhere" })).rejects.toMatchObject({ code: "conflict" });
  });

  it("cancels a run that has not begun, and not one that has ended", async () => {
    const { runId } = await start();
    await runs.cancelRun({ ctx: team.as("operator"), input: { id: runId } });
    const failed = await insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId, documentId });
    await expect(runs.cancelRun({ ctx: team.as("operator"), input: { id: failed.runId } })).rejects.toMatchObject({ code: "conflict" });
    const { rows } = await test.db.pool.query<{ details: string }>("SELECT details FROM audit_log WHERE action = 'run.canceled'");
    expect(rows.map((row) => JSON.parse(row.details))).toEqual([{ before: { status: "queued" }, after: { status: "canceled" } }]);
  });
});

describe("who may do what with runs", () => {
  it("a viewer reads and does nothing else", async () => {
    const id = newId();
    await expect(start({}, team.as("viewer"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(runs.cancelRun({ ctx: team.as("viewer"), input: { id } })).rejects.toMatchObject({ code: "forbidden" });
    const replay = runs.replayRun({ ctx: team.as("viewer"), input: { ...runs.replayRunSchema.parse({}), id } });
    await expect(replay).rejects.toMatchObject({ code: "forbidden" });
    await expect(list({}, team.withScopes(["workflows:read"]))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("runs of another workspace do not exist", async () => {
    const { runId, stepId } = await insertFailedRun(test.db, { workspaceId: team.workspaceId, workflowId, documentId });
    const ctx = other.as("owner");
    for (const attempt of [
      () => runs.getRun({ ctx, input: { id: runId } }),
      () => runs.getStep({ ctx, input: { id: runId, stepId } }),
      () => runs.cancelRun({ ctx, input: { id: runId } }),
      () => runs.replayRun({ ctx, input: { ...runs.replayRunSchema.parse({}), id: runId } }),
      () => start({}, ctx),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await list({}, ctx)).items).toEqual([]);
    expect((await list({ workflowId }, ctx)).items).toEqual([]);
  });
});

describe("runs with loops", () => {
  const body = { id: "call", type: "set", name: "Call", config: { values: {} } };
  const loopDocument = {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body.list }}" } },
      body,
    ],
    edges: [
      { id: "e1", source: "start", target: "loop" },
      { id: "e2", source: "loop", sourcePort: "item", target: "call" },
    ],
  };

  /** A run of a loop over `count` items, of which item 3 failed and the last goes on. */
  async function looped(count: number): Promise<string> {
    const made = await makeWorkflow(loopDocument);
    const { runId } = await start({ input: { list: [] } }, team.as("operator"), made.workflowId);
    await test.db.pool.query(
      `INSERT INTO step (run_id, node_id, iteration, id, workspace_id, status, wait_reason, created_at)
       SELECT $1::uuid, 'loop', '', gen_random_uuid(), $2::uuid, 'waiting', 'child', now()
       UNION ALL SELECT $1::uuid, 'call', i::text, gen_random_uuid(), $2::uuid,
         CASE i WHEN 3 THEN 'failed' WHEN $3::int - 1 THEN 'running' ELSE 'succeeded' END, NULL, now() + i * interval '1 ms'
       FROM generate_series(0, $3::int - 1) AS i`,
      [runId, team.workspaceId, count],
    );
    return runId;
  }

  it("shows what failed and what goes on first, and says how many steps are not shown", async () => {
    const runId = await looped(1_000);
    const run = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId } });
    const inside = run.steps.filter(({ iteration }) => iteration !== "");
    expect([inside.length, run.moreSteps]).toEqual([200, 800]);
    expect(inside.map(({ iteration }) => iteration)).toEqual(expect.arrayContaining(["3", "999", "998"]));
    expect(run.iterations).toEqual([
      { nodeId: "call", status: "failed", count: 1 },
      { nodeId: "call", status: "running", count: 1 },
      { nodeId: "call", status: "succeeded", count: 998 },
    ]);
    const one = await runs.getRun({ ctx: team.as("viewer"), input: { id: runId, iteration: "17" } });
    expect(one.steps.map(({ nodeId, iteration }) => [nodeId, iteration])).toEqual([
      ["loop", ""],
      ["call", "17"],
    ]);
  });

  it("lists all steps in pages, or those of an item, a node or a status", async () => {
    const runId = await looped(120);
    const ask = (query: object) => runs.listSteps({ ctx: team.as("viewer"), input: { id: runId, ...runs.listStepsSchema.parse(query) } });
    const first = await ask({ limit: "100" });
    const second = await ask({ limit: "100", cursor: first.nextCursor });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([100, 21, null]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(121);
    expect((await ask({ iteration: "17" })).items.map(({ iteration }) => iteration)).toEqual(["17"]);
    expect((await ask({ iteration: "" })).items.map(({ nodeId }) => nodeId)).toEqual(["loop"]);
    expect((await ask({ node: "call", status: "failed,running" })).items.map(({ iteration }) => iteration)).toEqual(["3", "119"]);
    expect(runs.listStepsSchema.safeParse({ iteration: "../x" }).success).toBe(false);
    await expect(runs.listSteps({ ctx: other.as("owner"), input: { id: runId, ...runs.listStepsSchema.parse({}) } })).rejects.toMatchObject(
      {
        code: "not_found",
      },
    );
  });
});

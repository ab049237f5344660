import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { getIssue } from "../issues/index.ts";
import { auditActions, createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument } from "../testing-rows.ts";
import { createWorkflow, createWorkflowSchema, publishWorkflow } from "../workflows/index.ts";
import * as letters from "./index.ts";

let test: TestDb;
let team: TestTeam;
let other: TestTeam;
let where: { workspaceId: string; workflowId: string; documentId: string };

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  other = await createTestTeam(test.db);
  const ctx = team.as("builder");
  const { id } = await createWorkflow({ ctx, input: createWorkflowSchema.parse({ name: "Orders", document: smallDocument }) });
  await publishWorkflow({ ctx, input: { id, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [id]);
  where = { workspaceId: team.workspaceId, workflowId: id, documentId: rows[0]?.id ?? "" };
});
afterAll(() => test.drop());

const fail = (fingerprint: string, kind = "permanent") => insertFailedRun(test.db, { ...where, fingerprint, kind });
const get = (id: string, ctx: TestContext = team.as("viewer")) => letters.getDeadLetter({ ctx, input: { id } });
const redrive = (id: string, input: object = {}, ctx: TestContext = team.as("operator")) =>
  letters.redriveDeadLetter({ ctx, input: { ...letters.redriveSchema.parse(input), id } });
const decide = (id: string, input: object, ctx: TestContext = team.as("operator")) =>
  letters.decideDeadLetter({ ctx, input: { ...letters.decideSchema.parse(input), id } });

describe("dead letters", () => {
  it("show the frozen input, the event and every attempt", async () => {
    const { deadLetterId, issueId, runId, stepId } = await fail("show");
    expect(await get(deadLetterId)).toMatchObject({
      issueId,
      runId,
      stepId,
      nodeName: "Call the API",
      kind: "permanent",
      status: "open",
      error: { code: "http_404" },
      input: { url: "x" },
      editedInput: null,
      event: { body: { id: 7 } },
      runStatus: "failed",
      attemptList: [{ no: 1, response: { status: 404 } }, { no: 2 }],
    });
  });

  it("are listed by issue and status, in pages, with the name their node had", async () => {
    const one = await fail("list");
    const two = await fail("list");
    const list = (query: object) => letters.listDeadLetters({ ctx: team.as("viewer"), input: letters.listDeadLettersSchema.parse(query) });
    const first = await list({ issueId: one.issueId, status: "open", limit: "1" });
    const keys = { eventKey: `delivery-${two.eventId}`, stepKey: `key-${two.stepId}` };
    expect(first.items).toMatchObject([{ id: two.deadLetterId, nodeName: "Call the API", workflowName: "Orders", iteration: "", ...keys }]);
    const second = await list({ issueId: one.issueId, status: "open", limit: "1", cursor: first.nextCursor });
    expect(second.items.map((item) => item.id)).toEqual([one.deadLetterId]);
    expect((await list({ issueId: one.issueId, status: "resolved,discarded" })).items).toEqual([]);
  });

  it("are redriven with an edited input, once, and the issue tells who did it", async () => {
    const { deadLetterId, runId, issueId } = await fail("redrive");
    expect(await redrive(deadLetterId, { input: { method: "GET", url: "https://y.test/" }, note: "the address had moved" })).toEqual({
      runId,
    });
    expect(await get(deadLetterId)).toMatchObject({
      status: "redriving",
      input: { url: "x" },
      editedInput: { method: "GET", url: "https://y.test/" },
      runStatus: "queued",
    });
    await expect(redrive(deadLetterId)).rejects.toMatchObject({ code: "conflict" });
    const issue = await getIssue({ ctx: team.as("viewer"), input: { id: issueId } });
    expect(issue.activity).toMatchObject([
      { action: "redriven", actor: "Test operator", details: { edited: true, reason: "the address had moved" } },
    ]);
    expect(await auditActions(test.db, team.workspaceId)).toContain("dead_letter.redriven");
  });

  it("are planned with what is wrong with an edited input, before anything is started with it", async () => {
    const { deadLetterId } = await fail("plan");
    const plan = (input: object) =>
      letters.planRedrive({ ctx: team.as("viewer"), input: { ...letters.redriveSchema.parse(input), id: deadLetterId } });
    const good = { input: { method: "GET", url: "https://y.test/" } };
    expect(await plan(good)).toMatchObject({ as: "redrive", problems: [], runs: [{ name: "Call the API" }] });
    expect((await plan({ input: { method: "GET" } })).problems).toEqual([expect.stringContaining("url")]);
    expect((await plan({ input: { method: "GET" }, version: "live" })).problems).toEqual([expect.stringContaining("url")]);
    expect(await get(deadLetterId)).toMatchObject({ status: "open", editedInput: null });
  });

  it("are discarded with a reason, and brought back", async () => {
    const { deadLetterId, issueId } = await fail("discard");
    const reopen = () => letters.reopenDeadLetter({ ctx: team.as("operator"), input: { id: deadLetterId } });
    await expect(reopen()).rejects.toMatchObject({ code: "conflict" });
    const discard = () => letters.discardDeadLetter({ ctx: team.as("operator"), input: { id: deadLetterId, reason: "a test order" } });
    await discard();
    expect(await get(deadLetterId)).toMatchObject({ status: "discarded", closeReason: "a test order" });
    await expect(discard()).rejects.toMatchObject({ code: "conflict" });
    expect(letters.discardSchema.safeParse({ reason: " " }).success).toBe(false);
    const issue = () => getIssue({ ctx: team.as("viewer"), input: { id: issueId } });
    expect(await issue()).toMatchObject({ status: "resolved", openCount: 0 });
    await reopen();
    expect(await get(deadLetterId)).toMatchObject({ status: "open", closeReason: null, closedAt: null });
    expect(await issue()).toMatchObject({ status: "open", openCount: 1, activity: [{ action: "brought_back" }, { action: "discarded" }] });
    expect(await auditActions(test.db, team.workspaceId)).toContain("dead_letter.reopened");
  });

  it("of an unknown outcome are decided, not redriven", async () => {
    const unknown = await fail("unknown", "unknown_outcome");
    await expect(redrive(unknown.deadLetterId)).rejects.toMatchObject({ code: "conflict" });
    expect(await decide(unknown.deadLetterId, { as: "failed" })).toEqual({ runId: unknown.runId });
    const repeated = await fail("repeated", "unknown_outcome");
    await decide(repeated.deadLetterId, { as: "repeat" });
    const acts = (await getIssue({ ctx: team.as("viewer"), input: { id: repeated.issueId } })).activity;
    expect(acts).toMatchObject([{ action: "decided", details: { as: "repeat", runId: repeated.runId } }]);
    const plain = await fail("plain");
    await expect(decide(plain.deadLetterId, { as: "done" })).rejects.toMatchObject({ code: "conflict" });
    const other = await fail("no look-up", "unknown_outcome");
    expect(await get(other.deadLetterId)).toMatchObject({ canLookUp: false });
    await expect(decide(other.deadLetterId, { as: "look-up" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("has no look-up"),
    });
    expect(await auditActions(test.db, team.workspaceId)).toContain("dead_letter.decided");
  });

  it("of an unknown outcome have the remote asked, where the step says how", async () => {
    const lookup = { request: { url: "https://api.example.com/search" }, found: "true", result: "response.body" };
    const nodes = smallDocument.nodes.map((node) =>
      node.id === "call" ? { ...node, config: { ...node.config, method: "POST" }, policy: { idempotency: { lookup } } } : node,
    );
    const ctx = team.as("builder");
    const input = createWorkflowSchema.parse({ name: "Looks", document: { ...smallDocument, nodes } });
    const { id } = await createWorkflow({ ctx, input });
    await publishWorkflow({ ctx, input: { id, note: "" } });
    const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [id]);
    const at = { workspaceId: team.workspaceId, workflowId: id, documentId: rows[0]?.id ?? "" };
    const unknown = await insertFailedRun(test.db, { ...at, fingerprint: "asked", kind: "unknown_outcome" });
    expect(await get(unknown.deadLetterId)).toMatchObject({ canLookUp: true });
    expect(await decide(unknown.deadLetterId, { as: "look-up" })).toEqual({ runId: unknown.runId });
    const step = await test.db.pool.query<{ unsettled: string }>("SELECT unsettled FROM step WHERE id = $1", [unknown.stepId]);
    expect(JSON.parse(step.rows[0]?.unsettled ?? "{}")).toMatchObject({ lookFirst: true, looks: 2, lookedAtMs: null });
  });

  it("are not acted on by a viewer, nor seen from another workspace", async () => {
    const { deadLetterId } = await fail("mine");
    for (const [ctx, code] of [
      [team.as("viewer"), "forbidden"],
      [other.as("owner"), "not_found"],
    ] as const) {
      await expect(redrive(deadLetterId, {}, ctx)).rejects.toMatchObject({ code });
      await expect(letters.discardDeadLetter({ ctx, input: { id: deadLetterId, reason: "x" } })).rejects.toMatchObject({ code });
      await expect(decide(deadLetterId, { as: "failed" }, ctx)).rejects.toMatchObject({ code });
    }
    await expect(get(deadLetterId, other.as("owner"))).rejects.toMatchObject({ code: "not_found" });
    const seen = await letters.listDeadLetters({ ctx: other.as("owner"), input: letters.listDeadLettersSchema.parse({}) });
    expect(seen.items).toEqual([]);
  });
});

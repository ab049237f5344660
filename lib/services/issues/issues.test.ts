import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditActions, createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument } from "../testing-rows.ts";
import { createWorkflow, createWorkflowSchema, publishWorkflow } from "../workflows/index.ts";
import * as issues from "./index.ts";

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

const fail = (fingerprint: string) => insertFailedRun(test.db, { ...where, fingerprint });
const list = async (query: object, ctx: TestContext = team.as("viewer")) =>
  (await issues.listIssues({ ctx, input: issues.listIssuesSchema.parse(query) })).items;
const update = (id: string, change: object, ctx: TestContext = team.as("operator")) =>
  issues.updateIssue({ ctx, input: { ...issues.updateIssueSchema.parse(change), id } });
const userOf = (ctx: TestContext) => (ctx.actor.type === "user" ? ctx.actor.userId : "");

describe("issues", () => {
  it("group dead letters and show the runbook of the node", async () => {
    const { issueId } = await fail("group");
    await fail("group");
    const [issue] = await list({ q: "answered 404" });
    expect(issue).toMatchObject({
      id: issueId,
      count: 2,
      openCount: 2,
      status: "open",
      nodeName: "Call the API",
      workflowName: "Orders",
      assignee: null,
    });
    const read = await issues.getIssue({ ctx: team.as("viewer"), input: { id: issueId } });
    expect(read).toMatchObject({ runbook: "Ring the API team.", note: "", activity: [] });
  });

  it("are triaged: assigned, noted, resolved, reopened, each with a line of activity", async () => {
    const { issueId } = await fail("triage");
    const operator = team.as("operator");
    const me = userOf(operator);
    expect(await update(issueId, { assigneeId: me, note: "looking" })).toMatchObject({
      assignee: { id: me, name: "Test operator" },
      note: "looking",
    });
    expect((await list({ assignee: "me" }, operator)).map((issue) => issue.id)).toEqual([issueId]);
    expect((await list({ assignee: "none" })).map((issue) => issue.id)).not.toContain(issueId);
    expect(await update(issueId, { status: "acknowledged" })).toMatchObject({ status: "acknowledged" });
    expect(await update(issueId, { status: "resolved" })).toMatchObject({ status: "resolved" });
    const read = await update(issueId, { status: "open", assigneeId: null });
    expect(read.activity.map((line) => line.action).toSorted()).toEqual([
      "acknowledged",
      "assigned",
      "assigned",
      "noted",
      "reopened",
      "resolved",
    ]);
    expect(read.activity[0]).toMatchObject({ actor: "Test operator" });
    expect(await auditActions(test.db, team.workspaceId)).toContain("issue.updated");
  });

  it("that are snoozed come back by themselves", async () => {
    const { issueId } = await fail("snooze");
    await update(issueId, { status: "snoozed", snooze: { until: new Date(Date.now() + 3_600_000).toISOString() } });
    expect((await list({ status: "snoozed" })).map((issue) => issue.id)).toEqual([issueId]);
    const before = await issues.countIssues({ ctx: team.as("viewer") });
    const past = JSON.stringify({ until: new Date(Date.now() - 1_000).toISOString() });
    await test.db.pool.query("UPDATE issue SET snooze = $1 WHERE id = $2", [past, issueId]);
    expect(await list({ status: "snoozed" })).toEqual([]);
    expect((await list({ status: "open" })).map((issue) => issue.id)).toContain(issueId);
    const after = await issues.countIssues({ ctx: team.as("viewer") });
    expect(after).toMatchObject({ snoozed: before.snoozed - 1, review: before.review + 1, all: before.all });
  });

  it("refuse a snooze into the past or without an end, and somebody who is no member", async () => {
    const { issueId } = await fail("refused");
    expect(issues.updateIssueSchema.safeParse({ status: "snoozed" }).success).toBe(false);
    expect(issues.updateIssueSchema.safeParse({ snooze: { until: new Date().toISOString() } }).success).toBe(false);
    expect(issues.updateIssueSchema.safeParse({ title: "x" }).success).toBe(false);
    const past = { status: "snoozed", snooze: { until: "2020-01-01T00:00:00Z" } };
    await expect(update(issueId, past)).rejects.toMatchObject({ code: "invalid_input" });
    await expect(update(issueId, { assigneeId: userOf(other.as("owner")) })).rejects.toMatchObject({ problems: [{ path: "assigneeId" }] });
  });

  it("are listed in pages by each sort key", async () => {
    const mine = await createTestTeam(test.db);
    for (const n of [1, 2, 3]) {
      await test.db.pool.query(
        `INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at)
         VALUES ($1, $2, $3, 'n', 'permanent', $4, $4, $5::int, now() - $5::int * interval '1 day', now() + $5::int * interval '1 microsecond', now())`,
        [newId(), mine.workspaceId, where.workflowId, `f${n}`, n],
      );
    }
    for (const [sort, titles] of [
      ["lastSeen", 3],
      ["firstSeen", ["f1", "f2", "f3"]],
      ["count", ["f3", "f2", "f1"]],
      ["trend", 3],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const input = issues.listIssuesSchema.parse({ sort, limit: "1", ...(cursor ? { cursor } : {}) });
        const page = await issues.listIssues({ ctx: mine.as("viewer"), input });
        seen.push(...page.items.map((issue) => issue.title));
        cursor = page.nextCursor;
      } while (cursor);
      if (typeof titles === "number") expect(new Set(seen).size).toBe(titles);
      else expect(seen).toEqual(titles);
    }
    const forged = issues.listIssuesSchema.parse({ cursor: "1_x" });
    await expect(issues.listIssues({ ctx: mine.as("viewer"), input: forged })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("count their items by hour of the last day, and the one with most more of them than the day before is first by trend", async () => {
    const ids: string[] = [];
    const at = (hoursAgo: number) => Date.now() - hoursAgo * 3_600_000;
    for (const hours of [
      [0.5, 2.5],
      [0.5, 30, 31, 32],
      [0.5, 0.6, 2.5],
    ]) {
      const { issueId } = await fail(`trend ${ids.length}`);
      await test.db.pool.query("UPDATE dead_letter SET id = $2 WHERE issue_id = $1", [issueId, newId(at(hours[0] ?? 0))]);
      for (const ago of hours.slice(1)) {
        const { deadLetterId } = await fail(`trend ${ids.length}`);
        await test.db.pool.query("UPDATE dead_letter SET id = $2 WHERE id = $1", [deadLetterId, newId(at(ago))]);
      }
      ids.push(issueId);
    }
    const [first, second, third] = ids;
    const listed = (await list({ sort: "trend" })).filter((issue) => ids.includes(issue.id));
    expect(listed.map((issue) => issue.id)).toEqual([third, first, second]);
    expect(listed[0]?.arrivals).toHaveLength(24);
    expect(listed[0]?.arrivals.slice(-4)).toEqual([0, 1, 0, 2]);
    expect(listed[2]?.arrivals.reduce((sum, count) => sum + count)).toBe(1);
  });

  it("that resolved themselves are for review as long as items of them wait", async () => {
    const { issueId, deadLetterId } = await fail("left");
    const before = await issues.countIssues({ ctx: team.as("viewer") });
    await test.db.pool.query("UPDATE issue SET status = 'resolved', resolved_by_itself = true WHERE id = $1", [issueId]);
    const review = async () => (await list({ status: "open,acknowledged", withLeftItems: "true" })).find((issue) => issue.id === issueId);
    expect(await review()).toMatchObject({ status: "resolved", resolvedByItself: true, openCount: 1 });
    expect((await list({ status: "open,acknowledged" })).map((issue) => issue.id)).not.toContain(issueId);
    expect(await issues.countIssues({ ctx: team.as("viewer") })).toMatchObject({ review: before.review, resolved: before.resolved + 1 });
    await update(issueId, { note: "looked at" });
    expect(await review()).toMatchObject({ resolvedByItself: true });
    await test.db.pool.query("UPDATE dead_letter SET status = 'discarded' WHERE id = $1", [deadLetterId]);
    expect(await review()).toBeUndefined();
  });

  it("are not changed by a viewer, nor seen from another workspace", async () => {
    const { issueId } = await fail("mine");
    await expect(update(issueId, { note: "x" }, team.as("viewer"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(update(issueId, { note: "x" }, other.as("owner"))).rejects.toMatchObject({ code: "not_found" });
    await expect(issues.getIssue({ ctx: other.as("owner"), input: { id: issueId } })).rejects.toMatchObject({ code: "not_found" });
    expect(await list({}, other.as("owner"))).toEqual([]);
    expect((await issues.countIssues({ ctx: other.as("owner") })).all).toBe(0);
    await expect(issues.countIssues({ ctx: team.withScopes([]) })).rejects.toMatchObject({ code: "forbidden" });
  });
});

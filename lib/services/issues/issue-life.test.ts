import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import { keepIssues } from "#lib/runtime/issue-keeper.ts";
import { newId } from "#lib/shared/ids.ts";
import { actorColumns } from "../audit.ts";
import type { Context } from "../context.ts";
import { listDeadLetters, listDeadLettersSchema } from "../dead-letters/index.ts";
import { createTestUser } from "../testing.ts";
import * as issues from "./index.ts";

let engine: TestEngine;
let ctx: Context;
let colleague: Context;

beforeAll(async () => {
  engine = await createTestEngine();
  const base = { workspaceId: engine.workspaceId, db: engine.db, now: Date.now, requestId: "test" };
  ctx = { ...base, actor: await createTestUser(engine.db, engine.workspaceId, "operator") };
  colleague = { ...base, actor: await createTestUser(engine.db, engine.workspaceId, "operator") };
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.onCall(() => answer(422, {}));
});

const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    {
      id: "call",
      type: "http-request",
      name: "Call",
      config: { method: "GET", url: "https://api.test/x" },
      policy: { retry: { maxAttempts: 1 }, breaker: { enabled: false } },
    },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
};

const save = () => engine.saveDocument(document);
const run = (saved: SavedDocument) => engine.run(saved, {});

/** A run of another version than the first. */
async function runVersion(saved: SavedDocument, version: number) {
  const { runId } = await engine.intake.accept({
    workspaceId: engine.workspaceId,
    workflowId: saved.workflowId,
    documentId: saved.documentId,
    version,
    mode: "live",
    triggerId: null,
    triggerType: "manual",
    triggerNodeId: "start",
    data: "{}",
    dedupe: null,
    runDeadlineMs: 3_600_000,
    replayOf: null,
    gate: null,
    priority: 0,
  });
  return untilEnd(engine, runId);
}

async function issuesOf(saved: SavedDocument) {
  const list = await issues.listIssues({ ctx, input: issues.listIssuesSchema.parse({ workflowId: saved.workflowId }) });
  return Promise.all(list.items.map((item) => issues.getIssue({ ctx, input: { id: item.id } })));
}

async function onlyIssue(saved: SavedDocument) {
  const [issue, ...others] = await issuesOf(saved);
  if (issue === undefined || others.length > 0) throw new Error(`${others.length + 1} issues`);
  return issue;
}

const update = (id: string, input: object, by = ctx) =>
  issues.updateIssue({ ctx: by, input: { ...issues.updateIssueSchema.parse(input), id } });

async function notifications(issueId: string): Promise<string[]> {
  const { rows } = await engine.db.pool.query<{ kind: string }>(
    "SELECT kind FROM issue_notification WHERE issue_id = $1 ORDER BY episode, at",
    [issueId],
  );
  return rows.map((row) => row.kind);
}

const failOtherwise = (status: number) => engine.onCall(() => answer(status, {}));

describe("an issue", () => {
  test("scenario 94: 5,000 failures of one cause make one issue that counts them and one notification, and it resolves itself after 20 successes", async () => {
    const saved = await save();
    const failures = 5_000;
    await Promise.all(Array.from({ length: failures }, () => engine.accept(saved, {})));
    await expect.poll(async () => (await issuesOf(saved))[0]?.count, { timeout: 150_000, interval: 500 }).toBe(failures);
    const issue = await onlyIssue(saved);
    expect(issue).toMatchObject({
      status: "open",
      count: failures,
      openCount: failures,
      regressed: false,
      firstVersion: 1,
      lastVersion: 1,
    });
    expect(await notifications(issue.id)).toEqual(["opened"]);
    await keepIssues(engine.db.pool);
    expect((await onlyIssue(saved)).status).toBe("open");

    engine.onCall(() => answer(200, {}));
    for (let i = 0; i < 19; i++) expect((await run(saved)).status).toBe("succeeded");
    await keepIssues(engine.db.pool);
    expect((await onlyIssue(saved)).status).toBe("open");
    await run(saved);
    await keepIssues(engine.db.pool);
    const over = await onlyIssue(saved);
    expect(over).toMatchObject({ status: "resolved", openCount: failures });
    expect(over.activity[0]).toMatchObject({
      actor: "system keeper",
      action: "resolved",
      details: { reason: "its step has succeeded 20 times since" },
    });
    expect(await notifications(issue.id)).toEqual(["opened"]);
  }, 200_000);

  test("that was resolved and happens again is regressed, and people are told once more", async () => {
    const saved = await save();
    await run(saved);
    const { id } = await onlyIssue(saved);
    await update(id, { status: "resolved" });
    await run(saved);
    await run(saved);
    const issue = await onlyIssue(saved);
    expect(issue).toMatchObject({ id, status: "open", regressed: true, count: 3 });
    expect(issue.activity.map((line) => line.action)).toEqual(["regressed", "resolved"]);
    expect(await notifications(id)).toEqual(["opened", "regressed"]);
  });

  test("resolved in the next version is brought back by a newer version alone", async () => {
    const saved = await save();
    await engine.db.pool.query("UPDATE workflow SET live_version = 1 WHERE id = $1", [saved.workflowId]);
    await run(saved);
    const { id } = await onlyIssue(saved);
    expect(await update(id, { status: "resolved", inNextVersion: true })).toMatchObject({ status: "resolved", resolvedInVersion: 1 });
    await run(saved);
    expect(await onlyIssue(saved)).toMatchObject({ status: "resolved", regressed: false, count: 2 });
    await runVersion(saved, 2);
    expect(await onlyIssue(saved)).toMatchObject({ status: "open", regressed: true, count: 3, lastVersion: 2 });
  });

  test("snoozed until so many more comes back by itself, and says why", async () => {
    const saved = await save();
    await run(saved);
    const { id } = await onlyIssue(saved);
    expect(await update(id, { status: "snoozed", snooze: { moreItems: 2, reason: "known" } })).toMatchObject({
      status: "snoozed",
      snooze: { moreItems: 2, countAt: 1 },
    });
    await run(saved);
    await keepIssues(engine.db.pool);
    expect((await onlyIssue(saved)).status).toBe("snoozed");
    await run(saved);
    await keepIssues(engine.db.pool);
    const back = await onlyIssue(saved);
    expect(back).toMatchObject({ status: "open", snooze: null, count: 3 });
    expect(back.activity[0]).toMatchObject({ action: "unsnoozed", details: { reason: "2 more since it was snoozed" } });
    expect(await notifications(id)).toEqual(["opened", "unsnoozed"]);
  });

  test("escalates when it happens far more often than it used to, once, and calms down", async () => {
    const saved = await save();
    await run(saved);
    const { id } = await onlyIssue(saved);
    await engine.db.pool.query("UPDATE issue SET first_seen_at = now() - interval '10 days' WHERE id = $1", [id]);
    for (let i = 0; i < 20; i++) await engine.accept(saved, {});
    await expect.poll(async () => (await onlyIssue(saved)).count, { timeout: 30_000 }).toBe(21);
    await keepIssues(engine.db.pool);
    await keepIssues(engine.db.pool);
    expect((await onlyIssue(saved)).escalating).toBe(true);
    expect(await notifications(id)).toEqual(["opened", "escalating"]);
    await engine.db.pool.query("DELETE FROM dead_letter WHERE issue_id = $1", [id]);
    await keepIssues(engine.db.pool);
    expect((await onlyIssue(saved)).escalating).toBe(false);
  }, 60_000);

  test("that was ignored goes on counting and tells nobody", async () => {
    const saved = await save();
    await run(saved);
    const { id } = await onlyIssue(saved);
    await update(id, { status: "ignored" });
    await run(saved);
    await keepIssues(engine.db.pool);
    expect(await onlyIssue(saved)).toMatchObject({ status: "ignored", count: 2 });
    expect(await notifications(id)).toEqual(["opened"]);
  });

  test("is assigned to whoever published its workflow last and is still there to mend it; later failures leave the choice of people alone", async () => {
    const saved = await save();
    const [first, left, looks] = await Promise.all(
      (["builder", "builder", "viewer"] as const).map((role) => createTestUser(engine.db, engine.workspaceId, role)),
    );
    await engine.db.pool.query("DELETE FROM member WHERE user_id = $1", [left?.userId]);
    const publishers = [first?.email, left?.email, looks?.email, `token:${newId()}`];
    await engine.db.pool.query(
      `INSERT INTO workflow_version (workflow_id, version, workspace_id, document_id, published_by)
       SELECT $1, n + 100, $2, $3, by FROM unnest($4::text[]) WITH ORDINALITY AS t (by, n)`,
      [saved.workflowId, engine.workspaceId, saved.documentId, publishers],
    );
    await run(saved);
    const issue = await onlyIssue(saved);
    expect(issue.assignee?.id).toBe(first?.userId);
    expect(issue.activity).toMatchObject([{ actor: "system keeper", action: "assigned", details: { to: first?.userId, as: "publisher" } }]);
    await expect(issues.undoIssue({ ctx, input: { id: issue.id } })).rejects.toThrow("nothing of yours to undo");
    await update(issue.id, { assigneeId: null });
    await run(saved);
    expect(await onlyIssue(saved)).toMatchObject({ count: 2, assignee: null });
    expect((await onlyIssue(saved)).activity).toHaveLength(2);
  });

  test("merged into another counts there from now on, and a split by a sample takes them apart again", async () => {
    const saved = await save();
    await run(saved);
    const first = await onlyIssue(saved);
    failOtherwise(404);
    await run(saved);
    const second = (await issuesOf(saved)).find((issue) => issue.id !== first.id);
    const merged = await issues.mergeIssue({ ctx, input: { id: second?.id ?? "", into: first.id } });
    expect(merged).toMatchObject({ id: first.id, count: 2, openCount: 2 });
    expect(await issues.getIssue({ ctx, input: { id: second?.id ?? "" } })).toMatchObject({ mergedInto: first.id, openCount: 0 });
    await expect(update(second?.id ?? "", { note: "x" })).rejects.toMatchObject({ code: "conflict" });
    await run(saved);
    expect(await onlyIssue(saved)).toMatchObject({ id: first.id, count: 3, openCount: 3 });

    const { items } = await listDeadLetters({ ctx, input: listDeadLettersSchema.parse({ issueId: first.id }) });
    const sample = items.find((item) => item.error.code === "http_404");
    const apart = await issues.splitIssue({ ctx, input: { id: first.id, deadLetterId: sample?.id ?? "" } });
    expect(apart).toMatchObject({ id: second?.id, mergedInto: null, status: "open", count: 2, openCount: 2 });
    expect(await issues.getIssue({ ctx, input: { id: first.id } })).toMatchObject({ count: 1, openCount: 1 });
    await run(saved);
    expect(await issues.getIssue({ ctx, input: { id: apart.id } })).toMatchObject({ count: 3 });
  });

  test("is split by the very words of the error where it never was merged, and later failures follow the rule", async () => {
    const saved = await save();
    await run(saved);
    await run(saved);
    const issue = await onlyIssue(saved);
    const { items } = await listDeadLetters({ ctx, input: listDeadLettersSchema.parse({ issueId: issue.id }) });
    const [odd] = items;
    // One like all the others cannot be told from them, and an issue without an item would be left.
    const split = () => issues.splitIssue({ ctx, input: { id: issue.id, deadLetterId: odd?.id ?? "" } });
    await expect(split()).rejects.toMatchObject({ code: "conflict" });
    expect(await issues.getIssue({ ctx, input: { id: issue.id } })).toMatchObject({ count: 2, openCount: 2 });
    // As if one of the two had said something else.
    await engine.db.pool.query("UPDATE dead_letter SET error = replace(error, 'answered 422', 'said no') WHERE id = $1", [odd?.id]);
    const apart = await split();
    expect(apart).toMatchObject({ count: 1, openCount: 1 });
    expect(await issues.writePostMortem({ ctx, input: { id: issue.id } })).toContain("split (into GET api.test said no, items 1)");
    expect(await issues.getIssue({ ctx, input: { id: issue.id } })).toMatchObject({ count: 1, openCount: 1 });
    await run(saved);
    expect(await issues.getIssue({ ctx, input: { id: issue.id } })).toMatchObject({ count: 2 });
    await expect(split()).rejects.toMatchObject({ code: "not_found" });
  });

  test("and many others are changed at once, all or none, and the last change is taken back by who made it", async () => {
    const saved = [await save(), await save()];
    const ids: string[] = [];
    for (const one of saved) {
      await run(one);
      ids.push((await onlyIssue(one)).id);
    }
    const many = (input: object) => issues.updateIssues({ ctx, input: issues.updateIssuesSchema.parse(input) });
    await expect(many({ ids: [...ids, newId()], status: "resolved" })).rejects.toMatchObject({ code: "not_found" });
    expect((await issues.getIssue({ ctx, input: { id: ids[0] ?? "" } })).status).toBe("open");
    expect(await many({ ids, status: "resolved", note: "done" })).toEqual({ changed: 2 });

    const [id = ""] = ids;
    const undo = (by: Context) => issues.undoIssue({ ctx: by, input: { id } });
    await expect(undo(colleague)).rejects.toMatchObject({ code: "conflict" });
    expect(await undo(ctx)).toMatchObject({ status: "open", note: "" });
    await expect(undo(ctx)).rejects.toMatchObject({ code: "conflict" });
    const { rows } = await engine.db.pool.query<{ details: string }>(
      "SELECT details FROM audit_log WHERE entity_id = $1 AND action = 'issue.updated'",
      [id],
    );
    expect(JSON.parse(rows[0]?.details ?? "{}")).toMatchObject({
      before: { status: "open", note: "" },
      after: { status: "resolved", note: "done" },
    });
  });

  test("is told as a story in Markdown: figures, who did what, and how it ended", async () => {
    const saved = await save();
    await run(saved);
    const { id } = await onlyIssue(saved);
    await update(id, { note: "The | API\nteam knows", status: "acknowledged" });
    await update(id, { assigneeId: actorColumns(ctx.actor).actorId });
    await update(id, { status: "resolved" });
    const text = await issues.writePostMortem({ ctx, input: { id } });
    expect(text).toMatch(/^# GET api\.test answered 422\n/);
    expect(text).toContain("| **Failures** | 1 |");
    expect(text).toContain("| **Items** | 1 open |");
    expect(text).toContain("## Notes\n\nThe | API\nteam knows");
    const timeline = text.slice(text.indexOf("## Timeline"));
    expect(timeline.match(/first seen|(?<=: )(acknowledged|resolved)/g)).toEqual(["first seen", "acknowledged", "resolved"]);
    expect(timeline).toContain("assigned (to Test operator)");
    const other = { ...ctx, workspaceId: newId() };
    await expect(issues.writePostMortem({ ctx: other, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  });
});

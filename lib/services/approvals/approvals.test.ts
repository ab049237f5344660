import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { allPermissions } from "../permissions.ts";
import { auditActions, createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import { insertApproval, smallDocument } from "../testing-rows.ts";
import { createWorkflow, publishWorkflow } from "../workflows/index.ts";
import { countApprovals, decideApproval, getApproval, listApprovals, listApprovalsSchema } from "./index.ts";

let test: TestDb;
let team: TestTeam;
let where: { workspaceId: string; workflowId: string; documentId: string };

beforeAll(async () => {
  test = await createTestDb();
});
afterAll(() => test.drop());
beforeEach(async () => {
  team = await createTestTeam(test.db);
  const ctx = team.as("owner");
  const { id: workflowId } = await createWorkflow({ ctx, input: { name: "Refunds", document: smallDocument } });
  await publishWorkflow({ ctx, input: { id: workflowId, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [workflowId]);
  where = { workspaceId: team.workspaceId, workflowId, documentId: rows[0]?.id ?? "" };
});

const decide = (ctx: TestContext, id: string, decision: "approved" | "rejected" = "approved", comment = "") =>
  decideApproval({ ctx, input: { id, decision, comment } });

async function refusal(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof AppError ? thrown.code : String(thrown);
}

const list = async (ctx: TestContext, query: Record<string, string> = {}) =>
  (await listApprovals({ ctx, input: listApprovalsSchema.parse(query) })).items;

describe("deciding", () => {
  it("stores the decision with who made it, wakes the run, and is in the audit log", async () => {
    const id = await insertApproval(test.db, where);
    const ctx = team.as("operator");
    const decided = await decide(ctx, id, "rejected", "too much");
    const by = ctx.actor.type === "user" ? ctx.actor.email : "";
    expect(decided).toMatchObject({ status: "rejected", mayDecide: false, decision: { decision: "rejected", by, comment: "too much" } });
    const { rows } = await test.db.pool.query("SELECT FROM graphile_worker.jobs WHERE key = $1", [`run:${decided.runId}`]);
    expect(rows).toHaveLength(1);
    const { rows: audit } = await test.db.pool.query<{ details: string }>(
      "SELECT details FROM audit_log WHERE action = 'approval.rejected'",
    );
    expect(audit.map((row) => JSON.parse(row.details))).toMatchObject([
      { before: { status: "pending" }, after: { status: "rejected", comment: "too much" } },
    ]);
  });

  it("scenario 21: the same link opened twice in parallel stores one decision, and both see it", async () => {
    const id = await insertApproval(test.db, where);
    const [first, second] = [team.as("owner"), team.as("builder")];
    const views = await Promise.all([getApproval({ ctx: first, input: { id } }), getApproval({ ctx: second, input: { id } })]);
    expect(views.map((view) => view.mayDecide)).toEqual([true, true]);
    const decided = await Promise.all([decide(first, id, "approved", "fine"), decide(second, id, "rejected", "no")]);
    expect(decided[0]).toEqual(decided[1]);
    expect(await getApproval({ ctx: team.as("viewer"), input: { id } })).toEqual(decided[0]);
    const actions = await auditActions(test.db, team.workspaceId);
    expect(actions.filter((action) => action.startsWith("approval."))).toEqual([`approval.${decided[0]?.status}`]);
  });

  it("stores exactly one of many decisions at once", async () => {
    const id = await insertApproval(test.db, where);
    const views = await Promise.all(
      Array.from({ length: 12 }, (_, index) => decide(team.as("owner"), id, index % 2 ? "approved" : "rejected", String(index))),
    );
    expect(new Set(views.map((view) => JSON.stringify(view))).size).toBe(1);
    expect((await auditActions(test.db, team.workspaceId)).filter((action) => action.startsWith("approval."))).toHaveLength(1);
  });

  it("is for those who are asked: by e-mail or by role", async () => {
    const builder = team.as("builder");
    const email = builder.actor.type === "user" ? builder.actor.email.toLowerCase() : "";
    const byEmail = await insertApproval(test.db, { ...where, assignees: [email] });
    const byRole = await insertApproval(test.db, { ...where, assignees: ["owner"] });
    expect(await refusal(decide(team.as("owner"), byEmail))).toBe("forbidden");
    expect(await refusal(decide(builder, byRole))).toBe("forbidden");
    expect((await getApproval({ ctx: builder, input: { id: byRole } })).mayDecide).toBe(false);
    expect((await decide(builder, byEmail)).status).toBe("approved");
    expect((await decide(team.as("owner"), byRole)).status).toBe("approved");
  });

  it("is refused to who may only look, although named, and to tokens when somebody in particular is asked", async () => {
    const viewer = team.as("viewer");
    const named = await insertApproval(test.db, { ...where, assignees: [viewer.actor.type === "user" ? viewer.actor.email : ""] });
    const open = await insertApproval(test.db, where);
    expect(await refusal(decide(viewer, named))).toBe("forbidden");
    expect(await refusal(decide(team.withScopes(allPermissions), named))).toBe("forbidden");
    expect(await refusal(decide(team.withScopes(["approvals:read"]), open))).toBe("forbidden");
    expect((await decide(team.withScopes(["approvals:write"]), open)).decision?.by).toMatch(/^token /);
  });

  it("is refused when the run is over, and another workspace's is unknown", async () => {
    const id = await insertApproval(test.db, where);
    const theirs = await createTestTeam(test.db);
    expect(await refusal(decide(theirs.as("owner"), id))).toBe("not_found");
    expect(await refusal(decide(team.as("owner"), newId()))).toBe("not_found");
    await test.db.pool.query("UPDATE run SET status = 'canceled' WHERE id = (SELECT run_id FROM approval WHERE id = $1)", [id]);
    expect(await refusal(decide(team.as("owner"), id))).toBe("conflict");
    expect((await getApproval({ ctx: team.as("owner"), input: { id } })).status).toBe("canceled");
  });
});

describe("the list", () => {
  it("is by status, newest first, a page at a time, and of one workspace", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push(await insertApproval(test.db, { ...where, message: `No ${index}` }));
    const owner = team.as("owner");
    await decide(owner, ids[0] ?? "");
    expect((await list(owner, { status: "pending" })).map((each) => each.id)).toEqual(ids.slice(1).toReversed());
    expect((await list(owner, { status: "approved,rejected" })).map((each) => each.id)).toEqual([ids[0]]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listApprovals>> = await listApprovals({
        ctx: owner,
        input: listApprovalsSchema.parse({ limit: "2", ...(cursor !== null && { cursor }) }),
      });
      seen.push(...page.items.map((each) => each.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids.toReversed());
    const theirs = await createTestTeam(test.db);
    expect(await list(theirs.as("owner"))).toEqual([]);
    expect(await refusal(list(owner, { cursor: "made-up" }))).toBe("invalid_input");
  });

  it("and the counts tell what is for oneself", async () => {
    await insertApproval(test.db, where);
    await insertApproval(test.db, { ...where, assignees: ["owner"] });
    const builder = team.as("builder");
    expect(await countApprovals({ ctx: builder })).toEqual({ pending: 2, mine: 1 });
    expect(await list(builder, { mine: "true" })).toHaveLength(1);
    expect(await countApprovals({ ctx: team.as("owner") })).toEqual({ pending: 2, mine: 2 });
    expect(await countApprovals({ ctx: team.withScopes(["approvals:read"]) })).toEqual({ pending: 2, mine: 1 });
  });
});

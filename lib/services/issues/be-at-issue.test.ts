import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import type { Presence } from "#lib/shared/inbox-types.ts";
import { createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument } from "../testing-rows.ts";
import { createWorkflow, createWorkflowSchema, publishWorkflow } from "../workflows/index.ts";
import { beAtIssue } from "./index.ts";

let test: TestDb;
let team: TestTeam;
let issueId: string;
let otherIssueId: string;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  const ctx = team.as("builder");
  const { id } = await createWorkflow({ ctx, input: createWorkflowSchema.parse({ name: "Orders", document: smallDocument }) });
  await publishWorkflow({ ctx, input: { id, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [id]);
  const where = { workspaceId: team.workspaceId, workflowId: id, documentId: rows[0]?.id ?? "" };
  ({ issueId } = await insertFailedRun(test.db, { ...where, fingerprint: "here" }));
  ({ issueId: otherIssueId } = await insertFailedRun(test.db, { ...where, fingerprint: "elsewhere" }));
});
afterAll(() => test.drop());

const be = async (doing: Presence, ctx: TestContext, id = issueId) => {
  const { others } = await beAtIssue({ ctx, input: { id, doing } });
  return others.map((person) => `${person.name} ${person.doing}`);
};

describe("who is at an issue", () => {
  it("is seen by the others there with what they are at, until they go", async () => {
    expect(await be("looking", team.as("viewer"))).toEqual([]);
    expect(await be("redriving", team.as("operator"))).toEqual(["Test viewer looking"]);
    expect(await be("looking", team.as("viewer"))).toEqual(["Test operator redriving"]);
    expect(await be("looking", team.as("owner"), otherIssueId)).toEqual([]);
    expect(await be("gone", team.as("operator"))).toEqual(["Test viewer looking"]);
    expect(await be("looking", team.as("viewer"))).toEqual([]);
  });

  it("is forgotten when nothing is heard of them, and leaves no row behind", async () => {
    await be("looking", team.as("builder"));
    await test.db.pool.query("UPDATE issue_presence SET seen_at = now() - interval '46 seconds'");
    expect(await be("looking", team.as("operator"))).toEqual([]);
    const { rows } = await test.db.pool.query("SELECT count(*)::int AS n FROM issue_presence");
    expect(rows).toEqual([{ n: 1 }]);
  });

  it("is told to open screens when it changes, not each time it is said again", async () => {
    const client = await test.db.pool.connect();
    const told: string[] = [];
    client.on("notification", ({ payload = "" }) => told.push(payload));
    await client.query("LISTEN sluice_run");
    await be("gone", team.as("operator"));
    told.length = 0;
    for (const doing of ["looking", "looking", "writing", "writing", "gone", "gone"] as const) await be(doing, team.as("operator"));
    await client.query("SELECT 1");
    client.release(true);
    const change = JSON.stringify({ w: team.workspaceId, k: "presence", i: [issueId] });
    expect(told.map((text) => JSON.stringify(JSON.parse(text)))).toEqual([change, change, change]);
  });

  it("is nobody for an API token, and nothing of another workspace", async () => {
    await be("gone", team.as("operator"));
    await be("looking", team.as("viewer"));
    expect(await be("redriving", team.withScopes(["issues:read"]))).toEqual(["Test viewer looking"]);
    expect(await be("looking", team.as("viewer"))).toEqual([]);
    const foreign = await createTestTeam(test.db);
    await expect(be("looking", foreign.as("owner"))).rejects.toMatchObject({ code: "not_found" });
  });
});

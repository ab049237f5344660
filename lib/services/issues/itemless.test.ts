import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import * as issues from "./index.ts";

let own: TestDb;
let team: TestTeam;

beforeAll(async () => {
  own = await createTestDb();
  team = await createTestTeam(own.db);
});
afterAll(() => own.drop());

async function insertIssue(fields: { type: string; title: string; connectionId: string | null }): Promise<string> {
  const id = newId();
  await own.db.pool.query(
    `INSERT INTO issue (id, workspace_id, connection_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at)
     VALUES ($1, $2, $3, $4, gen_random_uuid()::text, $5, 3, now(), now(), now())`,
    [id, team.workspaceId, fields.connectionId, fields.type, fields.title],
  );
  return id;
}

test("an issue of a connection, or of the workspace alone, is listed, found, triaged and written about like any other", async () => {
  const ctx = team.as("operator");
  const connectionId = newId();
  await own.db.pool.query("INSERT INTO connection (id, workspace_id, name, kind) VALUES ($1, $2, 'Acme CRM', 'none')", [
    connectionId,
    team.workspaceId,
  ]);
  const id = await insertIssue({ type: "breaker_open", title: "api.acme.test keeps failing", connectionId });
  const other = await insertIssue({ type: "queue_latency", title: "Runs wait", connectionId: null });
  const list = (filter: object) => issues.listIssues({ ctx, input: issues.listIssuesSchema.parse(filter) });
  expect((await list({})).items).toHaveLength(2);
  expect((await list({ q: "acme crm" })).items).toMatchObject([
    {
      id,
      workflowId: null,
      workflowName: null,
      nodeId: null,
      nodeName: null,
      connection: { id: connectionId, name: "Acme CRM" },
      openCount: 0,
    },
  ]);
  expect((await list({ q: "runs wait" })).items).toMatchObject([{ connection: null, count: 3 }]);
  expect(await issues.countIssues({ ctx })).toMatchObject({ review: 2, all: 2 });

  const update = (change: object) => issues.updateIssue({ ctx, input: { ...issues.updateIssueSchema.parse(change), id } });
  const snooze = { until: new Date(Date.now() + 3_600_000).toISOString() };
  expect(await update({ status: "acknowledged", note: "They know." })).toMatchObject({ status: "acknowledged", runbook: "" });
  expect(await update({ status: "snoozed", snooze })).toMatchObject({ status: "snoozed" });
  expect(await issues.undoIssue({ ctx, input: { id } })).toMatchObject({ status: "acknowledged" });
  for (const status of ["ignored", "resolved", "open"]) expect(await update({ status })).toMatchObject({ status });

  await expect(issues.mergeIssue({ ctx, input: { id, into: other } })).rejects.toMatchObject({ code: "conflict" });

  const text = await issues.writePostMortem({ ctx, input: { id } });
  expect(text).toContain("| **Connection** | Acme CRM |");
  expect(text).toContain("| **Times** | 3 |");
  expect(text).toContain("They know.");
  expect(text).not.toContain("null");
});

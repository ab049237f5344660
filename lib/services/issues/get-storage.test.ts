import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { insertFailedRun, smallDocument } from "../testing-rows.ts";
import { createWorkflow, createWorkflowSchema, publishWorkflow } from "../workflows/index.ts";
import { getStorage } from "./index.ts";

let test: TestDb;
let team: TestTeam;
let where: { workspaceId: string; workflowId: string; documentId: string };

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  const ctx = team.as("builder");
  const { id } = await createWorkflow({ ctx, input: createWorkflowSchema.parse({ name: "Orders", document: smallDocument }) });
  await publishWorkflow({ ctx, input: { id, note: "" } });
  const { rows } = await test.db.pool.query<{ id: string }>("SELECT id FROM workflow_document WHERE workflow_id = $1", [id]);
  where = { workspaceId: team.workspaceId, workflowId: id, documentId: rows[0]?.id ?? "" };
});
afterAll(() => test.drop());

const storage = () => getStorage({ ctx: team.as("viewer") });
const weekMs = 7 * 86_400_000;

describe("the storage of the inbox", () => {
  it("is what items and history take; nothing is held where nothing is older than the retention", async () => {
    const before = await storage();
    expect(before).toMatchObject({ heldBytes: 0, heldFrom: null, oldestOpenAt: null, retentionDays: 30 });
    await insertFailedRun(test.db, { ...where, fingerprint: "first" });
    const { rows } = await test.db.pool.query<{ dead_at: Date }>("SELECT dead_at FROM dead_letter");
    await insertFailedRun(test.db, { ...where, fingerprint: "second" });
    const after = await storage();
    expect(after.oldestOpenAt).toBe(rows[0]?.dead_at.toISOString());
    expect(after.itemsBytes).toBeGreaterThan(before.itemsBytes);
    expect(after.historyBytes).toBeGreaterThan(before.historyBytes);
  });

  it("tells what is kept past the retention, and from when", async () => {
    await test.db.pool.query("SELECT ensure_partitions(now() - interval '70 days', 2)");
    const { heldBytes, heldFrom, historyBytes } = await storage();
    expect(heldBytes).toBeGreaterThan(0);
    expect(heldBytes).toBeLessThan(historyBytes);
    const age = Date.now() - Date.parse(heldFrom ?? "");
    expect(age).toBeGreaterThanOrEqual(10 * weekMs);
    expect(age).toBeLessThan(11 * weekMs);
    expect((await getStorage({ ctx: { ...team.as("viewer"), retentionDays: 365 } })).heldBytes).toBe(0);
  });
});

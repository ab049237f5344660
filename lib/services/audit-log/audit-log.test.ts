import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { recordAudit } from "../audit.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { inTransaction } from "../transaction.ts";
import { createWorkflow, createWorkflowSchema } from "../workflows/index.ts";
import { listAuditLog } from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

describe("audit log", () => {
  it("tells who did what, newest first, in pages, filtered literally", async () => {
    const ctx = team.as("owner");
    for (const entityId of ["1", "2", "3"]) {
      const entry = { action: "thing.changed", entityType: "thing", entityId, details: { note: "a' -- %" } };
      await inTransaction(ctx, (transaction) => recordAudit(transaction, ctx, entry));
    }
    const first = await listAuditLog({ ctx, input: { limit: 2 } });
    expect(first.items.map((item) => item.entityId)).toEqual(["3", "2"]);
    expect(first.items[0]).toMatchObject({
      actor: expect.stringContaining("owner-"),
      action: "thing.changed",
      details: { note: "a' -- %" },
    });
    const second = await listAuditLog({ ctx, input: { limit: 2, cursor: first.nextCursor ?? undefined } });
    expect(second.items.map((item) => item.entityId)).toEqual(["1"]);
    expect((await listAuditLog({ ctx, input: { limit: 10, entityId: "%" } })).items).toEqual([]);
  });

  it("names what an entry is about as it is called now, and nothing once that is gone", async () => {
    const { id } = await createWorkflow({ ctx: team.as("builder"), input: createWorkflowSchema.parse({ name: "Orders" }) });
    await inTransaction(team.as("builder"), (transaction) =>
      recordAudit(transaction, team.as("builder"), { action: "run.started", entityType: "run", entityId: newId() }),
    );
    const { items } = await listAuditLog({ ctx: team.as("owner"), input: { limit: 2 } });
    expect(items.map(({ entityType, entityId, entityName }) => ({ entityType, entityId, entityName }))).toEqual([
      { entityType: "run", entityId: expect.any(String), entityName: null },
      { entityType: "workflow", entityId: id, entityName: "Orders" },
    ]);
  });

  it("is kept with the change it tells of, or not at all", async () => {
    const ctx = team.as("builder");
    const failing = inTransaction(ctx, async (transaction) => {
      await recordAudit(transaction, ctx, { action: "thing.lost", entityType: "thing", entityId: "9" });
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    expect((await listAuditLog({ ctx: team.as("owner"), input: { limit: 10, action: "thing.lost" } })).items).toEqual([]);
  });

  it("cannot be changed, and is shown to owners of its workspace alone", async () => {
    await expect(test.db.pool.query("UPDATE audit_log SET action = 'nothing'")).rejects.toThrow("immutable");
    await expect(test.db.pool.query("DELETE FROM audit_log")).rejects.toThrow("immutable");
    await expect(listAuditLog({ ctx: team.as("viewer"), input: { limit: 1 } })).rejects.toMatchObject({ code: "forbidden" });
    const other = await createTestTeam(test.db);
    expect((await listAuditLog({ ctx: other.as("owner"), input: { limit: 10 } })).items).toEqual([]);
  });
});

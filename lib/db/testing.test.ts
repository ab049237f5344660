import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "./testing.ts";

let own: TestDb;
beforeAll(async () => {
  own = await createTestDb();
});
afterAll(() => own.drop());

test("a test database is migrated and empty, and each test file has its own", async () => {
  const other = await createTestDb();
  const { workspaceId } = await createTestWorkspace(own.db);
  expect((await own.db.pool.query("SELECT id FROM workspace")).rows).toEqual([{ id: workspaceId }]);
  expect((await other.db.pool.query("SELECT id FROM workspace")).rows).toEqual([]);
  await other.drop();
});

test("Prisma reads and writes on the same pool", async () => {
  const { workspaceId } = await createTestWorkspace(own.db);
  const found = await own.db.prisma.workspace.findUnique({ where: { id: workspaceId } });
  expect(found?.name).toBe(`test ${workspaceId}`);
  await expect(own.db.prisma.workspace.create({ data: { id: workspaceId, name: "twice" } })).rejects.toMatchObject({ code: "P2002" });
});

test("partitioned tables take rows through Prisma", async () => {
  const { workspaceId } = await createTestWorkspace(own.db);
  await own.db.prisma.payload.create({ data: { id: workspaceId, workspaceId, size: 2, body: "{}" } });
  expect(await own.db.prisma.payload.count({ where: { workspaceId } })).toBe(1);
});

test("graphile-worker's tables are there", async () => {
  const { rows } = await own.db.pool.query("SELECT to_regclass('graphile_worker._private_jobs') IS NOT NULL AS there");
  expect(rows).toEqual([{ there: true }]);
});

test("a statement that runs too long is ended by the server", async () => {
  const { rows } = await own.db.pool.query("SHOW statement_timeout");
  expect(rows).toEqual([{ statement_timeout: "30s" }]);
});

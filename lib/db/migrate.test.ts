import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate, pendingMigrations, readMigrations } from "./migrate.ts";
import { createEmptyDb } from "./testing.ts";

let database: Awaited<ReturnType<typeof createEmptyDb>>;
let pool: pg.Pool;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDb();
  pool = new pg.Pool({ connectionString: database.url });
  folder = await mkdtemp(join(tmpdir(), "sluice-migrations-"));
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

test("migrations apply in the order of their names, and only once", async () => {
  await write("2_second", "INSERT INTO t VALUES (2)");
  await write("1_first", "CREATE TABLE t (n int)");
  expect(await pendingMigrations(pool, folder)).toEqual(["1_first", "2_second"]);
  expect(await migrate({ url: database.url, folder })).toEqual({ applied: ["1_first", "2_second"], known: 2 });
  expect(await migrate({ url: database.url, folder })).toEqual({ applied: [], known: 2 });
  expect(await pendingMigrations(pool, folder)).toEqual([]);
  expect((await pool.query("SELECT n FROM t")).rows).toEqual([{ n: 2 }]);
});

test("several processes that migrate at once apply each migration once", async () => {
  await write("1_first", "CREATE TABLE t (n int); SELECT pg_sleep(0.1); INSERT INTO t VALUES (1)");
  const results = await Promise.all([1, 2, 3].map(() => migrate({ url: database.url, folder })));
  expect(results.flatMap((result) => result.applied)).toEqual(["1_first"]);
  expect((await pool.query("SELECT n FROM t")).rows).toEqual([{ n: 1 }]);
});

test("a migration changed after it was applied is refused by name", async () => {
  await write("1_first", "CREATE TABLE t (n int)");
  await migrate({ url: database.url, folder });
  await write("1_first", "CREATE TABLE t (n bigint)");
  await expect(migrate({ url: database.url, folder })).rejects.toThrow(/migration 1_first was changed after it was applied/);
  await expect(pendingMigrations(pool, folder)).rejects.toThrow(/1_first/);
});

test("a failing migration leaves nothing behind and can be mended", async () => {
  await write("1_first", "CREATE TABLE t (n int); SELECT 1 / 0");
  await expect(migrate({ url: database.url, folder })).rejects.toThrow(/1_first failed and was rolled back: division by zero/);
  expect((await pool.query("SELECT to_regclass('t') AS t")).rows).toEqual([{ t: null }]);
  await write("1_first", "CREATE TABLE t (n int)");
  expect((await migrate({ url: database.url, folder })).applied).toEqual(["1_first"]);
});

test("a migration that Prisma began and never finished is not applied a second time", async () => {
  await write("1_first", "CREATE TABLE t (n int)");
  await migrate({ url: database.url, folder });
  await pool.query("UPDATE _prisma_migrations SET finished_at = NULL");
  await expect(migrate({ url: database.url, folder })).rejects.toThrow(/begun and not finished/);
});

test("the repository's migrations make the same tables twice over", async () => {
  await migrate({ url: database.url });
  expect((await migrate({ url: database.url })).applied).toEqual([]);
  const { rows } = await pool.query<{ checksum: string }>("SELECT checksum FROM _prisma_migrations ORDER BY migration_name");
  expect(rows.map((row) => row.checksum)).toEqual((await readMigrations()).map((migration) => migration.checksum));
});

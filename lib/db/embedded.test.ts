import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbedded } from "./embedded.ts";
import { askServer, isAlive, waitForExit } from "./postmaster.ts";

let dataDir: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sluice-embedded-"));
  await chmod(dataDir, 0o755);
});
afterEach(async () => {
  for (const server of started.splice(0)) if (await server.isAlive()) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir });
  started.push(server);
  return server;
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

test("what was written is there after a stop and a start, at the same address", async () => {
  const first = await start();
  await query(first.url, "CREATE TABLE t AS SELECT 1 AS n");
  await first.stop();
  expect(await first.isAlive()).toBe(false);
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(second.adopted).toBe(false);
  expect(await query(second.url, "SELECT n FROM t")).toEqual([{ n: 1 }]);
});

test("a server left over by a killed supervisor is adopted", async () => {
  const first = await start();
  const second = await start();
  expect(second.adopted).toBe(true);
  expect(second.pid).toBe(first.pid);
});

test("a server that refuses our password is stopped, and the start fails by saying so", async () => {
  const first = await start();
  await query(first.url, "ALTER USER sluice PASSWORD 'someone-else'");
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/password is not the one in embedded.json/);
  expect(await isAlive(first.pid)).toBe(false);
});

test("a killed server comes back at once with what was committed", async () => {
  const first = await start();
  await query(first.url, "CREATE TABLE t AS SELECT 1 AS n");
  process.kill(first.pid, "SIGKILL");
  await waitForExit(first.pid, 5_000);
  const second = await start();
  expect(second.adopted).toBe(false);
  expect(await query(second.url, "SELECT n FROM t")).toEqual([{ n: 1 }]);
});

test("a pid file that names a stranger does not stop the start", async () => {
  const first = await start();
  await first.stop();
  const own = join(dataDir, "postgres", "own", "cluster", "postmaster.pid");
  await writeFile(own, `${process.pid}\n${own}\n0\n1\n`);
  const second = await start();
  expect(await askServer(second.url)).toBe("ready");
  expect(await isAlive(process.pid)).toBe(true);
});

test("a start that was killed while it created the cluster leaves nothing half-made", async () => {
  await mkdir(join(dataDir, "postgres", "own", "cluster.new", "base"), { recursive: true });
  const server = await start();
  expect(await query(server.url, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
});

test("a cluster of another major version is refused, not touched", async () => {
  const version = join(dataDir, "postgres", "own", "cluster", "PG_VERSION");
  await mkdir(join(version, ".."), { recursive: true });
  await writeFile(version, "17\n");
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/belongs to PostgreSQL 17/);
  expect(await readFile(version, "utf8")).toBe("17\n");
});

test.runIf(process.getuid?.() === 0)(
  "a data dir the system user cannot reach keeps its database elsewhere, also on the next start",
  async () => {
    await chmod(dataDir, 0o700);
    const first = await start();
    await query(first.url, "CREATE TABLE t AS SELECT 1 AS n");
    await first.stop();
    await chmod(dataDir, 0o755);
    const second = await start();
    expect(await query(second.url, "SELECT n FROM t")).toEqual([{ n: 1 }]);
    await second.stop();
    await rm(await readFile(join(dataDir, "postgres", "elsewhere"), "utf8"), { recursive: true });
  },
);

test.runIf(process.getuid?.() === 0)("a database that became unreachable is not replaced by an empty one", async () => {
  const first = await start();
  await first.stop();
  await chmod(dataDir, 0o700);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/cannot reach the database in .*own: make the folders above it traversable/);
});

test("the server speaks only to this machine and only with the password", async () => {
  const server = await start();
  const rows = await query<{ listen_addresses: string }>(server.url, "SHOW listen_addresses");
  expect(rows).toEqual([{ listen_addresses: "127.0.0.1" }]);
  expect(await askServer(server.url.replace(/:[^:@]+@/, ":wrong@"))).toBe("wrong-password");
});

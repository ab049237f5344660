import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { newId } from "#lib/shared/ids.ts";
import { type Db, openDb } from "./db.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";

/** Set by the global set-up of vitest: the folder of the cluster all test files of a run share. */
export const testFolderVariable = "SLUICE_TEST_FOLDER";

const template = "sluice_template";

export interface TestDb {
  db: Db;
  url: string;
  drop(): Promise<void>;
}

/** A migrated database of its own on a real PostgreSQL, cloned from a template. Call `drop` when the test file ends. */
export async function createTestDb(): Promise<TestDb> {
  const server = await sharedServer();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = withDatabase(server, name);
  const db = openDb({ url, applicationName: "test" });
  return {
    db,
    url,
    async drop() {
      await db.close();
      await dropDatabase(server, name);
    },
  };
}

/** An empty database without tables, for tests of the migrations themselves. */
export async function createEmptyDb(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = await sharedServer();
  const name = `empty_${randomBytes(6).toString("hex")}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  return { url: withDatabase(server, name), drop: () => dropDatabase(server, name) };
}

/** A workspace for a test to put its rows into. */
export async function createTestWorkspace(db: Db): Promise<{ workspaceId: string }> {
  const workspaceId = newId();
  await db.pool.query("INSERT INTO workspace (id, name) VALUES ($1, $2)", [workspaceId, `test ${workspaceId}`]);
  return { workspaceId };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, "postgres") });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/**
 * Without force first: a pool that was just ended has connections that are still saying goodbye, and the server waits up to
 * 5 s for them. One that a test forgot is cut off.
 */
async function dropDatabase(server: string, name: string): Promise<void> {
  await onServer(server, `DROP DATABASE IF EXISTS ${name}`).catch(() => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

/** The server of this run. The first test file that needs a database starts it; runs of pure tests never do. */
async function sharedServer(): Promise<string> {
  const folder = process.env[testFolderVariable];
  if (folder === undefined) throw new Error(`${testFolderVariable} is not set: run tests with vitest and the config of this repository`);
  const ready = join(folder, "ready");
  const failed = join(folder, "failed");
  try {
    await mkdir(join(folder, "starting"));
  } catch {
    return waitForServer(ready, failed);
  }
  try {
    const url = await startServer(folder);
    await writeFile(`${ready}.new`, url);
    await rename(`${ready}.new`, ready);
    return url;
  } catch (error) {
    await writeFile(failed, String(error));
    throw error;
  }
}

async function waitForServer(ready: string, failed: string): Promise<string> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const url = await readFile(ready, "utf8").catch(() => "");
    if (url !== "") return url;
    const failure = await readFile(failed, "utf8").catch(() => "");
    if (failure !== "") throw new Error(`the test database did not start: ${failure}`);
    await sleep(50);
  }
  throw new Error("the test database did not start in time");
}

async function startServer(folder: string): Promise<string> {
  const server = await startEmbedded({ dataDir: folder, disposable: true });
  await onServer(server.url, `CREATE DATABASE ${template}`);
  await migrate({ url: withDatabase(server.url, template) });
  await onServer(server.url, `ALTER DATABASE ${template} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  return server.url;
}

import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { consoleLogFactory, Logger, makeWorkerUtils } from "graphile-worker";
import pg from "pg";

export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

export interface MigrateResult {
  applied: string[];
  known: number;
}

/** The folder with Prisma's migrations: one folder each, sorted by the time it starts with. */
export const migrationsFolder = join(import.meta.dirname, "..", "..", "prisma", "migrations");

/** The key of Prisma's own migration lock: `prisma migrate deploy` and we never run at once. */
const lockKey = 72_707_369;

const historyTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

/** Reads the migrations of a folder in the order they apply. */
export async function readMigrations(folder: string = migrationsFolder): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Brings a database up to date: our migrations, each in a transaction of its own, then graphile-worker's. Any number of
 * processes may call this at once; one does the work and the others wait for it.
 */
export async function migrate(options: { url: string; folder?: string }): Promise<MigrateResult> {
  const migrations = await readMigrations(options.folder);
  const client = new pg.Client({ connectionString: options.url, application_name: "sluice migrate", connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await requireVersion(client);
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    await client.query(historyTable);
    const pending = findPending(migrations, await readHistory(client));
    for (const migration of pending) await apply(client, migration);
    await migrateGraphileWorker(options.url);
    return { applied: pending.map((migration) => migration.name), known: migrations.length };
  } finally {
    await client.end();
  }
}

/** The names of the migrations a database still lacks. Changes nothing. */
export async function pendingMigrations(queryable: Pick<pg.Pool, "query">, folder?: string): Promise<string[]> {
  const { rows } = await queryable.query<{ there: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there");
  const history = rows[0]?.there ? await readHistory(queryable) : [];
  return findPending(await readMigrations(folder), history).map((migration) => migration.name);
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version");
  const version = Math.floor((rows[0]?.version ?? 0) / 10_000);
  if (version < 15) throw new Error(`PostgreSQL ${version} is too old: Sluice needs 15 or newer`);
}

interface HistoryRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

async function readHistory(queryable: Pick<pg.Pool, "query">): Promise<HistoryRow[]> {
  const { rows } = await queryable.query<HistoryRow>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at",
  );
  return rows;
}

function findPending(migrations: Migration[], history: HistoryRow[]): Migration[] {
  const known = new Map(history.map((row) => [row.migration_name, row]));
  return migrations.filter((migration) => {
    const row = known.get(migration.name);
    if (!row) return true;
    if (row.finished_at === null) {
      throw new Error(
        `migration ${migration.name} was begun and not finished: see _prisma_migrations.logs, then \`npx prisma migrate resolve\``,
      );
    }
    if (row.checksum === migration.checksum) return false;
    throw new Error(
      `migration ${migration.name} was changed after it was applied: restore the file, and put the change into a new migration`,
    );
  });
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new Error(`migration ${migration.name} failed and was rolled back: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

const quiet = new Logger((scope) => (level, message, meta) => {
  if (level === "error" || level === "warning") consoleLogFactory(scope)(level, message, meta);
});

async function migrateGraphileWorker(url: string): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: url, logger: quiet, maxPoolSize: 1 });
  try {
    await utils.migrate();
  } finally {
    await utils.release();
  }
}

import { hostname } from "node:os";
import type pg from "pg";

/** The rows of one table as JSON, in a file with one line a table. */
interface TableRows {
  table: string;
  rows: object[];
}

/** Times that must lie ahead when a snapshot is looked at long after it was taken; all others may have passed, as after a standstill. */
const deadlines = new Set(["deadline_at", "expires_at"]);

const listTables = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND (
    (n.nspname = 'public' AND c.relname <> '_prisma_migrations') OR (n.nspname = 'graphile_worker' AND c.relname IN ('_private_jobs', '_private_tasks', '_private_job_queues')))
  ORDER BY c.relname`;

/** All rows of a database, table by table. */
export async function takeSnapshot(pool: pg.Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(listTables);
  const lines: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: object }>(`SELECT to_json(t) AS row FROM ${name} t`);
    if (rows.length > 0) lines.push(JSON.stringify({ table: name, rows: rows.map(({ row }) => row) } satisfies TableRows));
  }
  // The name of the machine it was taken on is nobody's business.
  return `${lines.join("\n")}\n`.replaceAll(`"host":"${hostname()}"`, `"host":"machine"`);
}

/** Puts a snapshot into an empty database of the release that it was taken from. */
export async function loadSnapshot(pool: pg.Pool, snapshot: string): Promise<void> {
  const tables = snapshot
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TableRows); // safe because takeSnapshot wrote it
  const client = await pool.connect();
  try {
    // In whatever order the tables come.
    await client.query("SET session_replication_role = replica");
    for (const { table, rows } of tables) await loadTable(client, table, rows);
    await client.query("SET session_replication_role = origin");
  } finally {
    client.release();
  }
}

async function loadTable(client: pg.PoolClient, table: string, rows: object[]): Promise<void> {
  const { rows: columns } = await client.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
    [table],
  );
  const names = columns.map(({ name }) => name);
  const values = names.map((name) =>
    deadlines.has(name) ? `CASE WHEN t.${name} IS NOT NULL THEN now() + interval '1 hour' END` : `t.${name}`,
  );
  await client.query(`DELETE FROM ${table}`);
  await client.query(
    `INSERT INTO ${table} (${names.join(", ")}) OVERRIDING SYSTEM VALUE SELECT ${values.join(", ")} FROM json_populate_recordset(NULL::${table}, $1) t`,
    [JSON.stringify(rows)],
  );
}

import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { type Conditions, listQuery } from "../list-query.ts";

/** So many runs are looked through for one page: payloads have no index, and no page may take long. */
const scanned = 20_000;
/** Of those whose text holds the value somewhere, so many are read. */
const maxCandidates = 2_000;

interface Candidate {
  id: string;
  data: string | null;
}

/** Finds runs whose event has a value at a path. `scannedTo` is where the next page goes on; null: all were looked through. */
export async function idsByField(
  ctx: Context,
  where: Conditions,
  field: { path: string[]; value: string },
  limit: number,
): Promise<{ ids: string[]; scannedTo: string | null }> {
  const window = `SELECT r.id, r.event_id FROM run r WHERE ${where.sql} ORDER BY r.id DESC LIMIT ${scanned}`;
  // The text of the value is in the data, whatever its place; the data is then read to see whether it is in this one.
  const wanted = where.value(JSON.stringify(field.value).slice(1, -1));
  const text = `
    WITH looked AS MATERIALIZED (${window}),
    edge AS (SELECT (SELECT id FROM looked ORDER BY id LIMIT 1) AS oldest, (SELECT count(*)::int FROM looked) AS n)
    SELECT edge.n, edge.oldest, c.id, c.data FROM edge LEFT JOIN LATERAL (
      SELECT l.id, coalesce(e.data, p.body) AS data
      FROM looked l JOIN event e ON e.id = l.event_id LEFT JOIN payload p ON p.id = e.data_ref
      WHERE strpos(coalesce(e.data, p.body), ${wanted}) > 0
      ORDER BY l.id DESC LIMIT ${maxCandidates}) c ON true`;
  const rows = await listQuery<{ n: number; oldest: string | null } & { [K in keyof Candidate]: Candidate[K] | null }>(
    ctx,
    text,
    where.values,
  );
  const candidates = rows.flatMap((row) => (row.id === null ? [] : [{ id: row.id, data: row.data }]));
  const matching = candidates.filter(({ data }) => valueAt(readJson(data), field.path) === field.value).map(({ id }) => id);
  const ids = matching.slice(0, limit);
  const last = ids.at(-1);
  if (matching.length > limit && last !== undefined) return { ids, scannedTo: last };
  if (candidates.length === maxCandidates) return { ids, scannedTo: candidates.at(-1)?.id ?? null };
  const complete = (rows[0]?.n ?? 0) < scanned;
  return { ids, scannedTo: complete ? null : (rows[0]?.oldest ?? null) };
}

/** A scalar as text; undefined when there is none. */
function valueAt(data: JsonValue, path: string[]): string | undefined {
  let value: JsonValue | undefined = data;
  for (const name of path) {
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isJsonObject(value ?? null) ? (value as Record<string, JsonValue>)[name] : undefined;
  }
  return value === undefined || (typeof value === "object" && value !== null) ? undefined : String(value);
}

import type { RunChart } from "#lib/shared/run-chart.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { type Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { conditions } from "./run-conditions.ts";
import { alternativesOf } from "./run-search.ts";
import type { ChartRunsInput } from "./schemas.ts";

/** So many runs are counted, the newest first: a chart of a million runs must not take longer than a list of them. */
export const maxCharted = 100_000;
const wantedBuckets = 60;
const shortestBucketMs = 1_000;

interface CountRow {
  from_ms: number;
  to_ms: number;
  found: number;
  bucket: number;
  status: RunStatus;
  count: number;
}

/** Counts the runs of a list by status and over time. */
export async function chartRuns({ ctx, input }: { ctx: Context; input: ChartRunsInput }): Promise<RunChart> {
  authorize(ctx.actor, "runs:read");
  const where = conditions(ctx, input);
  const branches = await alternativesOf(ctx, input, where);
  const rows = branches.length === 0 ? [] : await count(ctx, input, where, branches);
  return toChart(rows, input, ctx.now());
}

function count(ctx: Context, input: ChartRunsInput, where: Conditions, branches: string[]): Promise<CountRow[]> {
  const limit = maxCharted + 1;
  const newest = branches.map(
    (branch) => `(SELECT r.id, r.status, r.created_at FROM run r WHERE ${branch} ORDER BY r.id DESC LIMIT ${limit})`,
  );
  const from = where.value(input.from === undefined ? null : Date.parse(input.from));
  const to = where.value(input.to === undefined ? ctx.now() : Date.parse(input.to));
  const text = `
    WITH found AS MATERIALIZED (${newest.join(" UNION ")}),
    counted AS MATERIALIZED (SELECT status, extract(epoch FROM created_at) * 1000 AS at FROM found ORDER BY id DESC LIMIT ${maxCharted}),
    edge AS (
      SELECT (SELECT count(*) FROM found)::int AS found,
        CASE WHEN (SELECT count(*) FROM found) > ${maxCharted} OR ${from}::float8 IS NULL
          THEN (SELECT min(at) FROM counted) ELSE ${from}::float8 END::float8 AS from_ms,
        ${to}::float8 AS to_ms),
    width AS (SELECT edge.*, greatest(${shortestBucketMs}, ceil((to_ms - from_ms) / ${wantedBuckets})) AS ms FROM edge)
    SELECT w.from_ms, w.to_ms, w.found, greatest(0, least(${wantedBuckets - 1}, floor((c.at - w.from_ms) / w.ms)))::int AS bucket, c.status, count(*)::int AS count
    FROM counted c CROSS JOIN width w GROUP BY 1, 2, 3, 4, 5 ORDER BY 4, 5`;
  return listQuery<CountRow>(ctx, text, where.values);
}

function toChart(rows: CountRow[], input: ChartRunsInput, nowMs: number): RunChart {
  const toMs = rows[0]?.to_ms ?? (input.to === undefined ? nowMs : Date.parse(input.to));
  const fromMs = rows[0]?.from_ms ?? (input.from === undefined ? toMs : Date.parse(input.from));
  const bucketMs = Math.max(shortestBucketMs, Math.ceil((toMs - fromMs) / wantedBuckets));
  const totals = new Map<RunStatus, number>();
  for (const row of rows) totals.set(row.status, (totals.get(row.status) ?? 0) + row.count);
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    bucketMs,
    buckets: rows.map(({ bucket, status, count: n }) => ({ at: new Date(fromMs + bucket * bucketMs).toISOString(), status, count: n })),
    totals: [...totals].map(([status, n]) => ({ status, count: n })),
    total: rows.reduce((sum, row) => sum + row.count, 0),
    complete: (rows[0]?.found ?? 0) <= maxCharted,
  };
}

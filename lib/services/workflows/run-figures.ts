import type { Context } from "../context.ts";

export interface RunFigures {
  total: number;
  failed: number;
  /** 24 counts, the oldest hour first. */
  byHour: number[];
}

const hours = 24;
const hourMs = 3_600_000;

/** More of one workflow's runs are not counted, so that a busy one cannot make the list slow: the figure then means "at least". */
const countedAtMost = 10_000;

interface Row {
  workflow_id: string;
  hour: number;
  total: number;
  failed: number;
}

const countRuns = `
  SELECT w.id AS workflow_id, floor(extract(epoch FROM $2::timestamptz - r.created_at) / 3600)::int AS hour,
    count(*)::int AS total, count(*) FILTER (WHERE r.status = 'failed')::int AS failed
  FROM unnest($1::uuid[]) AS w (id),
    LATERAL (SELECT created_at, status FROM run WHERE workflow_id = w.id AND id >= uuid_at($3) AND mode = 'live'
      ORDER BY id DESC LIMIT ${countedAtMost}) r
  GROUP BY 1, 2`;

/** Counts the live runs of the last 24 hours, by workflow and hour. */
export async function readRunFigures(ctx: Context, workflowIds: string[]): Promise<Map<string, RunFigures>> {
  const now = new Date(ctx.now());
  const from = new Date(ctx.now() - hours * hourMs);
  const { rows } = await ctx.db.pool.query<Row>(countRuns, [workflowIds, now, from]);
  const figures = new Map<string, RunFigures>();
  for (const row of rows) {
    const entry = figures.get(row.workflow_id) ?? { total: 0, failed: 0, byHour: Array.from({ length: hours }, () => 0) };
    figures.set(row.workflow_id, entry);
    entry.total += row.total;
    entry.failed += row.failed;
    // The database's clock may run ahead of ours: a run "of the next hour" belongs to this one.
    const at = hours - 1 - Math.min(hours - 1, Math.max(0, row.hour));
    entry.byHour[at] = (entry.byHour[at] ?? 0) + row.total;
  }
  return figures;
}

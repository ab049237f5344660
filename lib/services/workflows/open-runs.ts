import type { Context } from "../context.ts";

/** More are not counted one by one. */
const maxCounted = 10_000;

const countOpen = `
  SELECT version, count(*)::int AS runs FROM (
    SELECT version FROM run WHERE workspace_id = $1 AND workflow_id = $2 AND mode = 'live' AND version IS NOT NULL
      AND status IN ('queued', 'running', 'waiting') LIMIT ${maxCounted}) r
  GROUP BY version`;

/** How many live runs of each version of a workflow have not ended: of the first 10,000. */
export async function openRunsByVersion(ctx: Context, workflowId: string): Promise<Map<number, number>> {
  const { rows } = await ctx.db.pool.query<{ version: number; runs: number }>(countOpen, [ctx.workspaceId, workflowId]);
  return new Map(rows.map(({ version, runs }) => [version, runs]));
}

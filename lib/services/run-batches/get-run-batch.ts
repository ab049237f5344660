import { AppError } from "#lib/shared/errors.ts";
import type { RunBatchDetail, RunBatchView } from "#lib/shared/run-batch-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { type RunBatchRow, runBatchColumns, runBatchTables, toRunBatchView } from "./view.ts";

const findBatch = `SELECT ${runBatchColumns} FROM ${runBatchTables} WHERE b.id = $1 AND b.workspace_id = $2`;

/** What did not go well comes first; of what did, the number is enough. */
const listNotable = `
  SELECT run_id AS "runId", new_run_id AS "newRunId", state, reason FROM run_batch_item
  WHERE batch_id = $1 AND state IN ('failed', 'skipped') ORDER BY state, position LIMIT 200`;

/** Shows a bulk replay or cancel with its progress and the first 200 runs that failed or were skipped, each with the reason. */
export async function getRunBatch({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<RunBatchDetail> {
  authorize(ctx.actor, "runs:read");
  const view = await readRunBatch(ctx, input.id);
  const { rows } = await ctx.db.pool.query<RunBatchDetail["notable"][number]>(listNotable, [input.id]);
  return { ...view, notable: rows };
}

/** The same without the runs, for whoever was authorized before. */
export async function readRunBatch(ctx: Context, id: string): Promise<RunBatchView> {
  const { rows } = await ctx.db.pool.query<RunBatchRow>(findBatch, [id, ctx.workspaceId]);
  if (rows[0] === undefined) throw new AppError("not_found", "there is no such bulk replay or cancel");
  return toRunBatchView(rows[0]);
}

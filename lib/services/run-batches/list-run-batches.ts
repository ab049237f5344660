import type { Page } from "#lib/shared/api-types.ts";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import type { ListRunBatchesInput } from "./schemas.ts";
import { type RunBatchRow, runBatchColumns, runBatchTables, toRunBatchView } from "./view.ts";

/** Lists bulk replays and cancels, newest first. */
export async function listRunBatches({ ctx, input }: { ctx: Context; input: ListRunBatchesInput }): Promise<Page<RunBatchView>> {
  authorize(ctx.actor, "runs:read");
  const where = new Conditions().add("b.workspace_id = ?", ctx.workspaceId).add("b.id < ?", decodeIdCursor(input.cursor));
  const text = `SELECT ${runBatchColumns} FROM ${runBatchTables} WHERE ${where.sql} ORDER BY b.id DESC LIMIT ${input.limit + 1}`;
  return toPage(await listQuery<RunBatchRow>(ctx, text, where.values), input.limit, toRunBatchView, (row) => row.id);
}

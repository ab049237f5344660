import type { AttemptView } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { hideLinks } from "../hide-links.ts";
import { type FullAttemptRow, fullAttemptColumns, toAttemptView } from "./step-view.ts";

const listAttempts = `
  SELECT ${fullAttemptColumns} FROM attempt a
  WHERE a.run_id = $1 AND a.step_id = $2 AND a.workspace_id = $3 ORDER BY a.no LIMIT 1000`;

/** Reads every try of a step with its request and response, oldest first. */
export async function readAttempts(ctx: Context, step: { runId: string; stepId: string }): Promise<AttemptView[]> {
  const { rows } = await ctx.db.pool.query<FullAttemptRow>(listAttempts, [step.runId, step.stepId, ctx.workspaceId]);
  return rows.map((row) => toAttemptView({ ...row, request: hideLinks(ctx, row.request), response: hideLinks(ctx, row.response) }));
}

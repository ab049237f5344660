import { AppError } from "#lib/shared/errors.ts";
import type { RedriveDetail, RedriveView } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { type RedriveRow, redriveColumns, redriveTables, toRedriveView } from "./view.ts";

const findRedrive = `SELECT ${redriveColumns} FROM ${redriveTables} WHERE r.id = $1 AND r.workspace_id = $2`;

/** What did not go well comes first; of what did, the number is enough. */
const listResults = `
  SELECT i.dead_letter_id AS "deadLetterId", l.issue_id AS "issueId", i.state, l.run_id AS "runId",
    coalesce(i.reason, CASE i.state WHEN 'failed' THEN l.error::json ->> 'message' END) AS reason
  FROM redrive_item i JOIN dead_letter l ON l.id = i.dead_letter_id
  WHERE i.redrive_id = $1 AND i.state IN ('failed', 'skipped') ORDER BY i.state, i.position LIMIT 200`;

/** Shows a bulk redrive with its progress and the first 200 items that failed again or were skipped, each with the reason. */
export async function getRedrive({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<RedriveDetail> {
  authorize(ctx.actor, "issues:read");
  const view = await readRedrive(ctx, input.id);
  const { rows } = await ctx.db.pool.query<RedriveDetail["notable"][number]>(listResults, [input.id]);
  return { ...view, notable: rows };
}

/** The same without the items, for whoever was authorized before. */
export async function readRedrive(ctx: Context, id: string): Promise<RedriveView> {
  const { rows } = await ctx.db.pool.query<RedriveRow>(findRedrive, [id, ctx.workspaceId]);
  if (rows[0] === undefined) throw new AppError("not_found", "there is no such bulk redrive");
  return toRedriveView(rows[0]);
}

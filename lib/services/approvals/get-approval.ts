import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { type ApprovalRow, approvalColumns, approvalTables, toApprovalView } from "./approval-view.ts";

const findApproval = `SELECT ${approvalColumns} FROM ${approvalTables} WHERE a.id = $1 AND a.workspace_id = $2`;

/** Shows what is to be decided, or how it was. */
export async function getApproval({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ApprovalView> {
  authorize(ctx.actor, "approvals:read");
  return readApproval(ctx, input.id);
}

/** The same for whoever may do something else with it. */
export async function readApproval(ctx: Context, id: string): Promise<ApprovalView> {
  const { rows } = await ctx.db.pool.query<ApprovalRow>(findApproval, [id, ctx.workspaceId]);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such approval; it is kept as long as its run");
  return toApprovalView(row, ctx.actor);
}

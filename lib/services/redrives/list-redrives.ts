import type { Page } from "#lib/shared/api-types.ts";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import type { ListRedrivesInput } from "./schemas.ts";
import { type RedriveRow, redriveColumns, redriveTables, toRedriveView } from "./view.ts";

/** Lists bulk redrives, newest first. */
export async function listRedrives({ ctx, input }: { ctx: Context; input: ListRedrivesInput }): Promise<Page<RedriveView>> {
  authorize(ctx.actor, "issues:read");
  const where = new Conditions().add("r.workspace_id = ?", ctx.workspaceId).add("r.id < ?", decodeIdCursor(input.cursor));
  const text = `SELECT ${redriveColumns} FROM ${redriveTables} WHERE ${where.sql} ORDER BY r.id DESC LIMIT ${input.limit + 1}`;
  return toPage(await listQuery<RedriveRow>(ctx, text, where.values), input.limit, toRedriveView, (row) => row.id);
}

import { AppError } from "#lib/shared/errors.ts";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import type { Context } from "../context.ts";
import { type SavedViewRow, savedViewColumns, savedViewTables, toSavedViewView } from "./view.ts";

const findView = `SELECT ${savedViewColumns} FROM ${savedViewTables} WHERE v.id = $1 AND v.workspace_id = $2`;

/** One view, for whoever was authorized before. */
export async function readSavedView(ctx: Context, id: string): Promise<SavedViewView> {
  const { rows } = await ctx.db.pool.query<SavedViewRow>(findView, [id, ctx.workspaceId]);
  if (rows[0] === undefined) throw new AppError("not_found", "there is no such view");
  return toSavedViewView(ctx, rows[0]);
}

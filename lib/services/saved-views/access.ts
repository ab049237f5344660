import type pg from "pg";
import { AppError } from "#lib/shared/errors.ts";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import type { Context } from "../context.ts";
import { authorize, type Permission } from "../permissions.ts";
import { isOwn, type SavedViewRow, savedViewColumns, savedViewTables } from "./view.ts";

const rights: Record<SavedViewView["screen"], { read: Permission; write: Permission }> = {
  runs: { read: "runs:read", write: "runs:write" },
  inbox: { read: "issues:read", write: "issues:write" },
};

/** Whoever sees a list may keep views of it; the team's are for those who may act in it. */
export function authorizeView(ctx: Context, { screen, shared }: { screen: SavedViewView["screen"]; shared: boolean }): void {
  authorize(ctx.actor, shared ? rights[screen].write : rights[screen].read);
}

const lockView = `SELECT ${savedViewColumns} FROM ${savedViewTables} WHERE v.id = $1 AND v.workspace_id = $2 FOR UPDATE OF v`;

/** The view to be changed, locked. Somebody else's own view does not exist; throws `not_found`. */
export async function lockSavedView(client: pg.ClientBase, ctx: Context, id: string): Promise<SavedViewRow> {
  const { rows } = await client.query<SavedViewRow>(lockView, [id, ctx.workspaceId]);
  const [row] = rows;
  if (row === undefined || !(row.shared || isOwn(ctx, row))) throw new AppError("not_found", "there is no such view");
  authorizeView(ctx, row);
  return row;
}

import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import { actorColumns } from "../audit.ts";
import type { Context } from "../context.ts";

export interface SavedViewRow {
  id: string;
  screen: SavedViewView["screen"];
  name: string;
  search: string;
  shared: boolean;
  actor_type: string;
  actor_id: string;
  actor: string;
}

/** The columns of SavedViewRow, of `saved_view v`. */
export const savedViewColumns = `v.id, v.screen, v.name, v.search, v.shared, v.actor_type, v.actor_id,
  coalesce(u.name, 'token ' || t.name, concat_ws(' ', v.actor_type, v.actor_id)) AS actor`;

export const savedViewTables = `saved_view v
  LEFT JOIN auth_user u ON v.actor_type = 'user' AND u.id = v.actor_id
  LEFT JOIN api_token t ON v.actor_type = 'token' AND t.id::text = v.actor_id AND t.workspace_id = v.workspace_id`;

export function toSavedViewView(ctx: Context, row: SavedViewRow): SavedViewView {
  const { id, screen, name, search, shared, actor: createdBy } = row;
  return { id, screen, name, search, shared, mine: isOwn(ctx, row), createdBy };
}

/** Whether the acting person or token made it. */
export function isOwn(ctx: Context, row: Pick<SavedViewRow, "actor_type" | "actor_id">): boolean {
  const { actorType, actorId } = actorColumns(ctx.actor);
  return row.actor_type === actorType && row.actor_id === actorId;
}

import type { Page } from "#lib/shared/api-types.ts";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import { actorColumns } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorizeView } from "./access.ts";
import type { ListSavedViewsInput } from "./schemas.ts";
import { type SavedViewRow, savedViewColumns, savedViewTables, toSavedViewView } from "./view.ts";

const listViews = `
  SELECT ${savedViewColumns} FROM ${savedViewTables}
  WHERE v.workspace_id = $1 AND v.screen = $2 AND (v.shared OR (v.actor_type = $3 AND v.actor_id = $4))
  ORDER BY lower(v.name), v.id`;

/** Lists the views of a list that are the asking person's or the team's, by name. There are never many. */
export async function listSavedViews({ ctx, input }: { ctx: Context; input: ListSavedViewsInput }): Promise<Page<SavedViewView>> {
  authorizeView(ctx, { screen: input.screen, shared: false });
  const { actorType, actorId } = actorColumns(ctx.actor);
  const { rows } = await ctx.db.pool.query<SavedViewRow>(listViews, [ctx.workspaceId, input.screen, actorType, actorId]);
  return { items: rows.map((row) => toSavedViewView(ctx, row)), nextCursor: null };
}

import type { EventView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { type EventRow, selectEvents, toEventView } from "./event-view.ts";

/** Shows one delivery: what it brought, secrets masked, and what became of it. */
export async function getEvent({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<EventView> {
  authorize(ctx.actor, "runs:read");
  const { rows } = await ctx.db.pool.query<EventRow>(`${selectEvents} WHERE e.id = $1 AND e.workspace_id = $2`, [
    input.id,
    ctx.workspaceId,
  ]);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such delivery");
  return toEventView(row);
}

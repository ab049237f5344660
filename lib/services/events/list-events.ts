import type { EventView, Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { type EventRow, selectEvents, toEventView } from "./event-view.ts";
import type { ListEventsInput } from "./schemas.ts";

/** Lists what was delivered to triggers, newest first: accepted, recognised as a duplicate, or refused with the reason. */
export async function listEvents({ ctx, input }: { ctx: Context; input: ListEventsInput }): Promise<Page<EventView>> {
  authorize(ctx.actor, "runs:read");
  const { triggerId: triggers, outcome: outcomes } = input;
  const where = new Conditions()
    .add("e.workspace_id = ?", ctx.workspaceId)
    .add("e.id < ?", decodeIdCursor(input.cursor))
    // Only one value compared by `=` lets the index give the rows in the order of the list.
    .add(triggers?.length === 1 ? "e.trigger_id = ?" : "e.trigger_id = ANY (?)", triggers?.length === 1 ? triggers[0] : triggers)
    .add("e.workflow_id = ?", input.workflowId)
    .add(outcomes?.length === 1 ? "e.outcome = ?" : "e.outcome = ANY (?)", outcomes?.length === 1 ? outcomes[0] : outcomes);
  const text = `${selectEvents} WHERE ${where.sql} ORDER BY e.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<EventRow>(ctx, text, where.values);
  return toPage(rows, input.limit, toEventView, (row) => row.id);
}

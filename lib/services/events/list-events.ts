import type { EventView, Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { readJson } from "../json-column.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import type { ListEventsInput } from "./schemas.ts";

interface Row {
  id: string;
  workflow_id: string;
  trigger_id: string | null;
  outcome: EventView["outcome"];
  reason: string | null;
  dedupe_key: string | null;
  run_id: string | null;
  data: string | null;
  size: number;
  received_at: Date;
}

/** Lists what was delivered to triggers, newest first: accepted, recognised as a duplicate, or refused with the reason. */
export async function listEvents({ ctx, input }: { ctx: Context; input: ListEventsInput }): Promise<Page<EventView>> {
  authorize(ctx.actor, "runs:read");
  const where = new Conditions()
    .add("e.workspace_id = ?", ctx.workspaceId)
    .add("e.id < ?", decodeIdCursor(input.cursor))
    .add("e.trigger_id = ?", input.triggerId)
    .add("e.workflow_id = ?", input.workflowId)
    .add("e.outcome = ANY (?)", input.outcome);
  const text = `
    SELECT e.id, e.workflow_id, e.trigger_id, e.outcome, e.reason, e.dedupe_key, e.run_id, coalesce(e.data, p.body) AS data, e.size, e.received_at
    FROM event e LEFT JOIN payload p ON p.id = e.data_ref
    WHERE ${where.sql} ORDER BY e.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<Row>(ctx, text, where.values);
  return toPage(rows, input.limit, toEventView, (row) => row.id);
}

function toEventView(row: Row): EventView {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    triggerId: row.trigger_id,
    outcome: row.outcome,
    reason: row.reason,
    dedupeKey: row.dedupe_key,
    runId: row.run_id,
    data: readJson(row.data),
    size: row.size,
    receivedAt: row.received_at.toISOString(),
  };
}

import type { Context } from "../context.ts";

interface EventRow {
  text: string | null;
  received_at: Date;
}

const findEvent = `
  SELECT coalesce(e.data, p.body) AS text, e.received_at
  FROM event e LEFT JOIN payload p ON p.id = e.data_ref
  WHERE e.id = $1 AND e.workspace_id = $2`;

/** Reads an event's data as the JSON text it was stored as. Undefined: it is not kept (any more). */
export async function readEvent(ctx: Context, eventId: string): Promise<{ text: string | undefined; receivedAt: string } | null> {
  const { rows } = await ctx.db.pool.query<EventRow>(findEvent, [eventId, ctx.workspaceId]);
  const row = rows[0];
  return row === undefined ? null : { text: row.text ?? undefined, receivedAt: row.received_at.toISOString() };
}

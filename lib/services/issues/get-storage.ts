import type { InboxStorage } from "#lib/shared/inbox-types.ts";
import type { ContextWith } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";

interface StorageRow {
  items_bytes: string;
  history_bytes: string;
  held_bytes: string;
  held_from: Date | null;
  oldest_open_at: Date | null;
}

/** Sizes are asked of the file system, a few files a week; no row is counted. A partition is named after its week: `run_2026w47`. */
const measure = `
  WITH part AS (
    SELECT pg_total_relation_size(c.oid) AS bytes,
      CASE WHEN c.relname ~ '_\\d{4}w\\d{2}$' THEN to_date(right(c.relname, 7), 'IYYY"w"IW')::timestamp AT TIME ZONE 'UTC' END AS week
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent IN ('event'::regclass, 'run'::regclass, 'step'::regclass, 'attempt'::regclass, 'payload'::regclass)
  ),
  judged AS (
    SELECT bytes, week, coalesce(week + interval '7 days' <= now() - $2::int * interval '1 day', false) AS held FROM part
  )
  SELECT pg_total_relation_size('dead_letter') AS items_bytes, coalesce(sum(bytes), 0) AS history_bytes,
    coalesce(sum(bytes) FILTER (WHERE held), 0) AS held_bytes, min(week) FILTER (WHERE held) AS held_from,
    (SELECT l.dead_at FROM dead_letter l WHERE l.workspace_id = $1 AND l.status IN ('open', 'redriving') ORDER BY l.id LIMIT 1) AS oldest_open_at
  FROM judged`;

/** Tells what the inbox and the history behind it take on the disk of this instance, and what of it is kept past the retention. */
export async function getStorage({ ctx }: { ctx: ContextWith<"retentionDays"> }): Promise<InboxStorage> {
  authorize(ctx.actor, "issues:read");
  const [row] = await listQuery<StorageRow>(ctx, measure, [ctx.workspaceId, ctx.retentionDays]);
  return {
    itemsBytes: Number(row?.items_bytes ?? 0),
    historyBytes: Number(row?.history_bytes ?? 0),
    heldBytes: Number(row?.held_bytes ?? 0),
    heldFrom: row?.held_from?.toISOString() ?? null,
    oldestOpenAt: row?.oldest_open_at?.toISOString() ?? null,
    retentionDays: ctx.retentionDays,
  };
}

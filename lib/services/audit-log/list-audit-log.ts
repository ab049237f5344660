import type { AuditEntry, Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { readJsonObject } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import type { ListAuditLogInput } from "./schemas.ts";

interface Row {
  id: string;
  at: Date;
  actor_type: string;
  actor_id: string | null;
  actor_label: string | null;
  action: string;
  entity_type: string;
  entity_id: string;
  details: string;
}

const listEntries = `
  SELECT a.id, a.at, a.actor_type, a.actor_id, coalesce(u.email, 'token ' || t.name) AS actor_label,
    a.action, a.entity_type, a.entity_id, a.details
  FROM audit_log a
  LEFT JOIN auth_user u ON a.actor_type = 'user' AND u.id = a.actor_id
  LEFT JOIN api_token t ON a.actor_type = 'token' AND t.id::text = a.actor_id AND t.workspace_id = a.workspace_id
  WHERE a.workspace_id = $1 AND ($2::uuid IS NULL OR a.id < $2)
    AND ($3::text IS NULL OR a.action = $3) AND ($4::text IS NULL OR a.entity_type = $4) AND ($5::text IS NULL OR a.entity_id = $5)
  ORDER BY a.id DESC LIMIT $6`;

/** Lists who did what, newest first. */
export async function listAuditLog({ ctx, input }: { ctx: Context; input: ListAuditLogInput }): Promise<Page<AuditEntry>> {
  authorize(ctx.actor, "audit:read");
  const { rows } = await ctx.db.pool.query<Row>(listEntries, [
    ctx.workspaceId,
    decodeIdCursor(input.cursor),
    input.action ?? null,
    input.entityType ?? null,
    input.entityId ?? null,
    input.limit + 1,
  ]);
  return toPage(rows, input.limit, toEntry, (row) => row.id);
}

function toEntry(row: Row): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor_label ?? `${row.actor_type} ${row.actor_id ?? ""}`.trim(),
    action: row.action,
    entityType: row.entity_type,
    entityId: row.entity_id,
    details: readJsonObject(row.details),
  };
}

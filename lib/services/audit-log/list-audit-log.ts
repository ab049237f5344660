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
  entity_name: string | null;
  issue_id: string | null;
  details: string;
}

const listEntries = `
  SELECT a.id, a.at, a.actor_type, a.actor_id, coalesce(u.email, 'token ' || t.name) AS actor_label,
    a.action, a.entity_type, a.entity_id, a.details,
    CASE a.entity_type
      WHEN 'workflow' THEN (SELECT w.name FROM workflow w WHERE w.id = a.entity_id::uuid AND w.workspace_id = a.workspace_id)
      WHEN 'run' THEN (SELECT w.name FROM run r JOIN workflow w ON w.id = r.workflow_id WHERE r.id = a.entity_id::uuid AND r.workspace_id = a.workspace_id)
      WHEN 'issue' THEN (SELECT i.title FROM issue i WHERE i.id = a.entity_id::uuid AND i.workspace_id = a.workspace_id)
      WHEN 'dead_letter' THEN (SELECT w.name FROM dead_letter l JOIN workflow w ON w.id = l.workflow_id
        WHERE l.id = a.entity_id::uuid AND l.workspace_id = a.workspace_id)
      WHEN 'connection' THEN (SELECT c.name FROM connection c WHERE c.id = a.entity_id::uuid AND c.workspace_id = a.workspace_id)
      WHEN 'redrive' THEN (SELECT nullif(r.name, '') FROM redrive r WHERE r.id = a.entity_id::uuid AND r.workspace_id = a.workspace_id)
      WHEN 'run_batch' THEN (SELECT nullif(b.name, '') FROM run_batch b WHERE b.id = a.entity_id::uuid AND b.workspace_id = a.workspace_id)
      WHEN 'token' THEN (SELECT k.name FROM api_token k WHERE k.id = a.entity_id::uuid AND k.workspace_id = a.workspace_id)
      WHEN 'member' THEN (SELECT m.email FROM auth_user m WHERE m.id = a.entity_id)
    END AS entity_name,
    CASE a.entity_type
      WHEN 'dead_letter' THEN (SELECT l.issue_id FROM dead_letter l WHERE l.id = a.entity_id::uuid AND l.workspace_id = a.workspace_id)
    END AS issue_id
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
    entityName: row.entity_name,
    issueId: row.issue_id,
    details: readJsonObject(row.details),
  };
}

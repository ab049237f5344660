import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject } from "#lib/shared/json.ts";

const recordAudit = statement(new URL("./sql/record-audit.sql", import.meta.url));

/** Who did what to which thing; made by services, written in the transaction of the act itself. */
export interface AuditRow {
  workspaceId: string;
  actorType: string;
  actorId: string;
  action: string;
  entityType: string;
  entityId: string;
  details: JsonObject;
  requestId: string;
}

/** Writes an audit row in the transaction of the act. */
export async function putAuditRow(client: pg.ClientBase, row: AuditRow): Promise<void> {
  const values = [
    newId(),
    row.workspaceId,
    row.actorType,
    row.actorId,
    row.action,
    row.entityType,
    row.entityId,
    JSON.stringify(row.details),
    row.requestId,
  ];
  await client.query({ ...recordAudit, values });
}

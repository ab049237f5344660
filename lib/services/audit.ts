import type { AuditRow } from "#lib/engine/ledger/audit-row.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { Context } from "./context.ts";
import type { Actor } from "./permissions.ts";
import type { Transaction } from "./transaction.ts";

export interface AuditDraft {
  /** `workflow.published`, `member.removed`: the entity first, then the past tense. */
  action: string;
  entityType: string;
  entityId: string;
  /** Never a secret's value. */
  details?: JsonObject;
}

/** The parts of an actor that are stored beside what it did. */
export function actorColumns(actor: Actor): { actorType: string; actorId: string } {
  if (actor.type === "user") return { actorType: "user", actorId: actor.userId };
  if (actor.type === "token") return { actorType: "token", actorId: actor.tokenId };
  return { actorType: "system", actorId: actor.job };
}

/** One text naming the actor, for columns that hold only one: `user:…`, `token:…`, `system:…`. */
export function actorName(actor: Actor): string {
  const { actorType, actorId } = actorColumns(actor);
  return `${actorType}:${actorId}`;
}

/** The audit row of an act that the ledger does: it writes the row in the transaction of the act. */
export function auditRow(ctx: Context, entry: AuditDraft): AuditRow {
  const { action, entityType, entityId, details = {} } = entry;
  return { workspaceId: ctx.workspaceId, ...actorColumns(ctx.actor), action, entityType, entityId, details, requestId: ctx.requestId };
}

/** Writes who did what, in the transaction of the change. */
export async function recordAudit(transaction: Transaction, ctx: Context, entry: AuditDraft): Promise<void> {
  await transaction.auditLog.create({
    data: {
      id: newId(),
      workspaceId: ctx.workspaceId,
      ...actorColumns(ctx.actor),
      action: entry.action,
      entityType: entry.entityType,
      entityId: entry.entityId,
      details: JSON.stringify(entry.details ?? {}),
      requestId: ctx.requestId,
    },
  });
}

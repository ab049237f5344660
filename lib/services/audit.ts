import type { JsonObject } from "#lib/shared/json.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Actor, Context } from "./context.ts";

/** Whatever can run a statement: the pool, or the client of a transaction. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<unknown>;
}

export interface AuditDraft {
  /** `workflow.published`, `member.removed`: the past tense, the entity first. */
  action: string;
  entityType: string;
  entityId: string;
  /** Never a secret's value. */
  details?: JsonObject;
}

/** The part of an actor that is stored beside what it did. */
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

/** Writes who did what. Give it the transaction of the change, so that neither exists without the other. */
export async function recordAudit(transaction: Queryable, ctx: Context, entry: AuditDraft): Promise<void> {
  const { actorType, actorId } = actorColumns(ctx.actor);
  await transaction.query(
    `INSERT INTO audit_log (id, workspace_id, actor_type, actor_id, action, entity_type, entity_id, details, request_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      newId(),
      ctx.workspaceId,
      actorType,
      actorId,
      entry.action,
      entry.entityType,
      entry.entityId,
      JSON.stringify(entry.details ?? {}),
      ctx.requestId,
    ],
  );
}

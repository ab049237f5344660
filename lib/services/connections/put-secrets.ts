import { AppError } from "#lib/shared/errors.ts";
import type { ContextWith } from "../context.ts";
import type { Transaction } from "../transaction.ts";
import { kinds, secretFieldsOf } from "./schemas.ts";

export interface NewSecrets {
  connectionId: string;
  kind: string;
  secrets: Record<string, string>;
  /** The old values are believed for this long; 0 removes them. */
  keepOldForMs: number;
}

/** Seals and stores new values of a connection's secret fields. */
export async function putSecrets(transaction: Transaction, ctx: ContextWith<"secrets">, change: NewSecrets): Promise<void> {
  requireKnownFields(change.kind, Object.keys(change.secrets));
  const { connectionId } = change;
  if (change.kind === "oauth2" && Object.keys(change.secrets).length > 0) await dropToken(transaction, ctx.workspaceId, connectionId);
  for (const [field, value] of Object.entries(change.secrets)) {
    const last = await transaction.secret.aggregate({ where: { connectionId, field }, _max: { version: true } });
    const version = (last._max.version ?? 0) + 1;
    const old = { connectionId, workspaceId: ctx.workspaceId, field };
    if (change.keepOldForMs === 0) await transaction.secret.deleteMany({ where: old });
    else {
      await transaction.secret.deleteMany({ where: { ...old, validUntil: { not: null } } });
      await transaction.secret.updateMany({ where: old, data: { validUntil: new Date(ctx.now() + change.keepOldForMs) } });
    }
    const sealed = await ctx.secrets.seal({ workspaceId: ctx.workspaceId, connectionId, field, version, value });
    await transaction.secret.create({
      data: { connectionId, field, version, workspaceId: ctx.workspaceId, sealed: new Uint8Array(sealed), hint: hintOf(value) },
    });
  }
}

/** A token fetched with the old secrets is not used any more, nor one that is just being fetched with them. */
async function dropToken(transaction: Transaction, workspaceId: string, connectionId: string): Promise<void> {
  await transaction.secret.deleteMany({ where: { connectionId, workspaceId, field: "accessToken" } });
  const released = { refreshFence: { increment: 1 }, refreshLeaseUntil: null };
  await transaction.connection.update({ where: { id: connectionId, workspaceId }, data: released });
}

/** The end of a value tells two keys apart; of a short one it would tell too much. */
function hintOf(value: string): string {
  return value.length < 16 ? "••••" : `•••• ${value.slice(-4)}`;
}

function requireKnownFields(kind: string, fields: string[]): void {
  const known = kinds.find((candidate) => candidate === kind);
  const allowed = known === undefined ? [] : secretFieldsOf(known);
  const unknown = fields.filter((field) => !allowed.includes(field));
  if (unknown.length === 0) return;
  const mend =
    allowed.length === 0
      ? `a connection of kind ${kind} has no secrets`
      : `a connection of kind ${kind} has the secret ${allowed.join(", ")}`;
  throw new AppError("invalid_input", mend, { problems: unknown.map((field) => ({ path: `secrets.${field}`, message: mend })) });
}

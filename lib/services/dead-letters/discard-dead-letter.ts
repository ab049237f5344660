import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import type { DiscardInput } from "./schemas.ts";

/** Takes an item out of the inbox for good, with the reason. Its run stays failed. */
export async function discardDeadLetter({ ctx, input }: { ctx: Context; input: DiscardInput }): Promise<void> {
  authorize(ctx.actor, "issues:write");
  const { actorType, actorId: by } = actorColumns(ctx.actor);
  const details = { before: { status: "open" }, after: { status: "discarded", reason: input.reason } };
  const audit = auditRow(ctx, { action: "dead_letter.discarded", entityType: "dead_letter", entityId: input.id, details });
  const letter = { workspaceId: ctx.workspaceId, deadLetterId: input.id, reason: input.reason, by, actorType, audit };
  await commands.discardDeadLetter(ctx.db.pool, letter);
}

import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import type { DiscardInput } from "./schemas.ts";

/** Takes an item out of the inbox for good, with the reason. Its run stays failed. */
export async function discardDeadLetter({ ctx, input }: { ctx: Context; input: DiscardInput }): Promise<void> {
  authorize(ctx.actor, "issues:write");
  const by = actorColumns(ctx.actor).actorId;
  await commands.discardDeadLetter(ctx.db.pool, { workspaceId: ctx.workspaceId, deadLetterId: input.id, reason: input.reason, by });
  const details = { reason: input.reason };
  await inTransaction(ctx, (transaction) =>
    recordAudit(transaction, ctx, { action: "dead_letter.discarded", entityType: "dead_letter", entityId: input.id, details }),
  );
}

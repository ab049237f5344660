import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import type { DecideInput } from "./schemas.ts";

/** Says what became of a call whose outcome nobody knows: it was done, it shall be repeated, or it failed. */
export async function decideDeadLetter({ ctx, input }: { ctx: Context; input: DecideInput }): Promise<{ runId: string }> {
  authorize(ctx.actor, "issues:write");
  const by = actorColumns(ctx.actor).actorId;
  const decision = { workspaceId: ctx.workspaceId, deadLetterId: input.id, as: input.as, by };
  const decided = await commands.decideDeadLetter(
    ctx.db.pool,
    input.result === undefined ? decision : { ...decision, result: input.result },
  );
  const details = { as: input.as, runId: decided.runId };
  await inTransaction(ctx, (transaction) =>
    recordAudit(transaction, ctx, { action: "dead_letter.decided", entityType: "dead_letter", entityId: input.id, details }),
  );
  return decided;
}

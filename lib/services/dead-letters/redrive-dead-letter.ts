import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import type { RedriveInput } from "./schemas.ts";

/** Goes on with the same run from the failed step, under the same keys, with its input or an edited one. */
export async function redriveDeadLetter({ ctx, input }: { ctx: Context; input: RedriveInput }): Promise<{ runId: string }> {
  authorize(ctx.actor, "issues:write");
  const by = actorColumns(ctx.actor).actorId;
  const letter = { workspaceId: ctx.workspaceId, deadLetterId: input.id, by };
  const redriven = await commands.redriveDeadLetter(ctx.db.pool, input.input === undefined ? letter : { ...letter, input: input.input });
  const details = { runId: redriven.runId, edited: input.input !== undefined };
  await inTransaction(ctx, (transaction) =>
    recordAudit(transaction, ctx, { action: "dead_letter.redriven", entityType: "dead_letter", entityId: input.id, details }),
  );
  return redriven;
}

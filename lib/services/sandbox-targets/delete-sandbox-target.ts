import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { findTargetId } from "./view.ts";

/** Takes a sandbox target away, with its ledger. */
export async function deleteSandboxTarget({ ctx, input }: { ctx: Context; input: { name: string } }): Promise<void> {
  authorize(ctx.actor, "sandbox:write");
  const id = await findTargetId(ctx, input.name);
  await inTransaction(ctx, async (transaction) => {
    await transaction.sandboxTarget.deleteMany({ where: { id } });
    await recordAudit(transaction, ctx, {
      action: "sandbox-target.deleted",
      entityType: "sandbox-target",
      entityId: id,
      details: { name: input.name },
    });
  });
}

import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";

/** Ends a token at once. The row stays, so that the audit log can name it. */
export async function revokeToken({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  authorize(ctx.actor, "tokens:write");
  await inTransaction(ctx, async (transaction) => {
    const { count } = await transaction.apiToken.updateMany({
      where: { id: input.id, workspaceId: ctx.workspaceId, revokedAt: null },
      data: { revokedAt: new Date(ctx.now()) },
    });
    if (count === 0) throw new AppError("not_found", "there is no such token");
    await recordAudit(transaction, ctx, { action: "token.revoked", entityType: "token", entityId: input.id });
  });
}

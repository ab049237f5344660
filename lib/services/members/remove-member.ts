import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { lockMembers, requireOwner } from "./keep-an-owner.ts";

/** Removes a person from the workspace. Their sessions end and their tokens stop, here and now. */
export async function removeMember({ ctx, input }: { ctx: Context; input: { userId: string } }): Promise<void> {
  authorize(ctx.actor, "members:write");
  await inTransaction(ctx, async (transaction) => {
    await lockMembers(transaction, ctx.workspaceId);
    const { count } = await transaction.member.deleteMany({ where: { workspaceId: ctx.workspaceId, userId: input.userId } });
    if (count === 0) throw new AppError("not_found", "there is no such member");
    await requireOwner(transaction, ctx.workspaceId);
    await transaction.issue.updateMany({ where: { workspaceId: ctx.workspaceId, assigneeId: input.userId }, data: { assigneeId: null } });
    await transaction.apiToken.updateMany({
      where: { workspaceId: ctx.workspaceId, createdBy: input.userId, revokedAt: null },
      data: { revokedAt: new Date(ctx.now()) },
    });
    await transaction.authSession.deleteMany({ where: { userId: input.userId } });
    await recordAudit(transaction, ctx, { action: "member.removed", entityType: "member", entityId: input.userId });
  });
}

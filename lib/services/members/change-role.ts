import type { MemberView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize, authorizeGrant, permissionsOf } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { lockMembers, requireOwner } from "./keep-an-owner.ts";
import type { ChangeRoleInput } from "./schemas.ts";
import { toMemberView } from "./view.ts";

/** Gives a member another role. It holds from their next request on, for their tokens too. */
export async function changeRole({ ctx, input }: { ctx: Context; input: ChangeRoleInput }): Promise<MemberView> {
  authorize(ctx.actor, "members:write");
  authorizeGrant(ctx.actor, permissionsOf(input.role));
  return inTransaction(ctx, async (transaction) => {
    await lockMembers(transaction, ctx.workspaceId);
    const key = { workspaceId: ctx.workspaceId, userId: input.userId };
    const before = await transaction.member.findUnique({ where: { workspaceId_userId: key } });
    if (before === null) throw new AppError("not_found", "there is no such member");
    const row = await transaction.member.update({
      where: { workspaceId_userId: key },
      data: { role: input.role },
      include: { authUser: true },
    });
    await requireOwner(transaction, ctx.workspaceId);
    const details = { from: before.role, to: input.role };
    await recordAudit(transaction, ctx, { action: "member.role_changed", entityType: "member", entityId: input.userId, details });
    return toMemberView(row);
  });
}

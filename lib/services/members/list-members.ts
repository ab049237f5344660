import type { MemberView, Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { toMemberView } from "./view.ts";

/** Lists everybody in the workspace, oldest first: a team is short enough for one page. */
export async function listMembers({ ctx }: { ctx: Context }): Promise<Page<MemberView>> {
  authorize(ctx.actor, "members:read");
  const rows = await ctx.db.prisma.member.findMany({
    where: { workspaceId: ctx.workspaceId },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
    include: { authUser: true },
    take: 1_000,
  });
  return { items: rows.map(toMemberView), nextCursor: null };
}

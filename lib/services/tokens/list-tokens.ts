import type { Page, TokenView } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { authorize } from "../permissions.ts";
import { toTokenView } from "./view.ts";

/** Lists the tokens that were not revoked, newest first. */
export async function listTokens({
  ctx,
  input,
}: {
  ctx: Context;
  input: { cursor?: string | undefined; limit: number };
}): Promise<Page<TokenView>> {
  authorize(ctx.actor, "tokens:read");
  const after = decodeIdCursor(input.cursor);
  const rows = await ctx.db.prisma.apiToken.findMany({
    where: { workspaceId: ctx.workspaceId, revokedAt: null, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: "desc" },
    take: input.limit + 1,
  });
  const creators = rows.flatMap((row) => (row.createdBy === null ? [] : [row.createdBy]));
  const users = await ctx.db.prisma.authUser.findMany({ where: { id: { in: creators } }, select: { id: true, email: true } });
  const emails = new Map(users.map((user) => [user.id, user.email]));
  return toPage(
    rows,
    input.limit,
    (row) => toTokenView(row, emails.get(row.createdBy ?? "") ?? null),
    (row) => row.id,
  );
}

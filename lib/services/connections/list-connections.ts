import type { ConnectionView, Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { authorize } from "../permissions.ts";
import type { ListConnectionsInput } from "./schemas.ts";
import { toConnectionViews, withHints } from "./view.ts";

/** Lists connections, newest first, with the workflows that use each. */
export async function listConnections({ ctx, input }: { ctx: Context; input: ListConnectionsInput }): Promise<Page<ConnectionView>> {
  authorize(ctx.actor, "connections:read");
  const after = decodeIdCursor(input.cursor);
  const rows = await ctx.db.prisma.connection.findMany({
    where: {
      workspaceId: ctx.workspaceId,
      ...(after === null ? {} : { id: { lt: after } }),
      ...(input.q === undefined ? {} : { name: { contains: escapeLike(input.q), mode: "insensitive" as const } }),
    },
    orderBy: { id: "desc" },
    take: input.limit + 1,
    include: withHints,
  });
  const page = toPage(
    rows,
    input.limit,
    (row) => row,
    (row) => row.id,
  );
  return { ...page, items: await toConnectionViews(ctx, page.items) };
}

/** Prisma searches with LIKE and leaves its wildcards in; people mean the characters. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

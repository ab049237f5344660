import type { ConnectionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { toConnectionViews, withHints } from "./view.ts";

/** Reads a connection of the caller's workspace for whoever was authorized before. */
export async function readConnection(ctx: Context, id: string): Promise<ConnectionView> {
  const row = await ctx.db.prisma.connection.findFirst({ where: { id, workspaceId: ctx.workspaceId }, include: withHints });
  if (row === null) throw new AppError("not_found", "there is no such connection");
  const [view] = await toConnectionViews(ctx, [row]);
  if (view === undefined) throw new Error("a connection was read and not shown");
  return view;
}

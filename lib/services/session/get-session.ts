import type { SessionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { ContextWith } from "../context.ts";
import { permissionsOf } from "../permissions.ts";

/** Tells a signed-in person who they are and what they may do. Needs no permission: it shows the caller nothing but the caller. */
export async function getSession({ ctx }: { ctx: ContextWith<"baseUrl" | "retentionDays"> }): Promise<SessionView> {
  const { actor } = ctx;
  if (actor.type !== "user") throw new AppError("forbidden", "an API token has no session");
  const [user, workspace] = await Promise.all([
    ctx.db.prisma.authUser.findUniqueOrThrow({ where: { id: actor.userId } }),
    ctx.db.prisma.workspace.findUniqueOrThrow({ where: { id: ctx.workspaceId } }),
  ]);
  return {
    user: { id: user.id, name: user.name, email: user.email },
    role: actor.role,
    permissions: permissionsOf(actor.role),
    workspace: { id: workspace.id, name: workspace.name },
    baseUrl: ctx.baseUrl,
    retentionDays: ctx.retentionDays,
  };
}

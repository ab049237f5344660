import type { Db } from "#lib/db/db.ts";
import type { Actor } from "../permissions.ts";
import { type Role, roles } from "../permissions.ts";

export interface Identity {
  actor: Actor;
  workspaceId: string;
}

/** Safe because the table's CHECK admits these values only; an unknown one means less, never more. */
export function readRole(value: string): Role {
  return roles.find((role) => role === value) ?? "viewer";
}

/** Who a signed-in person is in a workspace. Read on every request, so that a change of role holds at once. Null: no member (any more). */
export async function findUserActor({ db, userId }: { db: Db; userId: string }): Promise<Identity | null> {
  const member = await db.prisma.member.findFirst({ where: { userId }, orderBy: { createdAt: "asc" }, include: { authUser: true } });
  if (member === null) return null;
  return { actor: { type: "user", userId, email: member.authUser.email, role: readRole(member.role) }, workspaceId: member.workspaceId };
}

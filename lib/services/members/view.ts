import type { MemberView } from "#lib/shared/api-types.ts";
import { readRole } from "../session/find-user-actor.ts";

interface MemberRow {
  userId: string;
  role: string;
  createdAt: Date;
  authUser: { name: string; email: string };
}

/** A person in a workspace, as other members see them. */
export function toMemberView(row: MemberRow): MemberView {
  return {
    userId: row.userId,
    name: row.authUser.name,
    email: row.authUser.email,
    role: readRole(row.role),
    createdAt: row.createdAt.toISOString(),
  };
}

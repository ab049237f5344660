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

interface MemberRow {
  workspace_id: string;
  email: string;
  role: string;
}

const findMember = `
  SELECT m.workspace_id, u.email, m.role FROM member m JOIN auth_user u ON u.id = m.user_id
  WHERE m.user_id = $1 ORDER BY m.created_at, m.workspace_id LIMIT 1`;

/** Who a signed-in person is in a workspace. Read on every request, so that a change of role holds at once. Null: no member (any more). */
export async function findUserActor({ db, userId }: { db: Db; userId: string }): Promise<Identity | null> {
  const { rows } = await db.pool.query<MemberRow>({ name: "find-member", text: findMember, values: [userId] });
  const row = rows[0];
  if (row === undefined) return null;
  return { actor: { type: "user", userId, email: row.email, role: readRole(row.role) }, workspaceId: row.workspace_id };
}

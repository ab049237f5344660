import { AppError } from "#lib/shared/errors.ts";
import type { Transaction } from "../transaction.ts";

/** Locks the members of a workspace, so that two owners cannot demote each other at the same moment. */
export async function lockMembers(transaction: Transaction, workspaceId: string): Promise<void> {
  await transaction.$queryRaw`SELECT user_id FROM member WHERE workspace_id = ${workspaceId}::uuid ORDER BY user_id FOR UPDATE`;
}

/** Throws `conflict` when the workspace would be left without an owner. Call after the change, before the commit. */
export async function requireOwner(transaction: Transaction, workspaceId: string): Promise<void> {
  const owners = await transaction.member.count({ where: { workspaceId, role: "owner" } });
  if (owners === 0) throw new AppError("conflict", "a workspace needs an owner; make somebody else owner first");
}

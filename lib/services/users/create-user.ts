import type { Db } from "#lib/db/db.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Role } from "../permissions.ts";
import { inTransaction, isUniqueViolation } from "../transaction.ts";
import { ensureWorkspace } from "./ensure-workspace.ts";
import { insertUser } from "./insert-user.ts";
import { hashPassword } from "./password.ts";

export interface CreateUserInput {
  email: string;
  name: string;
  password: string;
  role: Role;
}

/**
 * Adds an account from the command line, whose user holds the database anyway. On a new instance it makes the workspace too,
 * and then the account must be its owner.
 */
export async function createUser({ db, now, input }: { db: Db; now: () => number; input: CreateUserInput }): Promise<{ userId: string }> {
  const passwordHash = await hashPassword(input.password);
  try {
    return await inTransaction({ db }, async (transaction) => {
      const { workspaceId } = await ensureWorkspace(transaction);
      const someone = await transaction.member.findFirst({ where: { workspaceId }, select: { userId: true } });
      if (someone === null && input.role !== "owner")
        throw new AppError("conflict", "the first account must be an owner: use --role owner");
      const userId = await insertUser(transaction, { email: input.email, name: input.name, passwordHash });
      await transaction.member.create({ data: { workspaceId, userId, role: input.role } });
      const ctx = { actor: { type: "system" as const, job: "cli" }, workspaceId, db, now, requestId: "cli" };
      const details = { email: input.email, role: input.role };
      await recordAudit(transaction, ctx, { action: "member.added", entityType: "member", entityId: userId, details });
      return { userId };
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw new AppError("conflict", `${input.email} has an account already`, { cause: thrown });
    throw thrown;
  }
}

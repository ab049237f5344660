import type { Db } from "#lib/db/db.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import { inTransaction } from "../transaction.ts";
import { hashPassword } from "./password.ts";

/** Sets a person's password from the command line and ends all their sessions. */
export async function resetPassword({
  db,
  now,
  input,
}: {
  db: Db;
  now: () => number;
  input: { email: string; password: string };
}): Promise<void> {
  const password = await hashPassword(input.password);
  await inTransaction({ db }, async (transaction) => {
    const user = await transaction.authUser.findUnique({ where: { email: input.email }, include: { members: true } });
    if (user === null) throw new AppError("not_found", `there is no account ${input.email}`);
    const changed = { password, updatedAt: new Date(now()) };
    await transaction.authAccount.updateMany({ where: { userId: user.id, providerId: "credential" }, data: changed });
    await transaction.authSession.deleteMany({ where: { userId: user.id } });
    for (const { workspaceId } of user.members) {
      const ctx = { actor: { type: "system" as const, job: "cli" }, workspaceId, db, now, requestId: "cli" };
      await recordAudit(transaction, ctx, { action: "member.password_reset", entityType: "member", entityId: user.id });
    }
  });
}

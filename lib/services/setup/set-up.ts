import { createHash } from "node:crypto";
import type { Db } from "#lib/db/db.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import { inTransaction } from "../transaction.ts";
import { ensureWorkspace, lockSetup } from "../users/ensure-workspace.ts";
import { insertUser } from "../users/insert-user.ts";
import { hashPassword } from "../users/password.ts";
import type { SetUpInput } from "./schemas.ts";

/**
 * Makes the first owner, and the workspace with it. What authorizes it is the one-time token printed at the first start; it works once,
 * and only while there is no account. Of two people racing with two tokens, one wins.
 */
export async function setUp({
  db,
  now,
  requestId,
  input,
}: {
  db: Db;
  now: () => number;
  requestId: string;
  input: SetUpInput;
}): Promise<{ userId: string }> {
  const tokenHash = new Uint8Array(createHash("sha256").update(input.token).digest());
  const passwordHash = await hashPassword(input.password);
  return inTransaction({ db }, async (transaction) => {
    await lockSetup(transaction);
    const spent = await transaction.$executeRaw`
      UPDATE one_time_token SET used_at = now()
      WHERE token_hash = ${tokenHash} AND purpose = 'setup' AND used_at IS NULL AND expires_at > now()`;
    if (spent === 0) throw new AppError("forbidden", "this set-up link was used or has expired; restart Sluice for a new one");
    const someone = await transaction.member.findFirst({ select: { userId: true } });
    if (someone !== null) throw new AppError("conflict", "this instance is set up already; sign in instead");
    // A token made on the command line may have come first, and with it the workspace.
    const { workspaceId } = await ensureWorkspace(transaction);
    const userId = await insertUser(transaction, { email: input.email, name: input.name, passwordHash });
    await transaction.member.create({ data: { workspaceId, userId, role: "owner" } });
    const ctx = { actor: { type: "user" as const, userId, email: input.email, role: "owner" as const }, workspaceId, db, now, requestId };
    await recordAudit(transaction, ctx, { action: "workspace.set_up", entityType: "workspace", entityId: workspaceId });
    return { userId };
  });
}

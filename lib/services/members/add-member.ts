import type { MemberView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize, authorizeGrant, permissionsOf } from "../permissions.ts";
import { inTransaction, isUniqueViolation } from "../transaction.ts";
import { insertUser } from "../users/insert-user.ts";
import { hashPassword } from "../users/password.ts";
import type { AddMemberInput } from "./schemas.ts";
import { toMemberView } from "./view.ts";

/** Adds a person with a role. There is no mail yet, so the owner sets the first password and hands it over. */
export async function addMember({ ctx, input }: { ctx: Context; input: AddMemberInput }): Promise<MemberView> {
  authorize(ctx.actor, "members:write");
  authorizeGrant(ctx.actor, permissionsOf(input.role));
  const passwordHash = input.password === undefined ? null : await hashPassword(input.password);
  try {
    return await inTransaction(ctx, async (transaction) => {
      const known = await transaction.authUser.findUnique({ where: { email: input.email }, select: { id: true } });
      if (known === null && passwordHash === null) {
        const problems = [{ path: "password", message: "is needed: this person has no account yet" }];
        throw new AppError("invalid_input", "password: is needed: this person has no account yet", { problems });
      }
      const name = input.name ?? input.email;
      const userId = known?.id ?? (await insertUser(transaction, { email: input.email, name, passwordHash: passwordHash ?? "" }));
      const row = await transaction.member.create({
        data: { workspaceId: ctx.workspaceId, userId, role: input.role },
        include: { authUser: true },
      });
      const details = { email: input.email, role: input.role };
      await recordAudit(transaction, ctx, { action: "member.added", entityType: "member", entityId: userId, details });
      return toMemberView(row);
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw new AppError("conflict", `${input.email} is a member already`, { cause: thrown });
    throw thrown;
  }
}

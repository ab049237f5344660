import type { TokenCreated } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize, authorizeGrant } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { makeToken } from "./format.ts";
import type { CreateTokenInput } from "./schemas.ts";
import { toTokenView } from "./view.ts";

const defaultLifeMs = 90 * 86_400_000;

/** Makes an API token. The answer is the only place where it is ever shown. */
export async function createToken({ ctx, input }: { ctx: Context; input: CreateTokenInput }): Promise<TokenCreated> {
  authorize(ctx.actor, "tokens:write");
  authorizeGrant(ctx.actor, input.scopes);
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt ?? ctx.now() + defaultLifeMs);
  if (expiresAt !== null && expiresAt.getTime() <= ctx.now()) {
    throw new AppError("invalid_input", "expiresAt is in the past", {
      problems: [{ path: "expiresAt", message: "must be in the future" }],
    });
  }
  const { token, hash, hint } = makeToken();
  const createdBy = await creatorOf(ctx);
  return inTransaction(ctx, async (transaction) => {
    const row = await transaction.apiToken.create({
      data: {
        id: newId(),
        workspaceId: ctx.workspaceId,
        name: input.name,
        tokenHash: hash,
        hint,
        scopes: input.scopes,
        createdBy,
        expiresAt,
      },
    });
    const details = { name: input.name, scopes: input.scopes, expiresAt: expiresAt?.toISOString() ?? null };
    await recordAudit(transaction, ctx, { action: "token.created", entityType: "token", entityId: row.id, details });
    const creator = ctx.actor.type === "user" ? ctx.actor.email : null;
    return { ...toTokenView(row, creator), token };
  });
}

/** A token made by a token answers to the same person: it ends when that person leaves. */
async function creatorOf(ctx: Context): Promise<string | null> {
  if (ctx.actor.type === "user") return ctx.actor.userId;
  if (ctx.actor.type === "system") return null;
  const maker = await ctx.db.prisma.apiToken.findUnique({ where: { id: ctx.actor.tokenId }, select: { createdBy: true } });
  return maker?.createdBy ?? null;
}

import * as commands from "#lib/engine/ledger/commands.ts";
import { AppError } from "#lib/shared/errors.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { canLookUp, findLetter } from "./find-letter.ts";
import type { DecideInput } from "./schemas.ts";

/** Says what became of a call whose outcome nobody knows (it was done, it shall be repeated, it failed), or has the remote asked. */
export async function decideDeadLetter({ ctx, input }: { ctx: Context; input: DecideInput }): Promise<{ runId: string }> {
  authorize(ctx.actor, "issues:write");
  if (input.as === "look-up" && !canLookUp(await findLetter(ctx, input.id)))
    throw new AppError("conflict", "this step has no look-up: look at the other side, then decide");
  const { actorType, actorId: by } = actorColumns(ctx.actor);
  const details = { before: { status: "open" }, after: { as: input.as, ...(input.result === undefined ? {} : { result: input.result }) } };
  const audit = auditRow(ctx, { action: "dead_letter.decided", entityType: "dead_letter", entityId: input.id, details });
  const { as, result } = input;
  return commands.decideDeadLetter(ctx.db.pool, { workspaceId: ctx.workspaceId, deadLetterId: input.id, as, result, by, actorType, audit });
}

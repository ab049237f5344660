import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import type { DecideInput } from "./schemas.ts";

/** Says what became of a call whose outcome nobody knows: it was done, it shall be repeated, or it failed. */
export async function decideDeadLetter({ ctx, input }: { ctx: Context; input: DecideInput }): Promise<{ runId: string }> {
  authorize(ctx.actor, "issues:write");
  const { actorType, actorId: by } = actorColumns(ctx.actor);
  const details = { before: { status: "open" }, after: { as: input.as, ...(input.result === undefined ? {} : { result: input.result }) } };
  const audit = auditRow(ctx, { action: "dead_letter.decided", entityType: "dead_letter", entityId: input.id, details });
  const { as, result } = input;
  return commands.decideDeadLetter(ctx.db.pool, { workspaceId: ctx.workspaceId, deadLetterId: input.id, as, result, by, actorType, audit });
}

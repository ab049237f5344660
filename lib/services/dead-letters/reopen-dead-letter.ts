import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";

/** Takes the discarding of an item back, as long as its run is kept and was not undone. */
export async function reopenDeadLetter({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  authorize(ctx.actor, "issues:write");
  const { actorType, actorId: by } = actorColumns(ctx.actor);
  const details = { before: { status: "discarded" }, after: { status: "open" } };
  const audit = auditRow(ctx, { action: "dead_letter.reopened", entityType: "dead_letter", entityId: input.id, details });
  await commands.reopenDeadLetter(ctx.db.pool, { workspaceId: ctx.workspaceId, deadLetterId: input.id, by, actorType, audit });
}

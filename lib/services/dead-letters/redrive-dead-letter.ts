import * as commands from "#lib/engine/ledger/commands.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import type { RedriveInput } from "./schemas.ts";

/** Goes on with the same run from the failed step, under the same keys, with its input or an edited one. */
export async function redriveDeadLetter({ ctx, input }: { ctx: Context; input: RedriveInput }): Promise<{ runId: string }> {
  authorize(ctx.actor, "issues:write");
  const { actorType, actorId: by } = actorColumns(ctx.actor);
  const details = { before: { status: "open" }, after: { status: "redriving", edited: input.input !== undefined } };
  const audit = auditRow(ctx, { action: "dead_letter.redriven", entityType: "dead_letter", entityId: input.id, details });
  const letter = { workspaceId: ctx.workspaceId, deadLetterId: input.id, input: input.input, by, actorType, audit };
  return commands.redriveDeadLetter(ctx.db.pool, letter);
}

import * as commands from "#lib/engine/ledger/commands.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";

/** Asks a run to end. A call that is under way may take a while to finish, or to be cut off: until then the run shows as running. */
export async function cancelRun({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<{ runId: string }> {
  authorize(ctx.actor, "runs:write");
  const audit = auditRow(ctx, { action: "run.canceled", entityType: "run", entityId: input.id });
  await commands.cancelRun(ctx.db.pool, { workspaceId: ctx.workspaceId, runId: input.id, audit });
  return { runId: input.id };
}

import type { WorkflowView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { lockWorkflow } from "./find-workflow.ts";
import { makeLive } from "./make-live.ts";
import { readWorkflow } from "./read-workflow.ts";
import { endRollout } from "./rollouts.ts";

/** Makes an earlier (or later) published version the live one. The draft and the runs under way stay as they are. */
export async function rollBackWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: { id: string; version: number };
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:operate");
  await inTransaction(ctx, async (transaction) => {
    const row = await lockWorkflow(transaction, ctx, input.id);
    if (row.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
    await makeLive(transaction, ctx, row, input.version);
    await endRollout(transaction, ctx, row.id, { state: "aborted", reason: `version ${input.version} was made live` });
    const details = { from: row.liveVersion, to: input.version };
    await recordAudit(transaction, ctx, { action: "workflow.rolled_back", entityType: "workflow", entityId: row.id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", row.id);
  });
  return readWorkflow(ctx, input.id);
}

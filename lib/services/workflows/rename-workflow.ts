import type { WorkflowView } from "#lib/shared/api-types.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { lockWorkflow } from "./find-workflow.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { RenameWorkflowInput } from "./schemas.ts";

/** Gives a workflow another name. */
export async function renameWorkflow({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl" | "secrets">;
  input: RenameWorkflowInput;
}): Promise<WorkflowView> {
  authorize(ctx.actor, "workflows:write");
  await inTransaction(ctx, async (transaction) => {
    const before = await lockWorkflow(transaction, ctx, input.id);
    await transaction.workflow.update({ where: { id: before.id }, data: { name: input.name, updatedAt: new Date(ctx.now()) } });
    const details = { from: before.name, to: input.name };
    await recordAudit(transaction, ctx, { action: "workflow.renamed", entityType: "workflow", entityId: before.id, details });
    await notifyChange(transaction, ctx.workspaceId, "workflow", before.id);
  });
  return readWorkflow(ctx, input.id);
}

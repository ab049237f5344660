import type { JsonObject } from "#lib/shared/json.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { inTransaction, type Transaction } from "../transaction.ts";
import { lockWorkflow } from "./find-workflow.ts";
import { readVersionDocument } from "./live-document.ts";
import { syncTriggers } from "./sync-triggers.ts";

type WorkflowRow = Awaited<ReturnType<typeof lockWorkflow>>;

export interface RunningChange {
  action: string;
  details?: JsonObject;
  running: boolean;
  /** Throws when the workflow is in no state for it; gives the columns to write. */
  columns(row: WorkflowRow): Parameters<Transaction["workflow"]["update"]>[0]["data"];
}

/** What pausing, resuming and archiving share: a changed row, triggers that follow it, an audit row and a word to open screens. */
export async function setRunning(ctx: ContextWith<"secrets">, id: string, change: RunningChange): Promise<void> {
  await inTransaction(ctx, async (transaction) => {
    const row = await lockWorkflow(transaction, ctx, id);
    const data = { ...change.columns(row), updatedAt: new Date(ctx.now()) };
    await transaction.workflow.update({ where: { id: row.id }, data });
    if (row.liveVersion !== null) {
      const live = await readVersionDocument(transaction, row.id, row.liveVersion);
      await syncTriggers(transaction, ctx, { workflowId: row.id, ...live, running: change.running });
    }
    const entry = {
      action: change.action,
      entityType: "workflow",
      entityId: row.id,
      ...(change.details ? { details: change.details } : {}),
    };
    await recordAudit(transaction, ctx, entry);
    await notifyChange(transaction, ctx.workspaceId, "workflow", row.id);
  });
}

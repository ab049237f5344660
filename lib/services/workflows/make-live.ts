import type { ContextWith } from "../context.ts";
import type { Transaction } from "../transaction.ts";
import { readVersionDocument } from "./live-document.ts";
import { syncTriggers } from "./sync-triggers.ts";

/** Makes a published version the live one, and the triggers its. The caller holds the workflow's lock and writes the audit row. */
export async function makeLive(
  transaction: Transaction,
  ctx: ContextWith<"secrets">,
  row: { id: string; pausedAt: Date | null },
  version: number,
): Promise<void> {
  const target = await readVersionDocument(transaction, row.id, version);
  await transaction.workflow.update({ where: { id: row.id }, data: { liveVersion: version, updatedAt: new Date(ctx.now()) } });
  await syncTriggers(transaction, ctx, { workflowId: row.id, ...target, running: row.pausedAt === null });
}

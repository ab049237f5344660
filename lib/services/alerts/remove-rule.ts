import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { noRule, readRule } from "./rule-view.ts";

/** The log goes on naming it. */
const removeRow =
  "UPDATE alert_rule SET removed_at = clock_timestamp(), enabled = false WHERE id = $1 AND workspace_id = $2 AND removed_at IS NULL";

/** Removes a rule; what it has made already is still sent. Throws `not_found`. */
export async function removeRule({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  authorize(ctx.actor, "alerts:write");
  const { id, lastNotifiedAt: _, ...before } = await readRule(ctx, input.id);
  await inTransaction(ctx.db.pool, async (client) => {
    const { rowCount } = await client.query(removeRow, [id, ctx.workspaceId]);
    if (rowCount === 0) throw noRule();
    const details = { before: { ...before }, after: null };
    await putAuditRow(client, auditRow(ctx, { action: "alert_rule.removed", entityType: "alert_rule", entityId: id, details }));
  });
}

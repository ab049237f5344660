import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { noChannel } from "./channel-view.ts";

/** Its address goes at once; the log goes on naming it. */
const removeRow = `
  UPDATE alert_channel SET removed_at = clock_timestamp(), sealed = '', enabled = false
  WHERE id = $1 AND workspace_id = $2 AND removed_at IS NULL RETURNING name, kind, target`;
const dropWaiting = "UPDATE alert SET state = 'suppressed', answer = 'the channel was removed' WHERE channel_id = $1 AND state = 'pending'";
const leaveRules = "UPDATE alert_rule SET channel_ids = array_remove(channel_ids, $1) WHERE workspace_id = $2 AND $1 = ANY (channel_ids)";

/** Removes a channel; rules go on without it. Throws `not_found`. */
export async function removeChannel({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  authorize(ctx.actor, "channels:write");
  await inTransaction(ctx.db.pool, async (client) => {
    const { rows } = await client.query<{ name: string; kind: string; target: string }>(removeRow, [input.id, ctx.workspaceId]);
    const [before] = rows;
    if (before === undefined) throw noChannel();
    await client.query(dropWaiting, [input.id]);
    await client.query(leaveRules, [input.id, ctx.workspaceId]);
    const details = { before: { ...before }, after: null };
    await putAuditRow(client, auditRow(ctx, { action: "alert_channel.removed", entityType: "alert_channel", entityId: input.id, details }));
  });
}

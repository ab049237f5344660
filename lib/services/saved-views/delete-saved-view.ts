import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { lockSavedView } from "./access.ts";

/** Removes a view. Throws `not_found`. */
export async function deleteSavedView({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  await inTransaction(ctx.db.pool, async (client) => {
    const { name, search, shared } = await lockSavedView(client, ctx, input.id);
    await client.query("DELETE FROM saved_view WHERE id = $1", [input.id]);
    const details = { before: { name, search, shared }, after: null };
    await putAuditRow(client, auditRow(ctx, { action: "saved_view.deleted", entityType: "saved_view", entityId: input.id, details }));
  });
}

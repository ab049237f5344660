import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorizeView, lockSavedView } from "./access.ts";
import { readSavedView } from "./read-saved-view.ts";
import type { ChangeSavedViewInput } from "./schemas.ts";

/** Gives a view another name or other filters, or to the team. Throws `not_found`. */
export async function changeSavedView({ ctx, input }: { ctx: Context; input: ChangeSavedViewInput }): Promise<SavedViewView> {
  await inTransaction(ctx.db.pool, async (client) => {
    const { screen, ...before } = await lockSavedView(client, ctx, input.id);
    const { name = before.name, search = before.search, shared = before.shared } = input;
    authorizeView(ctx, { screen, shared });
    await client.query("UPDATE saved_view SET name = $2, search = $3, shared = $4 WHERE id = $1", [input.id, name, search, shared]);
    const details = { before: { name: before.name, search: before.search, shared: before.shared }, after: { name, search, shared } };
    await putAuditRow(client, auditRow(ctx, { action: "saved_view.changed", entityType: "saved_view", entityId: input.id, details }));
  });
  return readSavedView(ctx, input.id);
}

import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorizeView } from "./access.ts";
import { readSavedView } from "./read-saved-view.ts";
import type { CreateSavedViewInput } from "./schemas.ts";

/** In a workspace, of one list; they are shown all at once. */
const maxViews = 500;

const countViews = "SELECT count(*)::int AS n FROM saved_view WHERE workspace_id = $1 AND screen = $2";
const insertView = `
  INSERT INTO saved_view (id, workspace_id, screen, name, search, shared, actor_type, actor_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Keeps filters under a name. */
export async function createSavedView({ ctx, input }: { ctx: Context; input: CreateSavedViewInput }): Promise<SavedViewView> {
  authorizeView(ctx, input);
  const { screen, name, search, shared } = input;
  const { actorType, actorId } = actorColumns(ctx.actor);
  const id = newId();
  await inTransaction(ctx.db.pool, async (client) => {
    const { rows } = await client.query<{ n: number }>(countViews, [ctx.workspaceId, screen]);
    if ((rows[0]?.n ?? 0) >= maxViews) throw new AppError("conflict", `there are ${maxViews} views of this list already; remove some`);
    await client.query(insertView, [id, ctx.workspaceId, screen, name, search, shared, actorType, actorId]);
    const details = { before: null, after: { screen, name, search, shared } };
    await putAuditRow(client, auditRow(ctx, { action: "saved_view.created", entityType: "saved_view", entityId: id, details }));
  });
  return readSavedView(ctx, id);
}

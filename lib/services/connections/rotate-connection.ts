import type { ConnectionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { releaseWaiting, statusAfter } from "./isolation.ts";
import { putSecrets } from "./put-secrets.ts";
import { readConnection } from "./read-connection.ts";
import type { RotateConnectionInput } from "./schemas.ts";

/** Replaces secrets. Calls use the new value at once; what others sign with the old one is believed for as long as asked. */
export async function rotateConnection({
  ctx,
  input,
}: {
  ctx: ContextWith<"secrets">;
  input: RotateConnectionInput;
}): Promise<ConnectionView> {
  authorize(ctx.actor, "connections:write");
  await inTransaction(ctx, async (transaction) => {
    await transaction.$queryRaw`SELECT id FROM connection WHERE id = ${input.id}::uuid AND workspace_id = ${ctx.workspaceId}::uuid FOR UPDATE`;
    const row = await transaction.connection.findFirst({ where: { id: input.id, workspaceId: ctx.workspaceId } });
    if (row === null) throw new AppError("not_found", "there is no such connection");
    await putSecrets(transaction, ctx, { connectionId: row.id, kind: row.kind, secrets: input.secrets, keepOldForMs: input.keepOldForMs });
    const data = { ...statusAfter(row, { isolated: undefined, replaced: true }), updatedAt: new Date(ctx.now()) };
    await transaction.connection.update({ where: { id: row.id }, data });
    const details = { secrets: Object.keys(input.secrets), keepOldForMs: input.keepOldForMs };
    await recordAudit(transaction, ctx, { action: "connection.rotated", entityType: "connection", entityId: row.id, details });
    await releaseWaiting(transaction, ctx, row.id);
  });
  return readConnection(ctx, input.id);
}

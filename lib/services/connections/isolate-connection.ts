import type { ConnectionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { releaseWaiting, statusAfter } from "./isolation.ts";
import { readConnection } from "./read-connection.ts";
import type { IsolateConnectionInput } from "./schemas.ts";

/** Takes a connection out of service by hand: no step calls through it, those that want to wait and lose nothing. */
export async function isolateConnection({ ctx, input }: { ctx: Context; input: IsolateConnectionInput }): Promise<ConnectionView> {
  authorize(ctx.actor, "connections:operate");
  await inTransaction(ctx, async (transaction) => {
    const data = { status: "isolated", isolatedReason: input.reason, updatedAt: new Date(ctx.now()) };
    const { count } = await transaction.connection.updateMany({ where: { id: input.id, workspaceId: ctx.workspaceId }, data });
    if (count === 0) throw new AppError("not_found", "there is no such connection");
    const details = { reason: input.reason };
    await recordAudit(transaction, ctx, { action: "connection.isolated", entityType: "connection", entityId: input.id, details });
  });
  return readConnection(ctx, input.id);
}

/** Puts an isolated connection back into service; the steps that wait for it go on. One that is in service stays so. */
export async function releaseConnection({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ConnectionView> {
  authorize(ctx.actor, "connections:operate");
  await inTransaction(ctx, async (transaction) => {
    await transaction.$queryRaw`SELECT id FROM connection WHERE id = ${input.id}::uuid AND workspace_id = ${ctx.workspaceId}::uuid FOR UPDATE`;
    const row = await transaction.connection.findFirst({ where: { id: input.id, workspaceId: ctx.workspaceId } });
    if (row === null) throw new AppError("not_found", "there is no such connection");
    if (row.status !== "isolated") return;
    const data = { ...statusAfter(row, { isolated: false, replaced: false }), updatedAt: new Date(ctx.now()) };
    await transaction.connection.update({ where: { id: row.id }, data });
    const woken = await releaseWaiting(transaction, ctx, row.id);
    const details = { reason: row.isolatedReason, woken };
    await recordAudit(transaction, ctx, { action: "connection.released", entityType: "connection", entityId: row.id, details });
  });
  return readConnection(ctx, input.id);
}

import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";

/** Reads a workflow of the caller's workspace. One of another workspace is as missing as one that never was. */
export async function findWorkflow(client: Transaction, ctx: Context, id: string) {
  const row = await client.workflow.findFirst({ where: { id, workspaceId: ctx.workspaceId } });
  if (row === null) throw new AppError("not_found", "there is no such workflow");
  return row;
}

/** The same, locked until the transaction ends: saving, publishing and pausing one workflow take turns. */
export async function lockWorkflow(transaction: Transaction, ctx: Context, id: string) {
  await transaction.$queryRaw`SELECT id FROM workflow WHERE id = ${id}::uuid AND workspace_id = ${ctx.workspaceId}::uuid FOR UPDATE`;
  return findWorkflow(transaction, ctx, id);
}

import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { findUsers } from "./view.ts";

/** Deletes a connection with its secrets. Refused, naming them, while workflows use it. */
export async function deleteConnection({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  authorize(ctx.actor, "connections:write");
  const users = (await findUsers(ctx, [input.id])).get(input.id) ?? [];
  if (users.length > 0) {
    const problems = users.map((user) => ({ path: `workflows.${user.workflowId}`, message: `${user.name} uses it` }));
    throw new AppError("conflict", `it is used by ${users.map((user) => user.name).join(", ")}; choose another connection there first`, {
      problems,
    });
  }
  await inTransaction(ctx, async (transaction) => {
    const { count } = await transaction.connection.deleteMany({ where: { id: input.id, workspaceId: ctx.workspaceId } });
    if (count === 0) throw new AppError("not_found", "there is no such connection");
    await recordAudit(transaction, ctx, { action: "connection.deleted", entityType: "connection", entityId: input.id });
  });
}

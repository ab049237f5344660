import { type PutSignal, putSignalIn } from "#lib/engine/ledger/signals.ts";
import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { actorColumns, actorName, recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { type Actor, authorize } from "../permissions.ts";
import { inTransaction, type Transaction } from "../transaction.ts";
import { isAsked } from "./approval-view.ts";
import { readApproval } from "./get-approval.ts";
import type { DecideApprovalInput } from "./schemas.ts";

/**
 * Decides, and wakes the run. The first decision is stored, with its audit row; whoever is second, and be it by a
 * millisecond, is shown that one. Throws `not_found`; `forbidden` for who is not asked; `conflict` when there is nothing to
 * decide any more.
 */
export async function decideApproval({ ctx, input }: { ctx: Context; input: DecideApprovalInput }): Promise<ApprovalView> {
  authorize(ctx.actor, "approvals:write");
  const approval = await readApproval(ctx, input.id);
  if (!isAsked(ctx.actor, approval.assignees)) {
    throw new AppError("forbidden", `only ${approval.assignees.join(", ")} may decide this`);
  }
  const put = await inTransaction(ctx, (transaction) => decide(transaction, ctx, approval, input));
  if (put === "over" || put === "unknown")
    throw new AppError("conflict", "there is nothing to decide any more: the time or the run is over");
  return readApproval(ctx, input.id);
}

/** Who decided, as the run and people see it. */
function nameOf(actor: Actor): string {
  return actor.type === "user" ? actor.email : `${actor.type} ${actorColumns(actor).actorId}`;
}

async function decide(transaction: Transaction, ctx: Context, approval: ApprovalView, input: DecideApprovalInput): Promise<PutSignal> {
  const { decision, comment } = input;
  const { runId, nodeId, iteration } = approval;
  const put = await putSignalIn((text, values) => transaction.$queryRawUnsafe(text, ...values), {
    workspaceId: ctx.workspaceId,
    runId,
    nodeId,
    iteration,
    kind: "approval",
    payload: JSON.stringify({ decision, comment, by: nameOf(ctx.actor) }),
    sentBy: actorName(ctx.actor),
  });
  if (put !== "first") return put;
  const details = { before: { status: "pending" }, after: { status: decision, comment, runId } };
  await recordAudit(transaction, ctx, { action: `approval.${decision}`, entityType: "approval", entityId: approval.id, details });
  await notifyChange(transaction, ctx.workspaceId, "approval", approval.id);
  return put;
}

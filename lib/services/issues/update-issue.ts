import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { changeIssue } from "./change-issue.ts";
import { readIssue } from "./read-issue.ts";
import type { IssueChange, UpdateIssueInput, UpdateIssuesInput } from "./schemas.ts";

/** Triage: another status, somebody to look at it, a note. Every change is on the issue's activity and in the audit log. */
export async function updateIssue({ ctx, input }: { ctx: Context; input: UpdateIssueInput }): Promise<IssueView> {
  authorize(ctx.actor, "issues:write");
  const { id, ...change } = input;
  await requireSensible(ctx, change);
  await inTransaction(ctx.db.pool, (client) => changeIssue(client, ctx, id, change));
  return readIssue(ctx, id);
}

/** The same for many: all are changed, or none. */
export async function updateIssues({ ctx, input }: { ctx: Context; input: UpdateIssuesInput }): Promise<{ changed: number }> {
  authorize(ctx.actor, "issues:write");
  const { ids, ...change } = input;
  await requireSensible(ctx, change);
  // In one order, so that two who change the same ones do not wait for each other in a circle.
  const ordered = [...new Set(ids)].sort();
  await inTransaction(ctx.db.pool, async (client) => {
    for (const id of ordered) await changeIssue(client, ctx, id, change);
  });
  return { changed: ordered.length };
}

async function requireSensible(ctx: Context, { snooze, assigneeId }: IssueChange): Promise<void> {
  if (snooze?.until !== undefined && Date.parse(snooze.until) <= ctx.now()) {
    throw new AppError("invalid_input", "snooze.until is in the past", {
      problems: [{ path: "snooze.until", message: "must be in the future" }],
    });
  }
  if (typeof assigneeId !== "string") return;
  const { workspaceId } = ctx;
  const member = await ctx.db.prisma.member.findUnique({ where: { workspaceId_userId: { workspaceId, userId: assigneeId } } });
  if (member !== null) return;
  throw new AppError("invalid_input", "the assignee is no member", { problems: [{ path: "assigneeId", message: "must be a member" }] });
}

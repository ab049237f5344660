import type { IssueView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { actorColumns, recordAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { notifyChange } from "../notify.ts";
import { authorize } from "../permissions.ts";
import { inTransaction, type Transaction } from "../transaction.ts";
import { readIssue } from "./read-issue.ts";
import type { UpdateIssueInput } from "./schemas.ts";

interface Before {
  status: string;
  assigneeId: string | null;
  note: string;
}

/** Triage: another status, somebody to look at it, a note. Every change is on the issue's activity. */
export async function updateIssue({ ctx, input }: { ctx: Context; input: UpdateIssueInput }): Promise<IssueView> {
  authorize(ctx.actor, "issues:write");
  if (input.snooze !== undefined && Date.parse(input.snooze.until) <= ctx.now()) {
    throw new AppError("invalid_input", "snooze.until is in the past", {
      problems: [{ path: "snooze.until", message: "must be in the future" }],
    });
  }
  await inTransaction(ctx, async (transaction) => {
    await transaction.$queryRaw`SELECT id FROM issue WHERE id = ${input.id}::uuid AND workspace_id = ${ctx.workspaceId}::uuid FOR UPDATE`;
    const before = await transaction.issue.findFirst({ where: { id: input.id, workspaceId: ctx.workspaceId } });
    if (before === null) throw new AppError("not_found", "there is no such issue");
    if (typeof input.assigneeId === "string") await requireMember(transaction, ctx, input.assigneeId);
    await transaction.issue.update({ where: { id: before.id }, data: columns(ctx, input) });
    for (const { action, details } of activities(before, input)) {
      const entry = { id: newId(), issueId: before.id, workspaceId: ctx.workspaceId, ...actorColumns(ctx.actor), action };
      await transaction.issueActivity.create({ data: { ...entry, details: JSON.stringify(details) } });
    }
    const { id: _, note: __, ...details } = input;
    await recordAudit(transaction, ctx, {
      action: "issue.updated",
      entityType: "issue",
      entityId: before.id,
      details: JSON.parse(JSON.stringify(details)),
    });
    await notifyChange(transaction, ctx.workspaceId, "issue", before.id);
  });
  return readIssue(ctx, input.id);
}

function columns(ctx: Context, { status, assigneeId, note, snooze }: UpdateIssueInput) {
  const now = new Date(ctx.now());
  return {
    ...(status === undefined ? {} : { status, snooze: snooze === undefined ? null : JSON.stringify(snooze) }),
    ...(status === "open" ? { openedAt: now } : {}),
    ...(status === "resolved" ? { resolvedAt: now, regressed: false } : {}),
    ...(assigneeId === undefined ? {} : { assigneeId }),
    ...(note === undefined ? {} : { note }),
  };
}

/** What of the change is worth a line: only what is different from before. */
function activities(before: Before, { status, assigneeId, note, snooze }: UpdateIssueInput): { action: string; details: JsonObject }[] {
  const lines: { action: string; details: JsonObject }[] = [];
  if (status !== undefined && (status !== before.status || snooze !== undefined)) {
    lines.push({
      action: status === "open" ? "reopened" : status,
      details: { from: before.status, ...(snooze === undefined ? {} : snooze) },
    });
  }
  if (assigneeId !== undefined && assigneeId !== before.assigneeId) lines.push({ action: "assigned", details: { to: assigneeId } });
  if (note !== undefined && note !== before.note) lines.push({ action: "noted", details: {} });
  return lines;
}

async function requireMember(transaction: Transaction, ctx: Context, userId: string): Promise<void> {
  const member = await transaction.member.findUnique({ where: { workspaceId_userId: { workspaceId: ctx.workspaceId, userId } } });
  if (member !== null) return;
  throw new AppError("invalid_input", "the assignee is no member", { problems: [{ path: "assigneeId", message: "must be a member" }] });
}

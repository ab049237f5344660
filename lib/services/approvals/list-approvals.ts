import type { Page } from "#lib/shared/api-types.ts";
import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { isId } from "#lib/shared/ids.ts";
import type { Context } from "../context.ts";
import { toPage, unknownCursor } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { type ApprovalRow, approvalColumns, approvalTables, namesOf, shownStatus, toApprovalView } from "./approval-view.ts";
import type { ListApprovalsInput } from "./schemas.ts";

/** As PostgreSQL prints it: a JavaScript date would lose the microseconds, and rows with them. */
type Row = ApprovalRow & { requested_key: string };

/** Lists approvals, newest first. */
export async function listApprovals({ ctx, input }: { ctx: Context; input: ListApprovalsInput }): Promise<Page<ApprovalView>> {
  authorize(ctx.actor, "approvals:read");
  const where = new Conditions()
    .add("a.workspace_id = ?", ctx.workspaceId)
    .add(`(${shownStatus}) = ANY (?)`, input.status)
    // The open ones are few among many: this finds them by their index.
    .add("a.closed_at IS NULL AND ?", isOnlyPending(input) ? true : undefined)
    .add("a.run_id = ?", input.runId)
    .add("cardinality(a.assignees) = 0 OR a.assignees && ?", input.mine ? namesOf(ctx.actor) : undefined)
    .add("(a.requested_at, a.id) < ((?::json ->> 0)::timestamptz, (?::json ->> 1)::uuid)", decodeCursor(input.cursor));
  const text = `SELECT ${approvalColumns}, a.requested_at::text AS requested_key FROM ${approvalTables} WHERE ${where.sql}
    ORDER BY a.requested_at DESC, a.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<Row>(ctx, text, where.values);
  return toPage(
    rows,
    input.limit,
    (row) => toApprovalView(row, ctx.actor),
    (row) => Buffer.from(JSON.stringify([row.requested_key, row.id])).toString("base64url"),
  );
}

function isOnlyPending({ status }: ListApprovalsInput): boolean {
  return status !== undefined && status.length > 0 && status.every((one) => one === "pending");
}

function decodeCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, "base64url").toString();
  const [, id] = /^\["\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\d.]*[+-]\d\d(?::\d\d)?","([^"]+)"\]$/.exec(text) ?? [];
  if (id === undefined || !isId(id)) throw unknownCursor();
  return text;
}

import type { Page } from "#lib/shared/api-types.ts";
import type { DeadLetterSummary } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { firstIdAt } from "../id-range.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import type { ListDeadLettersInput } from "./schemas.ts";
import { type LetterRow, letterColumns, letterTables, toLetterSummaries } from "./view.ts";

/** Lists the items of the inbox, newest first. */
export async function listDeadLetters({ ctx, input }: { ctx: Context; input: ListDeadLettersInput }): Promise<Page<DeadLetterSummary>> {
  authorize(ctx.actor, "issues:read");
  const where = new Conditions()
    .add("l.workspace_id = ?", ctx.workspaceId)
    .add("l.id < ?", decodeIdCursor(input.cursor))
    .add("l.issue_id = ?", input.issueId)
    .add("l.workflow_id = ?", input.workflowId)
    .add("l.status = ANY (?)", input.status)
    .add("l.node_id = ?", input.nodeId)
    .add("l.kind = ANY (?)", input.kind)
    .add("l.version = ?", input.version)
    .add("l.id >= ?", firstIdAt(input.from))
    .add("l.id < ?", firstIdAt(input.to))
    .add("strpos(lower(l.error), lower(?)) > 0", input.q);
  const text = `SELECT ${letterColumns} FROM ${letterTables} WHERE ${where.sql} ORDER BY l.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<LetterRow>(ctx, text, where.values);
  const page = toPage(
    rows,
    input.limit,
    (row) => row,
    (row) => row.id,
  );
  return { items: await toLetterSummaries(ctx, page.items), nextCursor: page.nextCursor };
}

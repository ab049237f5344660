import type { Page } from "#lib/shared/api-types.ts";
import { isId } from "#lib/shared/ids.ts";
import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { toPage, unknownCursor } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { hasLeftItems, issueColumns, issueTables, shownStatus, trend } from "./issue-sql.ts";
import { type IssueRow, toIssueSummary } from "./issue-view.ts";
import type { ListIssuesInput } from "./schemas.ts";

/** Each sort key as a number, so that one form of cursor serves them all. Times are whole milliseconds. */
const sortSql: Record<ListIssuesInput["sort"], string> = {
  lastSeen: "floor(extract(epoch FROM i.last_seen_at) * 1000)::bigint",
  firstSeen: "floor(extract(epoch FROM i.first_seen_at) * 1000)::bigint",
  count: "i.count::bigint",
  trend: `(${trend})::bigint`,
};

const matches =
  "strpos(lower(i.title), lower(?)) > 0 OR strpos(lower(w.name), lower(?)) > 0 OR strpos(lower(i.node_id), lower(?)) > 0 OR strpos(lower(c.name), lower(?)) > 0";

/** Lists issues: groups of dead letters with one cause, and what else is not as it should be. */
export async function listIssues({ ctx, input }: { ctx: Context; input: ListIssuesInput }): Promise<Page<IssueSummary>> {
  authorize(ctx.actor, "issues:read");
  const key = sortSql[input.sort];
  const after = decodeCursor(input.cursor);
  const where = new Conditions()
    .add("i.workspace_id = ? AND i.merged_into IS NULL", ctx.workspaceId)
    .add(`(${shownStatus}) = ANY (?)${input.withLeftItems ? ` OR ${hasLeftItems}` : ""}`, input.status)
    .add("i.assignee_id IS NOT DISTINCT FROM nullif(?, '')", assigneeOf(ctx, input.assignee))
    .add("i.workflow_id = ?", input.workflowId)
    .add(matches, input.q)
    .add(`(${key}, i.id) < ((?::json ->> 0)::bigint, (?::json ->> 1)::uuid)`, after === null ? null : JSON.stringify(after));
  const text = `SELECT ${issueColumns}, ${key}::text AS sort_key FROM ${issueTables} WHERE ${where.sql}
    ORDER BY ${key} DESC, i.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<IssueRow & { sort_key: string }>(ctx, text, where.values);
  return toPage(rows, input.limit, toIssueSummary, (row) => `${row.sort_key}_${row.id}`);
}

/** The empty text stands for nobody. */
function assigneeOf(ctx: Context, wish: string | undefined): string | undefined {
  if (wish === "none") return "";
  if (wish !== "me") return wish;
  return ctx.actor.type === "user" ? ctx.actor.userId : "-";
}

function decodeCursor(cursor: string | undefined): [string, string] | null {
  if (cursor === undefined) return null;
  const [, key, id] = /^(-?\d{1,18})_(.+)$/.exec(cursor) ?? [];
  if (key !== undefined && id !== undefined && isId(id)) return [key, id];
  throw unknownCursor();
}

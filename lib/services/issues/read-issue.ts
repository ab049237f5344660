import { AppError } from "#lib/shared/errors.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { readJsonObject } from "../json-column.ts";
import { issueColumns, issueTables } from "./issue-sql.ts";
import { type IssueRow, nodeOf, toIssueSummary } from "./issue-view.ts";

interface ActivityRow {
  at: Date;
  actor: string;
  action: string;
  details: string;
  total: number;
}

const findIssue = `SELECT ${issueColumns} FROM ${issueTables} WHERE i.id = $1 AND i.workspace_id = $2`;
const listActivity = `
  SELECT lines.*, count(*) OVER ()::int AS total FROM (
  SELECT a.at, coalesce(u.name, 'token ' || t.name, nullif(concat_ws(' ', a.actor_type, a.actor_id), '')) AS actor, a.action, a.details
  FROM issue_activity a
  LEFT JOIN auth_user u ON u.id = a.actor_id
  LEFT JOIN api_token t ON t.id::text = a.actor_id AND t.workspace_id = a.workspace_id
  WHERE a.issue_id = $1 AND a.workspace_id = $2
  UNION ALL
  -- That it came back is no act of anybody's: it is known by what people were told.
  SELECT n.at, 'system keeper', n.kind, '{}' FROM issue_notification n WHERE n.issue_id = $1 AND n.workspace_id = $2 AND n.kind = 'regressed'
  ) lines ORDER BY at DESC LIMIT 200`;

/** Reads an issue of the caller's workspace with what people did about it, newest first, for whoever was authorized before. */
export async function readIssue(ctx: Context, id: string): Promise<IssueView> {
  const key = [id, ctx.workspaceId];
  const [issues, activity] = await Promise.all([
    ctx.db.pool.query<IssueRow>(findIssue, key),
    ctx.db.pool.query<ActivityRow>(listActivity, key),
  ]);
  const row = issues.rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such issue");
  return {
    ...toIssueSummary(row),
    note: row.note,
    runbook: nodeOf(row)?.notes ?? "",
    activity: activity.rows.map((entry) => {
      const { undo: _, ...details } = readJsonObject(entry.details);
      return { at: entry.at.toISOString(), actor: entry.actor, action: entry.action, details };
    }),
    moreActivity: (activity.rows[0]?.total ?? 0) - activity.rows.length,
  };
}

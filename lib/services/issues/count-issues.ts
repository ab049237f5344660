import type { IssueCounts } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { hasLeftItems, shownStatus } from "./issue-sql.ts";

const countAll = `
  SELECT count(*) FILTER (WHERE status IN ('open', 'acknowledged') OR left_items)::int AS review,
    count(*) FILTER (WHERE (status IN ('open', 'acknowledged') OR left_items) AND assignee_id = $2)::int AS mine,
    count(*) FILTER (WHERE status = 'snoozed')::int AS snoozed,
    count(*) FILTER (WHERE status = 'resolved')::int AS resolved,
    count(*)::int AS "all"
  FROM (SELECT ${shownStatus} AS status, i.assignee_id, ${hasLeftItems} AS left_items FROM issue i WHERE i.workspace_id = $1 AND i.merged_into IS NULL) AS shown`;

/** Counts the issues behind each tab of the inbox. */
export async function countIssues({ ctx }: { ctx: Context }): Promise<IssueCounts> {
  authorize(ctx.actor, "issues:read");
  const [row] = await listQuery<IssueCounts>(ctx, countAll, [ctx.workspaceId, ctx.actor.type === "user" ? ctx.actor.userId : null]);
  return row ?? { review: 0, mine: 0, snoozed: 0, resolved: 0, all: 0 };
}

import type { ApprovalCounts } from "#lib/shared/approval-types.ts";
import type { Context } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { namesOf } from "./approval-view.ts";

const countOpen = `
  SELECT count(*)::int AS pending, count(*) FILTER (WHERE cardinality(a.assignees) = 0 OR a.assignees && $2::text[])::int AS mine
  FROM approval a JOIN run r ON r.id = a.run_id
  WHERE a.workspace_id = $1 AND a.closed_at IS NULL AND r.status IN ('queued', 'running', 'waiting')`;

/** Counts what is to be decided. */
export async function countApprovals({ ctx }: { ctx: Context }): Promise<ApprovalCounts> {
  authorize(ctx.actor, "approvals:read");
  const [row] = await listQuery<ApprovalCounts>(ctx, countOpen, [ctx.workspaceId, namesOf(ctx.actor)]);
  return row ?? { pending: 0, mine: 0 };
}

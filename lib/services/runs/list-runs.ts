import type { Page, RunSummary } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { firstIdAt } from "../id-range.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { type RunRow, runColumns, toRunSummary } from "./run-view.ts";
import type { ListRunsInput } from "./schemas.ts";

// Parts are searched by position, not by pattern, so that %, _ and \ mean themselves; keys and ids match as a whole.
const matches = `r.id::text = lower(?) OR strpos(lower(w.name), lower(?)) > 0 OR strpos(lower(r.error), lower(?)) > 0
  OR EXISTS (SELECT FROM event e WHERE e.id = r.event_id AND e.dedupe_key = ?)
  OR EXISTS (SELECT FROM step s WHERE s.run_id = r.id AND s.idempotency_key = ?)`;

/** Lists runs, newest first. A time range narrows the ids, which start with their time, and so the partitions that are read. */
export async function listRuns({ ctx, input }: { ctx: Context; input: ListRunsInput }): Promise<Page<RunSummary>> {
  authorize(ctx.actor, "runs:read");
  const where = new Conditions()
    .add("r.workspace_id = ?", ctx.workspaceId)
    .add("r.id < ?", decodeIdCursor(input.cursor))
    .add("r.status = ANY (?)", input.status)
    .add("r.workflow_id = ?", input.workflowId)
    .add("r.version = ?", input.version)
    .add("r.trigger_type = ANY (?)", input.trigger)
    .add("r.mode = ?", input.mode)
    .add("r.id >= ?", firstIdAt(input.from))
    .add("r.id < ?", firstIdAt(input.to))
    .add("EXISTS (SELECT FROM step s WHERE s.run_id = r.id AND s.node_id = ? AND s.status = 'failed')", input.node)
    .add(matches, input.q);
  const text = `SELECT ${runColumns} FROM run r JOIN workflow w ON w.id = r.workflow_id WHERE ${where.sql} ORDER BY r.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<RunRow>(ctx, text, where.values);
  return toPage(rows, input.limit, toRunSummary, (row) => row.id);
}

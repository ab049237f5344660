import type { Context } from "../context.ts";
import { decodeIdCursor } from "../cursor.ts";
import { firstIdAt } from "../id-range.ts";
import { Conditions } from "../list-query.ts";
import { addAttributes } from "./attribute-filter.ts";
import type { ListRunsInput } from "./schemas.ts";

type Filter = Omit<ListRunsInput, "cursor" | "limit" | "field"> & { cursor?: string | undefined };

/** What a run must have to be listed, of what its own row tells. */
export function conditions(ctx: Context, input: Filter): Conditions {
  const where = new Conditions()
    .add("r.workspace_id = ?", ctx.workspaceId)
    .add("r.id < ?", decodeIdCursor(input.cursor))
    .add("r.status = ANY (?)", input.status)
    .add("r.workflow_id = ?", input.workflowId)
    .add("r.version = ?", input.version)
    .add("r.trigger_type = ANY (?)", input.trigger)
    .add("r.mode = ?", input.mode)
    .add("r.finished_at - r.started_at >= ? * interval '1 millisecond'", input.minDurationMs)
    // Most runs have no step that was tried twice, and say so themselves.
    .add("r.retried = ?", (input.minAttempts ?? 0) > 1 ? true : undefined)
    .add("EXISTS (SELECT FROM step a WHERE a.run_id = r.id AND a.attempts >= ?)", input.minAttempts)
    // Read from the few that are replays; the other way round each run would be looked up.
    .add("? AND r.id IN (SELECT y.replay_of FROM run y WHERE y.replay_of IS NOT NULL)", input.replayed || undefined)
    .add("NOT ? AND NOT EXISTS (SELECT FROM run y WHERE y.replay_of = r.id)", input.replayed === false ? false : undefined);
  return inTime(addAttributes(where, ctx.workspaceId, input.attr), input);
}

/** A range of times narrows the ids, which start with the time of receipt: nothing starts or ends before it was received. */
function inTime(where: Conditions, { by, from, to }: Filter): Conditions {
  where.add("r.id < ?", firstIdAt(to));
  if (by === "received") return where.add("r.id >= ?", firstIdAt(from));
  const column = by === "started" ? "r.started_at" : "r.finished_at";
  return where.add(`${column} >= ?::timestamptz`, from).add(`${column} < ?::timestamptz`, to);
}

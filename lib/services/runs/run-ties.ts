import type { RunMove, RunTies } from "#lib/shared/run-ties.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { readJsonObject } from "../json-column.ts";

interface TiesRow {
  parent_run_id: string | null;
  parent_step_id: string | null;
  failure_of: string | null;
  gate_state: string | null;
  order_key: string | null;
  run_limit: number | null;
  head_run_id: string | null;
  gathers_until: Date | null;
  gathered: string | null;
  issue_id: string | null;
  dead_letter_id: string | null;
}

/** The head of a held run's key is the one run of the key that is not behind another. */
const findTies = `
  SELECT r.parent_run_id, r.parent_step_id, r.failure_of, g.state AS gate_state, g.order_key, g.run_limit, h.run_id AS head_run_id,
    a.due_at AS gathers_until, a.state AS gathered,
    l.id AS dead_letter_id, l.issue_id
  FROM run r
  LEFT JOIN run_gate g ON r.gated AND g.run_id = r.id
  LEFT JOIN arrival a ON g.state = 'gathering' AND a.run_id = r.id AND a.control = 'gather'
  LEFT JOIN LATERAL (
    SELECT h.run_id FROM run_gate h WHERE h.workflow_id = g.workflow_id AND h.order_key = g.order_key AND h.run_id <> g.run_id
      AND h.state IN ('ready', 'admitted', 'failed', 'blocked') LIMIT 1) h ON true
  LEFT JOIN LATERAL (
    SELECT l.id, l.issue_id FROM dead_letter l WHERE l.run_id = h.run_id AND l.status IN ('open', 'redriving') ORDER BY l.id LIMIT 1) l ON true
  WHERE r.id = $1 AND r.workspace_id = $2`;

/** More children are not listed. */
const maxChildren = 500;
const listChildren = `SELECT c.id, c.parent_step_id, c.status, w.name FROM run c JOIN workflow w ON w.id = c.workflow_id
  WHERE c.parent_run_id = $1 AND c.workspace_id = $2 ORDER BY c.id LIMIT ${maxChildren}`;

const maxReplays = 100;
const listReplays = `SELECT y.id, y.status, y.created_at FROM run y
  WHERE y.replay_of = $1 AND y.workspace_id = $2 ORDER BY y.id LIMIT ${maxReplays}`;

/** The index of moves finds them by the run. */
const listMoves = `
  SELECT a.at, a.details::json #> '{before,version}' AS before, a.details::json #> '{after,version}' AS after,
    coalesce(u.name, 'token ' || t.name, concat_ws(' ', a.actor_type, a.actor_id)) AS actor
  FROM audit_log a
  LEFT JOIN auth_user u ON a.actor_type = 'user' AND u.id = a.actor_id
  LEFT JOIN api_token t ON a.actor_type = 'token' AND t.id::text = a.actor_id AND t.workspace_id = a.workspace_id
  WHERE a.entity_id = $1::text AND a.workspace_id = $2 AND a.action = 'run.moved' ORDER BY a.id`;

interface MoveRow {
  at: Date;
  before: number | null;
  after: number | null;
  actor: string;
}

/** What ties a run to others: which started it, which it started, and for which it has to wait before it may start. */
export async function readTies(ctx: Context, runId: string): Promise<RunTies> {
  const key = [runId, ctx.workspaceId];
  const [ties, children, replays, moves] = await Promise.all([
    ctx.db.pool.query<TiesRow>(findTies, key),
    ctx.db.pool.query<{ id: string; parent_step_id: string | null; status: RunStatus; name: string }>(listChildren, key),
    ctx.db.pool.query<{ id: string; status: RunStatus; created_at: Date }>(listReplays, key),
    ctx.db.pool.query<MoveRow>(listMoves, key),
  ]);
  const row = ties.rows[0];
  return {
    held: row === undefined ? null : heldBy(row),
    parent: row?.parent_run_id ? { runId: row.parent_run_id, stepId: row.parent_step_id } : null,
    failureOf: row?.failure_of ?? null,
    replays: replays.rows.map((replay) => ({ runId: replay.id, status: replay.status, createdAt: replay.created_at.toISOString() })),
    moves: moves.rows.map(
      (move): RunMove => ({ at: move.at.toISOString(), fromVersion: move.before, toVersion: move.after, by: move.actor }),
    ),
    children: children.rows.map((child) => ({
      runId: child.id,
      stepId: child.parent_step_id,
      workflowName: child.name,
      status: child.status,
    })),
  };
}

function heldBy(row: TiesRow): RunTies["held"] {
  if (row.gate_state === "ready") return { reason: row.run_limit === null ? "share" : "concurrency", behindRunId: null, deadLetter: null };
  if (row.gate_state === "gathering") {
    const events = Number(readJsonObject(row.gathered ?? "{}").count ?? 0);
    const gathers = row.gathers_until === null ? {} : { gathers: { until: row.gathers_until.toISOString(), events } };
    return { reason: "arrivals", behindRunId: null, deadLetter: null, ...gathers };
  }
  if (row.gate_state !== "new" && row.gate_state !== "behind") return null;
  const deadLetter = row.dead_letter_id === null || row.issue_id === null ? null : { id: row.dead_letter_id, issueId: row.issue_id };
  return { reason: "order", behindRunId: row.head_run_id, deadLetter };
}

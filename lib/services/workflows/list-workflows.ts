import type { Page, WorkflowSummary } from "#lib/shared/api-types.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { authorize } from "../permissions.ts";
import { type RunFigures, readRunFigures } from "./run-figures.ts";
import type { ListWorkflowsInput } from "./schemas.ts";
import { triggerWords } from "./trigger-words.ts";
import { stateOf } from "./view.ts";

interface Row {
  id: string;
  name: string;
  draft: string;
  live_document: string | null;
  live_version: number | null;
  rollout: WorkflowSummary["rollout"];
  rollout_document: string | null;
  paused_at: Date | null;
  paused_reason: string | null;
  archived_at: Date | null;
  next_fire_at: Date | null;
  open_dead_letters: number;
  last_run: { id: string; status: RunStatus; at: string } | null;
  created_at: Date;
  updated_at: Date;
}

const stateSql = `CASE WHEN w.archived_at IS NOT NULL THEN 'archived' WHEN w.live_version IS NULL THEN 'draft'
  WHEN w.paused_at IS NOT NULL THEN 'paused' ELSE 'live' END`;

// Search is by position, not by pattern, so that %, _ and \\ mean themselves.
const listRows = `
  SELECT w.id, w.name, w.draft, d.document AS live_document, w.live_version,
    CASE WHEN o.id IS NOT NULL THEN json_build_object('version', o.version, 'percent', o.percent, 'paused', o.state = 'paused', 'reason', o.reason) END AS rollout,
    od.document AS rollout_document, w.paused_at, w.paused_reason, w.archived_at,
    (SELECT min(t.next_fire_at) FROM workflow_trigger t WHERE t.workflow_id = w.id AND t.enabled) AS next_fire_at,
    (SELECT count(*)::int FROM dead_letter l WHERE l.workspace_id = w.workspace_id AND l.workflow_id = w.id
      AND l.status IN ('open', 'redriving')) AS open_dead_letters,
    (SELECT json_build_object('id', r.id, 'status', r.status, 'at', r.created_at) FROM run r WHERE r.workflow_id = w.id
      ORDER BY r.id DESC LIMIT 1) AS last_run,
    w.created_at, w.updated_at
  FROM workflow w
  LEFT JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
  LEFT JOIN workflow_document d ON d.id = v.document_id
  LEFT JOIN workflow_rollout o ON o.workflow_id = w.id AND o.ended_at IS NULL
  LEFT JOIN workflow_document od ON od.id = o.document_id
  WHERE w.workspace_id = $1 AND ($2::uuid IS NULL OR w.id < $2)
    AND ($3::text IS NULL OR strpos(lower(w.name), lower($3)) > 0 OR strpos(lower(coalesce(d.document, w.draft)), lower($3)) > 0)
    AND (${stateSql}) = ANY ($4)
    AND ($5::text IS NULL OR strpos(w.draft, $5) > 0 OR strpos(d.document, $5) > 0)
  ORDER BY w.id DESC LIMIT $6`;

const current = ["draft", "live", "paused"];

/** Lists workflows, newest first, with what a person needs to see at a glance. */
export async function listWorkflows({ ctx, input }: { ctx: Context; input: ListWorkflowsInput }): Promise<Page<WorkflowSummary>> {
  authorize(ctx.actor, "workflows:read");
  const { rows } = await ctx.db.pool.query<Row>(listRows, [
    ctx.workspaceId,
    decodeIdCursor(input.cursor),
    input.q ?? null,
    input.state ?? current,
    input.connectionId ?? null,
    input.limit + 1,
  ]);
  const figures = await readRunFigures(
    ctx,
    rows.slice(0, input.limit).map((row) => row.id),
  );
  return toPage(
    rows,
    input.limit,
    (row) => toSummary(row, figures.get(row.id)),
    (row) => row.id,
  );
}

function toSummary(row: Row, figures: RunFigures | undefined): WorkflowSummary {
  return {
    id: row.id,
    name: row.name,
    state: stateOf({ liveVersion: row.live_version, pausedAt: row.paused_at, archivedAt: row.archived_at }),
    pausedReason: row.paused_reason,
    liveVersion: row.live_version,
    rollout: row.rollout,
    hasUnpublishedChanges: row.live_document !== null && row.live_document !== row.draft && row.rollout_document !== row.draft,
    trigger: triggerWords(row.live_document ?? row.draft),
    nextFireAt: row.next_fire_at?.toISOString() ?? null,
    lastRun: row.last_run === null ? null : { ...row.last_run, at: new Date(row.last_run.at).toISOString() },
    runs24h: figures ?? { total: 0, failed: 0, byHour: Array.from({ length: 24 }, () => 0) },
    openDeadLetters: row.open_dead_letters,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import type { RunView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { readEvent } from "./read-event.ts";
import { readStepContext } from "./read-step-context.ts";
import { readAttributes } from "./run-attributes.ts";
import { readTies } from "./run-ties.ts";
import { type RunRow, runColumns, toRunSummary } from "./run-view.ts";
import type { GetRunInput } from "./schemas.ts";
import { type StepRow, stepColumns, toStepSummary } from "./step-view.ts";

interface FullRunRow extends RunRow {
  document: string;
  trigger_node_id: string;
  event_id: string;
  replay_of: string | null;
  redrive_count: number;
  wake_at: Date | null;
}

const findRun = `
  SELECT ${runColumns}, d.document, r.trigger_node_id, r.event_id, r.replay_of, r.redrive_count, r.wake_at
  FROM run r JOIN workflow w ON w.id = r.workflow_id JOIN workflow_document d ON d.id = r.document_id
  WHERE r.id = $1 AND r.workspace_id = $2`;

/** Steps inside of loops that are shown with a run; `listSteps` pages through all. */
const maxInside = 200;
/** All outside of loops; of those inside what failed or goes on, then the latest. */
const listSteps = `
  SELECT ${stepColumns} FROM step s WHERE s.run_id = $1 AND s.workspace_id = $2 AND s.iteration = ''
  UNION ALL (
    SELECT ${stepColumns} FROM step s
    WHERE s.run_id = $1 AND s.workspace_id = $2 AND s.iteration <> ''
      AND ($3::text IS NULL OR s.iteration = $3 OR starts_with(s.iteration, $3 || '/'))
    ORDER BY s.status IN ('succeeded', 'skipped', 'deduplicated'), s.created_at DESC, s.id LIMIT ${maxInside})`;
const countInside = `
  SELECT node_id, status, count(*)::int AS count FROM step WHERE run_id = $1 AND workspace_id = $2 AND iteration <> '' AND iteration NOT LIKE '%~undo'
  GROUP BY node_id, status ORDER BY node_id, status`;

interface CountRow {
  node_id: string;
  status: StepStatus;
  count: number;
}

/** Shows one run with its steps, each with a line for every attempt. Of a loop's steps those of one iteration, when asked for. */
export async function getRun({ ctx, input }: { ctx: Context; input: GetRunInput }): Promise<RunView> {
  authorize(ctx.actor, "runs:read");
  const key = [input.id, ctx.workspaceId];
  const { rows } = await ctx.db.pool.query<FullRunRow>(findRun, key);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such run; runs are kept for a limited time (SLUICE_RETENTION_DAYS)");
  const document = documentSchema.parse(JSON.parse(row.document));
  const compiled = compileDocument(document);
  const [steps, inside, event, ties, attributes] = await Promise.all([
    ctx.db.pool.query<StepRow>(listSteps, [...key, input.iteration ?? null]),
    compiled.bodies.size === 0 ? null : ctx.db.pool.query<CountRow>(countInside, key),
    readEvent(ctx, row.event_id),
    readTies(ctx, input.id),
    readAttributes(ctx, [input.id]),
  ]);
  const { attemptsOf, letters, isOpen } = await readStepContext(ctx, input.id, steps.rows);
  const counts = inside?.rows ?? [];
  const shown = steps.rows.filter((step) => step.iteration !== "").length;
  return {
    ...toRunSummary(row),
    ...ties,
    attributes: attributes.get(input.id) ?? [],
    triggerNodeId: row.trigger_node_id,
    event: event === null ? null : { id: row.event_id, data: readJson(event.text ?? null), receivedAt: event.receivedAt },
    replayOf: row.replay_of,
    redriveCount: row.redrive_count,
    wakeAt: row.wake_at?.toISOString() ?? null,
    document: readJson(row.document),
    steps: inOrder(steps.rows, compiled.order).map((step) =>
      toStepSummary(step, { document, attempts: attemptsOf.get(step.id) ?? [], deadLettered: isOpen(step.id) }),
    ),
    iterations: counts.map(({ node_id, status, count }) => ({ nodeId: node_id, status, count })),
    moreSteps: counts.reduce((sum, { count }) => sum + count, 0) - shown,
    deadLetters: letters.map((letter) => ({ id: letter.id, stepId: letter.step_id, status: letter.status, issueId: letter.issue_id })),
  };
}

/** As they began. Steps of one millisecond, and there are many, come in the order of the graph. */
function inOrder(steps: StepRow[], order: readonly string[]): StepRow[] {
  const place = new Map(order.map((nodeId, index) => [nodeId, index]));
  return steps.toSorted(
    (a, b) => a.created_at.getTime() - b.created_at.getTime() || (place.get(a.node_id) ?? 0) - (place.get(b.node_id) ?? 0),
  );
}

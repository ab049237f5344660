import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import type { RunView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { DeadLetterStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { readEvent } from "./read-event.ts";
import { readTies } from "./run-ties.ts";
import { type RunRow, runColumns, toRunSummary } from "./run-view.ts";
import { type AttemptRow, attemptColumns, type StepRow, stepColumns, toStepSummary } from "./step-view.ts";

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

/** More steps of one run are not listed at once. */
const maxSteps = 5_000;
const listSteps = `SELECT ${stepColumns} FROM step s WHERE s.run_id = $1 AND s.workspace_id = $2 ORDER BY s.created_at, s.id LIMIT ${maxSteps}`;
const listAttempts = `SELECT ${attemptColumns} FROM attempt a WHERE a.run_id = $1 AND a.workspace_id = $2 ORDER BY a.step_id, a.no LIMIT ${maxSteps * 4}`;
const listDeadLetters = "SELECT id, step_id, status, issue_id FROM dead_letter WHERE run_id = $1 AND workspace_id = $2 ORDER BY id";

interface LetterRow {
  id: string;
  step_id: string;
  status: DeadLetterStatus;
  issue_id: string;
}

/** Shows one run with its steps, each with a line for every attempt. */
export async function getRun({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<RunView> {
  authorize(ctx.actor, "runs:read");
  const key = [input.id, ctx.workspaceId];
  const { rows } = await ctx.db.pool.query<FullRunRow>(findRun, key);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such run; runs are kept for a limited time (SLUICE_RETENTION_DAYS)");
  const [steps, attempts, letters, event, ties] = await Promise.all([
    ctx.db.pool.query<StepRow>(listSteps, key),
    ctx.db.pool.query<AttemptRow>(listAttempts, key),
    ctx.db.pool.query<LetterRow>(listDeadLetters, key),
    readEvent(ctx, row.event_id),
    readTies(ctx, input.id),
  ]);
  const document = documentSchema.parse(JSON.parse(row.document));
  const attemptsOf = Map.groupBy(attempts.rows, (attempt) => attempt.step_id);
  const open = new Set(
    letters.rows.filter((letter) => letter.status === "open" || letter.status === "redriving").map((letter) => letter.step_id),
  );
  return {
    ...toRunSummary(row),
    ...ties,
    triggerNodeId: row.trigger_node_id,
    event: event === null ? null : { id: row.event_id, data: readJson(event.text ?? null), receivedAt: event.receivedAt },
    replayOf: row.replay_of,
    redriveCount: row.redrive_count,
    wakeAt: row.wake_at?.toISOString() ?? null,
    document: readJson(row.document),
    steps: inOrder(steps.rows, document).map((step) =>
      toStepSummary(step, { document, attempts: attemptsOf.get(step.id) ?? [], deadLettered: open.has(step.id) }),
    ),
    deadLetters: letters.rows.map((letter) => ({ id: letter.id, stepId: letter.step_id, status: letter.status, issueId: letter.issue_id })),
  };
}

/** As they began. Steps of one millisecond, and there are many, come in the order of the graph. */
function inOrder(steps: StepRow[], document: WorkflowDocument): StepRow[] {
  const place = new Map(compileDocument(document).order.map((nodeId, index) => [nodeId, index]));
  return steps.toSorted(
    (a, b) => a.created_at.getTime() - b.created_at.getTime() || (place.get(a.node_id) ?? 0) - (place.get(b.node_id) ?? 0),
  );
}

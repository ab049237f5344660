import { AppError } from "#lib/shared/errors.ts";
import type { DeadLetterView } from "#lib/shared/inbox-types.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { hideLinks } from "../hide-links.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { readAttempts } from "../runs/read-attempts.ts";
import { readEvent } from "../runs/read-event.ts";
import { readKeys } from "../runs/read-keys.ts";
import { canLookUp, type FoundLetter, findLetter as findFailed } from "./find-letter.ts";
import { type LetterRow, letterColumns, letterTables, toLetterSummaries } from "./view.ts";

interface FullLetterRow extends LetterRow {
  input: string | null;
  edited_input: string | null;
  event_id: string | null;
  replay_run_id: string | null;
  run_status: RunStatus | null;
  blocks: number;
}

const findLetter = `
  SELECT ${letterColumns}, l.input, l.edited_input, l.replay_run_id, r.event_id, r.status AS run_status,
    (SELECT count(*)::int FROM run_gate g JOIN run_gate b ON b.workflow_id = g.workflow_id AND b.order_key = g.order_key AND b.state = 'behind'
     WHERE g.run_id = l.run_id AND g.state IN ('failed', 'blocked')) AS blocks
  FROM ${letterTables} WHERE l.id = $1 AND l.workspace_id = $2`;

/** Shows one item: the frozen input of the failed step, the event, and every attempt with request and response. */
export async function getDeadLetter({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<DeadLetterView> {
  authorize(ctx.actor, "issues:read");
  const { rows } = await ctx.db.pool.query<FullLetterRow>(findLetter, [input.id, ctx.workspaceId]);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such dead letter");
  const [summaries, attemptList, event, found] = await Promise.all([
    toLetterSummaries(ctx, [row]),
    readAttempts(ctx, { runId: row.run_id, stepId: row.step_id }),
    row.event_id === null ? null : readEvent(ctx, row.event_id),
    findFailed(ctx, input.id),
  ]);
  const summary = summaries[0];
  if (summary === undefined) throw new Error("a row gave no summary");
  return {
    ...summary,
    input: readJson(hideLinks(ctx, row.input)),
    editedInput: row.edited_input === null ? null : readJson(hideLinks(ctx, row.edited_input)),
    event: readJson(event?.text ?? null),
    attemptList,
    // Only a finished run is ever removed, and a dead letter is of a failed one.
    runStatus: row.run_status ?? "failed",
    blocks: row.blocks,
    replayRunId: row.replay_run_id,
    idempotency: await keyOf(ctx, row, found),
    canLookUp: row.kind === "unknown_outcome" && canLookUp(found),
  };
}

/** The step's own key, if its author gave one, and what is known of it now. */
async function keyOf(ctx: Context, row: FullLetterRow, { node }: FoundLetter): Promise<DeadLetterView["idempotency"]> {
  const { idempotency_key: key, step_id: stepId, workflow_id: workflowId } = row;
  if (key === null || node === null) return null;
  const record = (await readKeys(ctx, [{ stepId, workflowId, node, key }])).get(stepId);
  return {
    key,
    state: record?.state ?? null,
    // Given back keys are nobody's.
    heldBy: record === undefined || record.state === "released" ? null : record.ownerRunId,
    lastSentAt: record?.lastSentAt?.toISOString() ?? null,
    expiresAt: record?.expiresAt.toISOString() ?? null,
  };
}

import { documentSchema } from "#lib/graph/document.ts";
import type { StepView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { ContextWith } from "../context.ts";
import { hideLinks } from "../hide-links.ts";
import { readJson } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { loopView } from "./loop-view.ts";
import { readAttempts } from "./read-attempts.ts";
import { type StepRow, stepColumns, toStepSummary } from "./step-view.ts";
import { waitingFor } from "./waiting-for.ts";

interface FullStepRow extends StepRow {
  document: string;
  effect: string;
  idempotency_key: string | null;
  input: string | null;
  output: string | null;
  dead_lettered: boolean;
  loop_pace: string | null;
}

const findStep = `
  SELECT ${stepColumns}, d.document, s.loop_pace, s.effect, s.idempotency_key, coalesce(s.input, i.body) AS input, coalesce(s.output, o.body) AS output,
    EXISTS (SELECT FROM dead_letter l WHERE l.step_id = s.id AND l.status IN ('open', 'redriving')) AS dead_lettered
  FROM step s
  JOIN run r ON r.id = s.run_id
  JOIN workflow_document d ON d.id = r.document_id
  LEFT JOIN payload i ON i.id = s.input_ref
  LEFT JOIN payload o ON o.id = s.output_ref
  WHERE s.run_id = $1 AND s.id = $2 AND s.workspace_id = $3`;

/** Shows one step: its frozen input, its output or error, and every attempt with request and response, masked when written. */
export async function getStep({ ctx, input }: { ctx: ContextWith<"links">; input: { id: string; stepId: string } }): Promise<StepView> {
  authorize(ctx.actor, "runs:read");
  const { rows } = await ctx.db.pool.query<FullStepRow>(findStep, [input.id, input.stepId, ctx.workspaceId]);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such step");
  const attempts = await readAttempts(ctx, { runId: input.id, stepId: row.id });
  const document = documentSchema.parse(JSON.parse(row.document));
  const summary = toStepSummary(row, { document, attempts: [], deadLettered: row.dead_lettered });
  return {
    ...summary,
    attemptSummaries: attempts.map(({ no, state, class: failureClass, httpStatus, askedAt, startedAt, endedAt }) => ({
      no,
      state,
      class: failureClass,
      httpStatus,
      askedAt,
      startedAt,
      endedAt,
    })),
    effect: row.effect,
    idempotencyKey: row.idempotency_key,
    input: readJson(hideLinks(ctx, row.input)),
    output: readJson(hideLinks(ctx, row.output)),
    attemptList: attempts,
    loop: loopView(document, row, readJson(row.output)),
    waitingFor:
      row.status === "waiting"
        ? waitingFor(ctx, document, {
            id: row.id,
            runId: input.id,
            nodeId: row.node_id,
            iteration: row.iteration,
            input: readJson(row.input),
            output: readJson(row.output),
          })
        : null,
  };
}

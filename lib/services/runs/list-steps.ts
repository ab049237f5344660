import { documentSchema } from "#lib/graph/document.ts";
import type { Page, StepSummary } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { readStepContext } from "./read-step-context.ts";
import type { ListStepsInput } from "./schemas.ts";
import { type StepRow, stepColumns, toStepSummary } from "./step-view.ts";

const findDocument =
  "SELECT d.document FROM run r JOIN workflow_document d ON d.id = r.document_id WHERE r.id = $1 AND r.workspace_id = $2";

/** Lists the steps of a run as they began, page by page: a run with loops may have tens of thousands. */
export async function listSteps({ ctx, input }: { ctx: Context; input: ListStepsInput }): Promise<Page<StepSummary>> {
  authorize(ctx.actor, "runs:read");
  const { rows: runs } = await ctx.db.pool.query<{ document: string }>(findDocument, [input.id, ctx.workspaceId]);
  if (runs[0] === undefined) throw new AppError("not_found", "there is no such run");
  const where = new Conditions()
    .add("s.run_id = ?", input.id)
    .add("s.workspace_id = ?", ctx.workspaceId)
    .add("s.node_id = ?", input.node)
    .add("s.status = ANY (?)", input.status)
    .add("(s.iteration = ? OR starts_with(s.iteration, ? || '/'))", input.iteration)
    .add(
      "(s.created_at, s.id) > (SELECT c.created_at, c.id FROM step c WHERE c.run_id = s.run_id AND c.id = ?::uuid)",
      decodeIdCursor(input.cursor),
    );
  const text = `SELECT ${stepColumns} FROM step s WHERE ${where.sql} ORDER BY s.created_at, s.id LIMIT ${input.limit + 1}`;
  const rows = await listQuery<StepRow>(ctx, text, where.values);
  const document = documentSchema.parse(JSON.parse(runs[0].document));
  const { attemptsOf, isOpen } = await readStepContext(ctx, input.id, rows);
  const show = (row: StepRow) => toStepSummary(row, { document, attempts: attemptsOf.get(row.id) ?? [], deadLettered: isOpen(row.id) });
  return toPage(rows, input.limit, show, (row) => row.id);
}

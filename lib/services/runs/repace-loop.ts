import { repaceLoop as repace } from "#lib/engine/ledger/repace-loop.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { LoopPaceView } from "#lib/shared/loop-types.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { paceOf } from "./loop-view.ts";
import type { RepaceLoopInput } from "./schemas.ts";

const findLoop = `
  SELECT s.node_id, s.iteration, s.loop_pace, d.document FROM step s JOIN run r ON r.id = s.run_id JOIN workflow_document d ON d.id = r.document_id
  WHERE s.run_id = $1 AND s.id = $2 AND s.workspace_id = $3`;

/** Changes how many items of a loop under way may run and may fail; what is left out stays. Answers with the pace it goes at now. */
export async function repaceLoop({
  ctx,
  input,
}: {
  ctx: Context;
  input: RepaceLoopInput & { id: string; stepId: string };
}): Promise<LoopPaceView> {
  authorize(ctx.actor, "runs:write");
  const { rows } = await ctx.db.pool.query<{ node_id: string; iteration: string; loop_pace: string | null; document: string }>(findLoop, [
    input.id,
    input.stepId,
    ctx.workspaceId,
  ]);
  const row = rows[0];
  if (row === undefined) throw new AppError("not_found", "there is no such step");
  const before = paceOf(documentSchema.parse(JSON.parse(row.document)), row);
  if (before === null) throw new AppError("conflict", "this step is no loop");
  const pace = { concurrency: input.concurrency ?? before.concurrency, tolerate: input.tolerate ?? before.tolerate };
  const details: JsonObject = { nodeId: row.node_id, iteration: row.iteration, before: toJson(before), after: toJson(pace) };
  const audit = auditRow(ctx, { action: "run.loop_changed", entityType: "run", entityId: input.id, details });
  await repace(ctx.db.pool, { workspaceId: ctx.workspaceId, runId: input.id, stepId: input.stepId, pace, audit });
  return pace;
}

function toJson({ concurrency, tolerate }: LoopPaceView): JsonObject {
  return { concurrency, tolerate: { count: tolerate.count ?? null, percent: tolerate.percent ?? null } };
}

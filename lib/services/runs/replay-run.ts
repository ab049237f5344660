import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import type { RunStarted } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { readVersionDocument } from "../workflows/live-document.ts";
import { readEvent } from "./read-event.ts";
import type { RunDocument } from "./run-document.ts";
import type { ReplayRunInput } from "./schemas.ts";
import { toTriggerData } from "./trigger-data.ts";

interface OriginalRow {
  id: string;
  workflow_id: string;
  document_id: string;
  document: string;
  version: number | null;
  live_version: number | null;
  mode: "live" | "test";
  trigger_type: string;
  trigger_node_id: string;
  event_id: string;
}

const findOriginal = `
  SELECT r.id, r.workflow_id, r.document_id, d.document, r.version, w.live_version, r.mode, r.trigger_type, r.trigger_node_id, r.event_id
  FROM run r JOIN workflow w ON w.id = r.workflow_id JOIN workflow_document d ON d.id = r.document_id
  WHERE r.id = $1 AND r.workspace_id = $2`;

/** Makes a new run of the event that started a run, from the start. The original stays as it is. */
export async function replayRun({ ctx, input }: { ctx: ContextWith<"intake" | "baseUrl">; input: ReplayRunInput }): Promise<RunStarted> {
  authorize(ctx.actor, "runs:write");
  const { rows } = await ctx.db.pool.query<OriginalRow>(findOriginal, [input.id, ctx.workspaceId]);
  const original = rows[0];
  if (original === undefined) throw new AppError("not_found", "there is no such run");
  const target = await chooseTarget(ctx, original, input.version);
  const node = compileDocument(target.document).nodes.get(original.trigger_node_id);
  if (node === undefined) throw new AppError("conflict", `version ${target.version} has no node ${original.trigger_node_id} to start from`);
  const accepted = await ctx.intake.accept({
    workspaceId: ctx.workspaceId,
    workflowId: original.workflow_id,
    documentId: target.documentId,
    version: target.version,
    mode: original.mode,
    triggerId: null,
    triggerType: original.trigger_type,
    triggerNodeId: node.id,
    data: input.input === undefined ? await originalData(ctx, original) : JSON.stringify(toTriggerData(node, input.input, ctx.now())),
    dedupe: null,
    runDeadlineMs: target.document.settings.runDeadlineMs,
    replayOf: original.id,
    priority: 0,
  });
  const details = { replayOf: original.id, version: target.version, edited: input.input !== undefined };
  await inTransaction(ctx, (transaction) =>
    recordAudit(transaction, ctx, { action: "run.replayed", entityType: "run", entityId: accepted.runId, details }),
  );
  return { runId: accepted.runId, statusUrl: `${ctx.baseUrl}/api/v1/runs/${accepted.runId}` };
}

async function chooseTarget(ctx: ContextWith<"intake">, original: OriginalRow, wish: ReplayRunInput["version"]): Promise<RunDocument> {
  if (wish === "same") {
    return { documentId: original.document_id, document: documentSchema.parse(JSON.parse(original.document)), version: original.version };
  }
  const version = wish === "live" ? original.live_version : wish;
  if (version === null) throw new AppError("conflict", "nothing of this workflow is live");
  return readVersionDocument(ctx.db.prisma, original.workflow_id, version);
}

async function originalData(ctx: ContextWith<"intake">, original: OriginalRow): Promise<string> {
  const event = await readEvent(ctx, original.event_id);
  if (event?.text === undefined) throw new AppError("conflict", "the data of the event is not kept any more; give an input");
  return event.text;
}

import { outermostLoop } from "#lib/graph/bodies.ts";
import { type CompiledDocument, compileDocument } from "#lib/graph/compile.ts";
import { documentSchema, type WorkflowNode } from "#lib/graph/document.ts";
import type { RecordState } from "#lib/policies/idempotency.ts";
import { type PastStep, planRerun, type RerunPlan } from "#lib/policies/rerun.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { readVersionDocument } from "../workflows/live-document.ts";
import { readKeys } from "./read-keys.ts";
import type { RunDocument } from "./run-document.ts";
import type { ReplayRunInput } from "./schemas.ts";

export interface OriginalRun {
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
  keys_of: string | null;
}

export interface OriginalStep extends PastStep {
  id: string;
  attempts: number;
  finishedAt: Date | null;
  /** As it was worked out; null without one of the author's. */
  idempotencyKey: string | null;
  /** How its key stands, whoever used it last. Known of the last step of each node. */
  record: RecordState | null;
  /** When that one's call was sent. */
  recordAt: Date | null;
  unknown: boolean;
}

/** All that is decided about a replay before anything is written. */
export interface PreparedReplay {
  original: OriginalRun;
  steps: OriginalStep[];
  target: RunDocument;
  compiled: CompiledDocument;
  trigger: WorkflowNode;
  /** Node ids it begins at; empty: from the start. */
  from: string[];
  plan: RerunPlan;
}

const findOriginal = `
  SELECT r.id, r.workflow_id, r.document_id, d.document, r.version, w.live_version, r.mode, r.trigger_type, r.trigger_node_id, r.event_id, r.keys_of
  FROM run r JOIN workflow w ON w.id = r.workflow_id JOIN workflow_document d ON d.id = r.document_id
  WHERE r.id = $1 AND r.workspace_id = $2`;

const listSteps = `
  SELECT s.id, s.node_id AS "nodeId", s.iteration, s.status, s.port, s.attempts, s.finished_at AS "finishedAt",
    s.idempotency_key AS "idempotencyKey", NULL AS record, NULL AS "recordAt",
    EXISTS (SELECT FROM dead_letter l WHERE l.step_id = s.id AND l.status = 'open' AND l.kind = 'unknown_outcome') AS unknown
  FROM step s WHERE s.run_id = $1 AND s.workspace_id = $2 ORDER BY s.created_at, s.id`;

/** Works out what a replay would be, for its preview and for itself. Throws `not_found`, or `conflict` when nothing can be chosen. */
export async function prepareReplay(ctx: Context, input: ReplayRunInput): Promise<PreparedReplay> {
  const key = [input.id, ctx.workspaceId];
  const { rows } = await ctx.db.pool.query<OriginalRun>(findOriginal, key);
  const original = rows[0];
  if (original === undefined) throw new AppError("not_found", "there is no such run");
  const { rows: steps } = await ctx.db.pool.query<OriginalStep>(listSteps, key);
  const target = await chooseTarget(ctx, original, input.version);
  const before = compileDocument(documentSchema.parse(JSON.parse(original.document)));
  const compiled = target.documentId === original.document_id ? before : compileDocument(target.document);
  await addRecords(ctx, original, before, steps);
  const trigger = compiled.nodes.get(original.trigger_node_id);
  if (trigger === undefined)
    throw new AppError("conflict", `version ${target.version} has no node ${original.trigger_node_id} to start from`);
  const from = chooseStart(compiled, steps, input.from);
  const plan = planRerun({ target: compiled, original: before, steps, from });
  return { original, steps, target, compiled, trigger, from, plan };
}

async function addRecords(
  ctx: Context,
  { workflow_id: workflowId }: OriginalRun,
  before: CompiledDocument,
  steps: OriginalStep[],
): Promise<void> {
  const last = new Map(steps.map((step) => [step.nodeId, step]));
  const keyed = [...last.values()].flatMap(({ id: stepId, nodeId, idempotencyKey: key }) => {
    const node = before.nodes.get(nodeId);
    return node && key !== null ? [{ stepId, workflowId, node, key }] : [];
  });
  const records = await readKeys(ctx, keyed);
  for (const step of last.values()) {
    const record = records.get(step.id);
    step.record = record?.state ?? null;
    step.recordAt = record?.lastSentAt ?? null;
  }
}

/** Throws what stands against a replay, each reason by name. */
export function requirePossible({ plan, from, steps, compiled }: PreparedReplay, keys: "same" | "new"): void {
  const undecided = steps.some((step) => step.unknown && from.includes(outermostLoop(compiled, step.nodeId)));
  const reasons = undecided && keys === "same" ? [...plan.problems, undecidedReason] : plan.problems;
  if (reasons.length === 0) return;
  throw new AppError("conflict", reasons.join("; "), { problems: reasons.map((message) => ({ path: "from", message })) });
}

const undecidedReason = "it is not known whether the call of this step was applied: decide that first, or ask for new keys";

function chooseStart(compiled: CompiledDocument, steps: OriginalStep[], wish: string): string[] {
  const isTrigger = compiled.triggers.some((node) => node.id === wish);
  if (wish === "start" || isTrigger) return [];
  if (wish !== "failed") return [outermostLoop(compiled, wish)];
  // Of a step inside a loop the loop runs again: its keys tell which of its items are done.
  const failed = steps.filter((step) => step.status === "failed" && step.iteration === "").map((step) => step.nodeId);
  if (failed.length === 0) throw new AppError("conflict", "no step of this run has failed; choose a node or the start");
  return failed;
}

async function chooseTarget(ctx: Context, original: OriginalRun, wish: ReplayRunInput["version"]): Promise<RunDocument> {
  if (wish === "same") {
    return { documentId: original.document_id, document: documentSchema.parse(JSON.parse(original.document)), version: original.version };
  }
  const version = wish === "live" ? original.live_version : wish;
  if (version === null) throw new AppError("conflict", "nothing of this workflow is live");
  return readVersionDocument(ctx.db.prisma, original.workflow_id, version);
}

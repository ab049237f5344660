import { documentSchema, type WorkflowNode } from "#lib/graph/document.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isUndo } from "#lib/shared/iteration.ts";
import type { Context } from "../context.ts";
import { policyOf } from "../runs/frozen-input.ts";

export interface FoundLetter {
  id: string;
  issueId: string;
  kind: string;
  runId: string;
  stepId: string;
  nodeId: string;
  iteration: string;
  /** As it was in the version that ran; null once the run is gone. */
  node: WorkflowNode | null;
}

/** Whether the remote can be asked what became of the call: by the look-up of the step that made it, not by what undoes it. */
export function canLookUp({ node, iteration }: Pick<FoundLetter, "node" | "iteration">): boolean {
  const idempotency = node && policyOf(node)?.idempotency;
  if (!idempotency?.lookup || isUndo(iteration)) return false;
  return idempotency.effect === "keyed" || idempotency.effect === "reconcilable";
}

const find = `
  SELECT l.id, l.issue_id AS "issueId", l.kind, l.run_id AS "runId", l.step_id AS "stepId", l.node_id AS "nodeId", l.iteration, d.document
  FROM dead_letter l LEFT JOIN run r ON r.id = l.run_id LEFT JOIN workflow_document d ON d.id = r.document_id
  WHERE l.id = $1 AND l.workspace_id = $2`;

/** Finds an item with the node that failed. Throws `not_found`. */
export async function findLetter(ctx: Context, id: string): Promise<FoundLetter> {
  const { rows } = await ctx.db.pool.query<Omit<FoundLetter, "node"> & { document: string | null }>(find, [id, ctx.workspaceId]);
  if (rows[0] === undefined) throw new AppError("not_found", "there is no such dead letter");
  const { document, ...letter } = rows[0];
  const nodes = document === null ? [] : documentSchema.parse(JSON.parse(document)).nodes;
  return { ...letter, node: nodes.find((node) => node.id === letter.nodeId) ?? null };
}

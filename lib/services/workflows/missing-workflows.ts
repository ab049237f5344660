import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { isId } from "#lib/shared/ids.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";

interface Reference {
  path: string;
  nodeId: string;
  workflowId: string;
}

/** The workflows a document names that are not there: a called one blocks publishing, one only listened to is warned of. */
export async function findMissingWorkflows(client: Transaction, ctx: Context, document: WorkflowDocument): Promise<DocumentProblem[]> {
  const references = document.nodes.flatMap((node, index) => [
    ...named(`nodes.${index}.config.workflowId`, node.id, node.config.workflowId),
    ...listOf(node.config.workflowIds).flatMap((id, place) => named(`nodes.${index}.config.workflowIds.${place}`, node.id, id)),
  ]);
  if (references.length === 0) return [];
  const ids = references.map((reference) => reference.workflowId);
  const where = { workspaceId: ctx.workspaceId, id: { in: ids }, archivedAt: null };
  const known = new Set((await client.workflow.findMany({ where, select: { id: true } })).map((row) => row.id));
  return references
    .filter((reference) => !known.has(reference.workflowId))
    .map(({ path, nodeId }) => ({
      path,
      nodeId,
      severity: path.endsWith(".workflowId") ? "error" : "warning",
      message: "this workflow does not exist, or is archived; choose another one",
    }));
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function named(path: string, nodeId: string, value: JsonValue | undefined): Reference[] {
  return typeof value === "string" && isId(value) ? [{ path, nodeId, workflowId: value }] : [];
}

import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { isId } from "#lib/shared/ids.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";
import { findMissingWorkflows } from "./missing-workflows.ts";

export interface CheckedDraft {
  /** Null when the draft is not (yet) a document. */
  document: WorkflowDocument | null;
  problems: DocumentProblem[];
}

/** Finds everything that is wrong with a draft, and reads it as a document when it is one. */
export async function checkDraft(client: Transaction, ctx: Context, draft: unknown): Promise<CheckedDraft> {
  const parsed = documentSchema.safeParse(draft);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue): DocumentProblem => {
      const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
      return {
        path: [...issue.path.map(String), ...keys].join("."),
        message: issue.message,
        severity: "error",
        nodeId: nodeIdAt(draft, issue.path),
      };
    });
    return { document: null, problems };
  }
  const connections = await findMissingConnections(client, ctx, parsed.data);
  const workflows = await findMissingWorkflows(client, ctx, parsed.data);
  return { document: parsed.data, problems: [...validateDocument(parsed.data), ...connections, ...workflows] };
}

/** Whether something blocks publishing. */
export function isBlocking(problem: DocumentProblem): boolean {
  return problem.severity === "error";
}

function nodeIdAt(draft: unknown, path: PropertyKey[]): string | null {
  if (path[0] !== "nodes" || typeof path[1] !== "number" || !isJsonObject(draft) || !Array.isArray(draft.nodes)) return null;
  const node = draft.nodes[path[1]];
  return isJsonObject(node) && typeof node.id === "string" ? node.id : null;
}

interface Reference {
  path: string;
  nodeId: string;
  connectionId: string;
}

/** Every place where a document names a connection: the node itself, and fields of its config that end in `connectionId`. */
function findReferences(document: WorkflowDocument): Reference[] {
  return document.nodes.flatMap((node, index) => {
    const own =
      node.connectionId === null ? [] : [{ path: `nodes.${index}.connectionId`, nodeId: node.id, connectionId: node.connectionId }];
    return [...own, ...findInConfig(node.config, `nodes.${index}.config`, node.id)];
  });
}

function findInConfig(value: JsonValue, path: string, nodeId: string): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findInConfig(item, `${path}.${index}`, nodeId));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const named = /connectionId$/i.test(key) && typeof inner === "string" && isId(inner);
    return named ? [{ path: `${path}.${key}`, nodeId, connectionId: inner }] : findInConfig(inner, `${path}.${key}`, nodeId);
  });
}

/** A connection of another workspace is told as missing, like one that was deleted. */
async function findMissingConnections(client: Transaction, ctx: Context, document: WorkflowDocument): Promise<DocumentProblem[]> {
  const references = findReferences(document);
  if (references.length === 0) return [];
  const ids = references.map((reference) => reference.connectionId);
  const known = await client.connection.findMany({ where: { workspaceId: ctx.workspaceId, id: { in: ids } }, select: { id: true } });
  const existing = new Set(known.map((connection) => connection.id));
  return references
    .filter((reference) => !existing.has(reference.connectionId))
    .map(({ path, nodeId }) => ({ path, nodeId, severity: "error", message: "this connection does not exist; choose another one" }));
}

import { isJsonObject } from "#lib/shared/json.ts";
import type { Context } from "./context.ts";
import { readJson } from "./json-column.ts";

export interface NodeInfo {
  name: string;
  /** The runbook: what whoever is woken by a failure of this node should know. */
  notes: string;
}

export type NodesOfDocument = Map<string, NodeInfo>;

/** Documents are immutable, so what was read once holds; the oldest entry makes room. */
const cache = new Map<string, NodesOfDocument>();
const cacheSize = 500;

/** Reads the names of the nodes of a document, whatever else is in it. */
export function readNodes(documentText: string): NodesOfDocument {
  const document = readJson(documentText);
  const nodes = isJsonObject(document) && Array.isArray(document.nodes) ? document.nodes : [];
  return new Map(
    nodes.flatMap((node) => {
      if (!isJsonObject(node) || typeof node.id !== "string") return [];
      const text = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
      return [[node.id, { name: text(node.name, node.id), notes: text(node.notes, "") }] as const];
    }),
  );
}

/** Looks up the nodes of several documents at once. */
export async function nodesOfDocuments(ctx: Context, documentIds: string[]): Promise<Map<string, NodesOfDocument>> {
  const missing = [...new Set(documentIds)].filter((id) => !cache.has(id));
  if (missing.length > 0) {
    const found = await ctx.db.prisma.workflowDocument.findMany({
      where: { id: { in: missing }, workspaceId: ctx.workspaceId },
      select: { id: true, document: true },
    });
    for (const { id, document } of found) {
      const oldest = cache.keys().next();
      if (cache.size >= cacheSize && !oldest.done) cache.delete(oldest.value);
      cache.set(id, readNodes(document));
    }
  }
  return new Map(
    documentIds.flatMap((id) => {
      const nodes = cache.get(id);
      return nodes === undefined ? [] : [[id, nodes] as const];
    }),
  );
}

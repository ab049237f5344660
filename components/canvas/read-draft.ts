import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

/**
 * Reads a draft as a document. A draft may hold settings out of range (they are kept, and told as problems), so what the
 * schema refuses is taken as it is when its shape holds. Null when it is no document at all.
 */
export function readDraft(value: JsonValue | null): WorkflowDocument | null {
  const parsed = documentSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  return hasShape(value) ? value : null;
}

function hasShape(value: unknown): value is WorkflowDocument {
  if (!isJsonObject(value) || value.schemaVersion !== 1 || !isJsonObject(value.settings)) return false;
  const { nodes, edges } = value;
  return Array.isArray(nodes) && nodes.every(isNode) && Array.isArray(edges) && edges.every(isEdge);
}

function isNode(value: JsonValue): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.position) || !isJsonObject(value.config) || !isJsonObject(value.policy)) return false;
  return [value.id, value.type, value.name].every((text) => typeof text === "string");
}

function isEdge(value: JsonValue): boolean {
  return isJsonObject(value) && [value.id, value.source, value.sourcePort, value.target].every((text) => typeof text === "string");
}

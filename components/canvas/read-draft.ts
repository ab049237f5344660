import { documentSchema, edgeSchema, emptyDocument, nodeSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

/**
 * Reads a draft as a document. A draft may hold settings out of range (they are kept, and told as problems), so what the
 * schema refuses is taken as it is when its shape holds; what it leaves out is filled in all the same. Null when it is no
 * document at all.
 */
export function readDraft(value: JsonValue | null): WorkflowDocument | null {
  const parsed = documentSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const whole = isJsonObject(value) ? completed(value) : null;
  return hasShape(whole) ? whole : null;
}

const { id: _node, type: _type, name: _name, ...nodeDefaults } = nodeSchema.parse({ id: "a", type: "set", name: "A" });
const { sourcePort } = edgeSchema.parse({ id: "a", source: "a", target: "b" });

function completed(value: JsonObject): JsonObject {
  const { settings = {}, nodes, edges } = value;
  return {
    ...value,
    ...(isJsonObject(settings) ? { settings: { ...emptyDocument.settings, ...settings } as JsonObject } : {}), // safe: the settings are JSON
    ...(Array.isArray(nodes)
      ? { nodes: nodes.map((node) => (isJsonObject(node) ? ({ ...nodeDefaults, ...node } as JsonObject) : node)) }
      : {}), // safe: so are the defaults of a node
    ...(Array.isArray(edges) ? { edges: edges.map((edge) => (isJsonObject(edge) ? { sourcePort, ...edge } : edge)) } : {}),
  };
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

import * as z from "zod";
import { edgeSchema, nodeSchema, type WorkflowDocument, type WorkflowNode } from "#lib/graph/document.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

/** What the clipboard holds: plain JSON text, so that it works across tabs, instances and chat. */
const clippingSchema = z.object({
  sluice: z.literal("steps"),
  schemaVersion: z.literal(1),
  nodes: z.array(nodeSchema).min(1).max(500),
  edges: z.array(edgeSchema).max(2_000),
});
export type Clipping = z.infer<typeof clippingSchema>;

const sensitiveName = /authorization|cookie|password|passwd|secret|token|api[-_ ]?key|credential|private[-_ ]?key/i;

/** Cuts nodes and the edges among them out of a document. Literal secrets are left behind; see `withoutSecrets`. */
export function clip(document: WorkflowDocument, nodeIds: string[]): Clipping {
  const wanted = new Set(nodeIds);
  return {
    sluice: "steps",
    schemaVersion: 1,
    nodes: document.nodes.filter((node) => wanted.has(node.id)),
    edges: document.edges.filter((edge) => wanted.has(edge.source) && wanted.has(edge.target)),
  };
}

/** The text for the system clipboard. */
export function writeClipping(clipping: Clipping): string {
  return JSON.stringify({ ...clipping, nodes: clipping.nodes.map(withoutSecrets) }, null, 2);
}

/** Reads what somebody pasted; null when it is not ours. */
export function readClipping(text: string): Clipping | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const parsed = clippingSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/**
 * A node without values people type into fields named like a secret (an Authorization header, a token in the query).
 * Expressions stay: they only name where a value comes from. Credentials of connections never were in the document.
 */
function withoutSecrets(node: WorkflowNode): WorkflowNode {
  return { ...node, config: maskObject(node.config) };
}

function maskObject(object: JsonObject): JsonObject {
  const named = namedPair(object);
  const entries = Object.entries(object).map(([key, value]): [string, JsonValue] => {
    const sensitive = sensitiveName.test(key) || (key === "value" && named);
    return [key, sensitive && isLiteral(value) ? "" : maskValue(value)];
  });
  return Object.fromEntries(entries);
}

// Key-value lists: `{ name: "Authorization", value: "Bearer …" }`.
function namedPair(object: JsonObject): boolean {
  return [object.name, object.key].some((name) => typeof name === "string" && sensitiveName.test(name));
}

function maskValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(maskValue);
  return isJsonObject(value) ? maskObject(value) : value;
}

function isLiteral(value: JsonValue): boolean {
  return typeof value === "string" && !/\{\{.*\}\}/s.test(value);
}

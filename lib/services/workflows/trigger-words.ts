import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { readJson } from "../json-column.ts";

/** In words what starts a workflow: "Webhook", "At 09:00, Monday through Friday (Europe/Paris)". */
export function triggerWords(documentText: string): string {
  const document = readJson(documentText);
  const nodes: JsonValue = isJsonObject(document) && Array.isArray(document.nodes) ? document.nodes : [];
  const words = nodes.flatMap((node) => {
    if (!isJsonObject(node) || typeof node.type !== "string" || node.disabled === true) return [];
    const definition = getDefinition(node.type);
    if (definition?.category !== "trigger") return [];
    if (node.type !== "schedule") return [definition.title];
    const config = definition.config.safeParse(node.config);
    return [config.success ? definition.summary(config.data) : definition.title];
  });
  return words.length === 0 ? "No trigger" : [...new Set(words)].join(" · ");
}

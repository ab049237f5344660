import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { checkAgainst } from "#lib/graph/json-schema.ts";
import { asBatch } from "#lib/policies/batch.ts";
import { AppError } from "#lib/shared/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";

/** What a person or program gives becomes what the run sees as `trigger`, in the shape that the trigger's own events have. */
export function toTriggerData(node: WorkflowNode, input: JsonValue | undefined, nowMs: number): JsonObject {
  const at = new Date(nowMs).toISOString();
  if (node.type === "webhook") return toDelivery(input, at);
  if (node.type === "schedule") {
    const timezone = typeof node.config.timezone === "string" ? node.config.timezone : "UTC";
    return { scheduledFor: at, firedAt: at, timezone, ...(isJsonObject(input) ? input : {}) };
  }
  if (node.type === "poll") return isJsonObject(input) && Object.keys(input).join() === "item" ? input : { item: input ?? null };
  if (node.type === "workflow-failed") return { run: {}, step: {}, error: {}, ...(isJsonObject(input) ? input : {}) };
  const { inputSchema } = node.config;
  if (node.type === "manual" && isJsonObject(inputSchema)) requireValid(inputSchema, input ?? null);
  return { body: input ?? null };
}

/**
 * What a run sees that nobody sent: of a workflow that takes batches a batch, of the events in `input.items`, else of the one.
 */
export function toTrigger(
  settings: WorkflowDocument["settings"],
  node: WorkflowNode,
  input: JsonValue | undefined,
  nowMs: number,
): JsonValue {
  const items = settings.arrivals?.batch === undefined ? undefined : own(input, "items");
  if (Array.isArray(items)) return { items: items.map((item) => toTriggerData(node, item, nowMs)) };
  return asBatch(settings, toTriggerData(node, input, nowMs));
}

/** A sample may be the whole delivery, recognised by its `body` and nothing a delivery does not have, or the body alone. */
function toDelivery(input: JsonValue | undefined, receivedAt: string): JsonObject {
  const empty = { body: null, headers: {}, query: {}, method: "POST", deliveryId: null, receivedAt };
  if (isJsonObject(input) && "body" in input && Object.keys(input).every((key) => key in empty)) return { ...empty, ...input };
  return { ...empty, body: input ?? null };
}

function requireValid(schema: JsonObject, input: JsonValue): void {
  const found = checkAgainst(schema, input);
  if (found.length === 0) return;
  const problems = found.map(({ path, message }) => ({ path: path === "" ? "input" : `input.${path}`, message }));
  throw new AppError("invalid_input", "the input does not fit the schema of the manual trigger", { problems });
}

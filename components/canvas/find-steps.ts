import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { inReadingOrder } from "./reading-order.ts";

/** The steps whose name, type, id, note or any setting holds the text, in reading order. */
export function findSteps(document: WorkflowDocument, query: string): string[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  return inReadingOrder(document)
    .filter((node) => textOf(node).includes(wanted))
    .map((node) => node.id);
}

const texts = new WeakMap<WorkflowNode, string>();

function textOf(node: WorkflowNode): string {
  const known = texts.get(node);
  if (known !== undefined) return known;
  const { id, name, type, notes, config, policy } = node;
  const values = [...leaves(config), ...leaves(policy)];
  const text = [id, name, type, getDefinition(type)?.title ?? "", notes, ...values].join("\n").toLowerCase();
  texts.set(node, text);
  return text;
}

function leaves(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([key, entry]) => [key, ...leaves(entry)]);
  return value === null || value === undefined ? [] : [String(value)];
}

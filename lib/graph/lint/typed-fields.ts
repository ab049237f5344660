import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { isJsonObject, own } from "#lib/shared/json.ts";
import { type CompiledDocument, compileDocument } from "../compile.ts";
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from "../document.ts";
import { activeNodes, type Finding, freeId, type LintRule, withNode } from "./rule.ts";

/** What a field of a remote is by its name, and the step that brings a value into that shape. */
const kinds: readonly { name: RegExp; word: string; step: JsonObject }[] = [
  {
    name: /(^|_|[a-z])(date|birthday|dob|due|deadline)$|_(at|on)$|[a-z](At|On|Date)$/,
    word: "date",
    step: { type: "parse-date", formats: ["yyyy-MM-dd", "MM/dd/yyyy", "dd.MM.yyyy"], zone: "UTC", to: "iso-date" },
  },
  { name: /(phone|mobile|tel)(_?number)?$/i, word: "phone number", step: { type: "phone", country: "US", to: "e164" } },
  { name: /e-?mail(_?address)?$/i, word: "e-mail address", step: { type: "email" } },
];

/** A field fed straight from outside: `trigger.body…` or the answer of a call, untouched by any function. */
const raw = /^\{\{\s*(trigger\.(body|item|query)(?:\.[A-Za-z_]\w*|\[[^\]]*\])+)\s*\}\}$/;

interface Passage {
  path: string[];
  expression: string;
  kind: (typeof kinds)[number];
}

function passages(value: JsonValue, path: string[]): Passage[] {
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, child]) => passages(child, [...path, key]));
  if (Array.isArray(value)) return value.flatMap((child, index) => passages(child, [...path, String(index)]));
  const expression = typeof value === "string" ? raw.exec(value)?.[1] : undefined;
  const kind = kinds.find(({ name }) => name.test(path.at(-1) ?? ""));
  return expression !== undefined && kind !== undefined ? [{ path, expression, kind }] : [];
}

function replaced(value: JsonValue, path: readonly string[], by: string): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((child, index) => (String(index) === key ? replaced(child, rest, by) : child));
  return isJsonObject(value) ? { ...value, [key]: replaced(value[key] ?? null, rest, by) } : value;
}

/** Puts a validate-transform in front of the node, into every edge that leads to it, and reads the field from there. */
function validated(document: WorkflowDocument, node: WorkflowNode, passage: Passage): WorkflowDocument {
  const id = freeId(document, "check");
  const target = passage.path.at(-1) ?? "value";
  const check: WorkflowNode = {
    id,
    type: "validate-transform",
    typeVersion: 1,
    name: `Check ${target}`,
    position: { x: node.position.x, y: node.position.y },
    config: { fields: [{ target, source: `{{ ${passage.expression} }}`, steps: [{ type: "trim" }, passage.kind.step], required: true }] },
    policy: {},
    connectionId: null,
    disabled: false,
    critical: true,
    notes: "",
  };
  const edges = document.edges.map((edge): WorkflowEdge => (edge.target === node.id ? { ...edge, target: id } : edge));
  const onward = { id: freeId(document, "edge"), source: id, sourcePort: "out", target: node.id };
  const with_ = { ...document, nodes: [...document.nodes, check], edges: [...edges, onward] };
  const read = `{{ steps.${id}.output.${target} }}`;
  return shifted(
    withNode(with_, node.id, (one) => ({ ...one, config: replaced(one.config, passage.path, read) as JsonObject })), // safe: the root stays an object
    node.id,
  );
}

/** Makes room: the node and what follows it move one column to the right. */
function shifted(document: WorkflowDocument, from: string): WorkflowDocument {
  const compiled = compileDocument(document);
  const moved = new Set([from]);
  for (const id of moved) for (const edge of compiled.outgoing.get(id) ?? []) moved.add(edge.target);
  const nodes = document.nodes.map((node) =>
    moved.has(node.id) ? { ...node, position: { ...node.position, x: node.position.x + 320 } } : node,
  );
  return { ...document, nodes };
}

function findingsOf(compiled: CompiledDocument, node: WorkflowNode): Finding[] {
  const sent = node.type === "http-request" ? { body: own(node.config, "body") ?? null, query: own(node.config, "query") ?? null } : {};
  const wired = (compiled.incoming.get(node.id) ?? []).length > 0;
  return passages(sent, []).map((passage) => ({
    node,
    field: ["config", ...passage.path].join("."),
    message: `${/^[aeiou]/.test(passage.kind.word) ? "an" : "a"} ${passage.kind.word} takes ${passage.expression} unchecked: what comes in another shape is refused by the remote, or worse, taken`,
    mend: wired ? (document) => validated(document, node, passage) : null,
  }));
}

export const uncheckedField: LintRule = {
  id: "unchecked-field",
  title: "A date, phone number or address passes through unchecked",
  why: "03/04/2026 is April in one country and March in another, and a phone number without its country is no number elsewhere. What people and systems send comes in many shapes; a remote refuses some of them, and stores the others wrongly. A validate step in between brings them into one shape and sends the rest to a person.",
  mend: "Put a check in front",
  find: (compiled) => activeNodes(compiled).flatMap((node) => findingsOf(compiled, node)),
};

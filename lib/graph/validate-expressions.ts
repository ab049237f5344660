import * as z from "zod";
import { checkExpression, checkTemplate, type ExpressionProblem, type Known, stepsNamed } from "#lib/expressions/check.ts";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { ancestorsOf, type CompiledDocument } from "./compile.ts";
import type { WorkflowNode } from "./document.ts";
import { inputCheckSchema } from "./policy.ts";
import { errorAt } from "./problem.ts";
import { resumableFrom } from "./resumable.ts";
import { checkArrivalKeys } from "./validate-arrivals.ts";
import { checkAttributes } from "./validate-attributes.ts";

/** Every template and expression of every node: syntax, names, and that steps referred to come before. */
export function checkExpressions(compiled: CompiledDocument): DocumentProblem[] {
  const allSteps = new Set(compiled.nodes.keys());
  const linksSeenFrom = resumableFrom(compiled);
  const inNodes = compiled.document.nodes.flatMap((node, index) => {
    const definition = getDefinition(node.type);
    if (!definition) return [];
    const found: Found[] = [];
    walkConfig(definition, node.config, `nodes.${index}.config`, found);
    walkPolicy(node.policy, `nodes.${index}.policy`, found);
    if (found.length === 0) return [];
    const steps = ancestorsOf(compiled, node.id);
    const resumable = new Set(linksSeenFrom(node.id).map(({ nodeId }) => nodeId));
    return found.flatMap(({ path, source, kind, names }) => {
      const known: Known = { names, steps, allSteps, inLoop: compiled.loopOf.has(node.id), resumable };
      const problems = kind === "cel" ? checkExpression(source, known) : checkTemplate(source, known);
      return problems.map((problem) => errorAt(path, told(problem), node.id));
    });
  });
  return [
    ...inNodes,
    ...checkOrderBy(compiled, allSteps),
    ...checkArrivalKeys(compiled, allSteps, told),
    ...checkAttributes(compiled, allSteps, told),
  ];
}

/** The ids of the nodes whose output a node's templates and expressions name. */
export function stepsReadBy(node: WorkflowNode): ReadonlySet<string> {
  const definition = getDefinition(node.type);
  const found: Found[] = [];
  if (definition) walkConfig(definition, node.config, "config", found);
  walkPolicy(node.policy, "policy", found);
  return new Set(found.flatMap(({ source, kind }) => stepsNamed(source, kind)));
}

/** Worked out when the event arrives: no step has run by then. */
function checkOrderBy(compiled: CompiledDocument, allSteps: ReadonlySet<string>): DocumentProblem[] {
  const { orderBy } = compiled.document.settings;
  if (orderBy === null) return [];
  return checkTemplate(orderBy, { names: [], steps: new Set(), allSteps }).map((problem) => errorAt("settings.orderBy", told(problem)));
}

function told({ message, position }: ExpressionProblem): string {
  return position === null ? message : `${message} (character ${position + 1})`;
}

/** One text to check, and how it will be read. */
interface Found {
  path: string;
  source: string;
  kind: "cel" | "template";
  names: readonly string[];
}

const jsonSchemas = new WeakMap<NodeDefinition, JsonObject>();

/** The config's JSON Schema, in which the `expression` of a field's metadata can be found by path. */
function configSchema(definition: NodeDefinition): JsonObject {
  let schema = jsonSchemas.get(definition);
  if (!schema) {
    schema = z.toJSONSchema(definition.config, { io: "input", unrepresentable: "any" }) as JsonObject; // safe: a JSON Schema is JSON
    jsonSchemas.set(definition, schema);
  }
  return schema;
}

function walkConfig(definition: NodeDefinition, config: JsonObject, path: string, found: Found[]): void {
  const root = configSchema(definition);
  for (const [key, value] of Object.entries(config)) {
    const schema = own(own(root, "properties"), key);
    walk(value, schema, `${path}.${key}`, definition.deferred.includes(key) ? null : "template", found);
  }
}

/** `inherited`: how texts are read that the schema says nothing about; null means not at all. */
function walk(value: JsonValue, schema: JsonValue | undefined, path: string, inherited: "template" | null, found: Found[]): void {
  const here = branchFor(schema, value);
  const declared = own(here, "expression") ?? own(schema, "expression");
  const kind = declared === "cel" || declared === "template" ? declared : inherited;
  if (typeof value === "string") {
    if (kind !== null) found.push({ path, source: value, kind, names: namesOf(here) ?? namesOf(schema) ?? [] });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      walk(item, own(here, "items"), `${path}.${index}`, kind === "template" ? kind : inherited, found);
  } else if (isJsonObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      const inner = own(own(here, "properties"), key) ?? own(here, "additionalProperties");
      walk(child, inner, `${path}.${key}`, kind === "template" ? kind : inherited, found);
    }
  }
}

function namesOf(schema: JsonValue | undefined): string[] | undefined {
  const names = own(schema, "names");
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : undefined;
}

/** The alternative of a union that the value is meant as: told by its constant field, else by its kind. */
function branchFor(schema: JsonValue | undefined, value: JsonValue): JsonValue | undefined {
  const branches = own(schema, "oneOf") ?? own(schema, "anyOf");
  if (!Array.isArray(branches)) return schema;
  return branches.find((branch) => fits(branch, value)) ?? schema;
}

function fits(branch: JsonValue, value: JsonValue): boolean {
  const type = own(branch, "type");
  if (!isJsonObject(value)) return type === (Array.isArray(value) ? "array" : typeof value);
  const properties = own(branch, "properties");
  if (!isJsonObject(properties)) return type === "object";
  return Object.entries(properties).every(([key, property]) => {
    const constant = own(property, "const");
    return constant === undefined || constant === own(value, key);
  });
}

function walkPolicy(policy: WorkflowPolicy, path: string, found: Found[]): void {
  const add = (at: string, source: string | undefined, kind: "cel" | "template", names: readonly string[] = []): void => {
    if (source !== undefined) found.push({ path: `${path}.${at}`, source, kind, names });
  };
  add("throttle.key", policy.throttle?.key, "template");
  if (typeof policy.throttle?.cost === "string") add("throttle.cost", policy.throttle.cost, "template");
  add("idempotency.key", policy.idempotency?.key, "template");
  const lookup = policy.idempotency?.lookup;
  if (lookup) walkRequest(lookup.request, `${path}.idempotency.lookup.request`, lookupNames, found);
  add("idempotency.lookup.found", lookup?.found, "cel", ["response", ...lookupNames]);
  add("idempotency.lookup.result", lookup?.result, "cel", ["response", ...lookupNames]);
  // A draft holds what was typed: fields that are not whole yet are told as such by the schema.
  const checked = inputCheckSchema.safeParse(policy.validateInput);
  for (const [at, field] of (checked.data?.fields ?? []).entries())
    for (const [index, step] of field.steps.entries())
      if (step.type === "expression") add(`validateInput.fields.${at}.steps.${index}.cel`, step.cel, "cel", ["value"]);
  if (policy.compensate) walkRequest(policy.compensate.request, `${path}.compensate.request`, ["input", "output"], found);
}

/** The frozen input of the call that is looked up, and the key it was sent under. */
const lookupNames = ["input", "key"] as const;

/** A request that the policy makes besides the node's own is the config of an HTTP request, and knows some names more. */
function walkRequest(request: JsonObject, path: string, names: readonly string[], found: Found[]): void {
  const definition = getDefinition("http-request");
  if (!definition || !isJsonObject(request)) return;
  const inside: Found[] = [];
  walkConfig(definition, request, path, inside);
  for (const one of inside) found.push({ ...one, names: [...one.names, ...names] });
}

type WorkflowPolicy = CompiledDocument["document"]["nodes"][number]["policy"];

import { compilePattern } from "#lib/expressions/regex.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";

const maxDepth = 30;
const maxNodes = 2_000;
const maxCost = 20_000;

/** Keywords whose value is data, not a schema. */
export const dataKeywords: ReadonlySet<string> = new Set(["enum", "const", "default", "examples"]);
/** Keywords that hold named schemas; the names may be anything. */
const namedKeywords = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);
/** Keywords that apply further schemas to the same value, so that their work adds up. */
const inPlace = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref"];
const refused = ["patternProperties", "$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"];

/**
 * What is wrong with a JSON Schema as such; empty when it may be used. Schemas are written by users, so references
 * must stay inside, patterns must suit RE2, and size and work are bounded.
 */
export function checkJsonSchema(schema: JsonObject): string[] {
  const problems = new Set<string>();
  let nodes = 0;
  const visit = (value: JsonValue, depth: number, named: boolean): void => {
    nodes += 1;
    if (depth > maxDepth) problems.add(`the schema is nested more than ${maxDepth} deep`);
    if (nodes > maxNodes) problems.add(`the schema has more than ${maxNodes} parts`);
    if (depth > maxDepth || nodes > maxNodes || typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      const isKeyword = !named && !Array.isArray(value);
      const problem = isKeyword ? keywordProblem(schema, key, child) : null;
      if (problem) problems.add(problem);
      if (!isKeyword || !dataKeywords.has(key)) visit(child, depth + 1, isKeyword && namedKeywords.has(key));
    }
  };
  visit(schema, 0, false);
  if (problems.size === 0) {
    const problem = costProblem(schema);
    if (problem) problems.add(problem);
  }
  return [...problems];
}

function keywordProblem(root: JsonObject, key: string, value: JsonValue): string | null {
  if (refused.includes(key)) return `${key} cannot be used here`;
  if (key === "$ref")
    return typeof value === "string" && pointedAt(root, value) !== undefined
      ? null
      : "$ref must point to a part of this schema (#/$defs/…)";
  if (key !== "pattern") return null;
  if (typeof value !== "string") return "a pattern must be text";
  try {
    compilePattern(value);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function pointedAt(root: JsonObject, ref: string): JsonValue | undefined {
  if (ref === "#") return root;
  if (!ref.startsWith("#/")) return undefined;
  const keys = ref
    .slice(2)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.reduce<JsonValue | undefined>((value, key) => own(value, key), root);
}

/** Adds up what one value costs to check. References can double the work at each step, or go in a circle. */
function costProblem(root: JsonObject): string | null {
  const known = new Map<JsonObject, number>();
  const open = new Set<JsonObject>();
  const costOf = (value: JsonValue | undefined): number => {
    if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + costOf(item), 0);
    if (!isJsonObject(value)) return 0;
    const done = known.get(value);
    if (done !== undefined) return done;
    if (open.has(value)) return Number.POSITIVE_INFINITY;
    open.add(value);
    const cost = inPlace.reduce((sum, key) => sum + costOf(target(root, key, own(value, key))), 1);
    open.delete(value);
    known.set(value, cost);
    return cost;
  };
  for (const schema of allObjects(root)) {
    const cost = costOf(schema);
    if (cost === Number.POSITIVE_INFINITY) return "the schema refers to itself in a circle";
    if (cost > maxCost) return "the schema is too costly to check: its references multiply";
  }
  return null;
}

function target(root: JsonObject, key: string, value: JsonValue | undefined): JsonValue | undefined {
  return key === "$ref" && typeof value === "string" ? pointedAt(root, value) : value;
}

function* allObjects(value: JsonValue): Generator<JsonObject> {
  if (isJsonObject(value)) yield value;
  if (typeof value === "object" && value !== null) for (const child of Object.values(value)) yield* allObjects(child);
}

import { format, type Schema, Validator } from "@cfworker/json-schema";
import { patternFound } from "#lib/expressions/regex.ts";
import type { Problem } from "#lib/shared/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { dataKeywords } from "./json-schema-guard.ts";

const maxUniqueItems = 1_000;
const validators = new WeakMap<JsonObject, Validator>();

/** What is wrong with a value by a schema that `checkJsonSchema` accepted. Paths are dotted; empty means the value itself. */
export function checkAgainst(schema: JsonObject, value: JsonValue): Problem[] {
  // The validator compares every pair of items, which takes half a minute for 20,000.
  if (usesUniqueItems(schema) && longestList(value) > maxUniqueItems) {
    return [{ path: "", message: `lists of more than ${maxUniqueItems} items cannot be checked for unique items` }];
  }
  try {
    const { errors } = validatorFor(schema).validate(value);
    // A failing part is reported again by each part around it; the innermost says what is wrong.
    return errors
      .filter((error) => !wrappers.has(error.keyword))
      .map((error) => ({ path: dotted(error.instanceLocation), message: error.error }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path: "", message: "the value is nested too deeply to be checked" }];
  }
}

const wrappers = new Set(["properties", "items", "prefixItems", "allOf", "$ref", "additionalProperties"]);

function validatorFor(schema: JsonObject): Validator {
  let validator = validators.get(schema);
  if (!validator) {
    validator = new Validator(withSafePatterns(schema, false) as Schema, "2020-12", false); // safe: a JSON object is what Schema describes
    validators.set(schema, validator);
  }
  return validator;
}

function dotted(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
}

/** Turns each `pattern` into a format that runs on RE2: the validator would use JavaScript's, which a short text can stall. */
function withSafePatterns(schema: JsonValue, named: boolean): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => withSafePatterns(item, false));
  if (!isJsonObject(schema)) return schema;
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!named && key === "pattern") continue;
    copy[key] = !named && dataKeywords.has(key) ? value : withSafePatterns(value, !named && (key === "properties" || key === "$defs"));
  }
  if (named || typeof schema.pattern !== "string") return copy;
  const others = Array.isArray(copy.allOf) ? copy.allOf : [];
  return { ...copy, allOf: [...others, { format: registerPattern(schema.pattern) }] };
}

function registerPattern(pattern: string): string {
  const name = `matching ${pattern}`;
  format[name] = (text: string) => patternFound(pattern, text);
  return name;
}

function usesUniqueItems(schema: JsonValue): boolean {
  if (Array.isArray(schema)) return schema.some(usesUniqueItems);
  return isJsonObject(schema) && (schema.uniqueItems === true || Object.values(schema).some(usesUniqueItems));
}

function longestList(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 0;
  const children = Object.values(value).reduce<number>((most, child) => Math.max(most, longestList(child)), 0);
  return Array.isArray(value) ? Math.max(value.length, children) : children;
}

import { type Schema, Validator } from "@cfworker/json-schema";
import type { Problem } from "#lib/shared/errors.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";

const validators = new WeakMap<JsonObject, Validator>();

/** Checks a value against a JSON Schema; the problems' paths are dotted. The schema object is immutable, so its validator is kept. */
export function checkSchema(schema: JsonObject, value: JsonValue): (Problem & JsonObject)[] {
  let validator = validators.get(schema);
  if (!validator) {
    validator = new Validator(schema as Schema, "2020-12", false); // safe because publishing has checked that it is a schema
    validators.set(schema, validator);
  }
  const { errors } = validator.validate(value);
  // The library reports each enclosing keyword too; the innermost ones say what is wrong.
  const innermost = errors.filter((error) => error.keyword !== "properties" && error.keyword !== "items" && error.keyword !== "allOf");
  return (innermost.length > 0 ? innermost : errors).map((error) => ({
    path: error.instanceLocation.replace(/^#\/?/, "").replaceAll("/", "."),
    message: error.error,
  }));
}

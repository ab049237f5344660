import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

/** A JSON Schema a sample meets: types and required fields, as a start to edit. */
export function schemaFromSample(sample: JsonValue): JsonObject {
  if (Array.isArray(sample)) return sample[0] === undefined ? { type: "array" } : { type: "array", items: schemaFromSample(sample[0]) };
  if (isJsonObject(sample)) {
    const properties = Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, schemaFromSample(value)]));
    return { type: "object", properties, required: Object.keys(sample).filter((key) => sample[key] !== null) };
  }
  if (sample === null) return {};
  if (typeof sample === "number") return { type: Number.isInteger(sample) ? "integer" : "number" };
  return { type: typeof sample };
}

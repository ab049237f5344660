import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import { code } from "./markdown.ts";

/** One setting of a node type: path, label, what it may hold, default, help. */
export type ConfigRow = [path: string, label: string, value: string, fallback: string, help: string];

/** The settings of a config schema (JSON Schema of its input), nested ones with dotted paths. */
export function configRows(schema: JsonValue, prefix = ""): ConfigRow[] {
  const required = own(schema, "required");
  const properties = own(schema, "properties");
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([key, property]) => {
    const isRequired = Array.isArray(required) && required.includes(key);
    return rowsOf(prefix + key, property, isRequired);
  });
}

function rowsOf(path: string, property: JsonValue, required: boolean): ConfigRow[] {
  const group = own(property, "properties") !== undefined;
  const row: ConfigRow = [
    code(path),
    text(property, "label"),
    group ? "group" : contentOf(path, property),
    group ? "" : defaultOf(property, required),
    text(property, "help"),
  ];
  if (group) return [row, ...configRows(property, `${path}.`)];
  const items = own(property, "items");
  const variants = variantsOf(property) ?? variantsOf(items);
  if (variants) return [row, ...variantRows(variants, items === undefined ? `${path}.` : `${path}[].`)];
  return own(items, "properties") === undefined ? [row] : [row, ...configRows(items ?? null, `${path}[].`)];
}

function variantsOf(schema: JsonValue | undefined): JsonValue[] | null {
  const variants = own(schema, "oneOf");
  return Array.isArray(variants) ? variants : null;
}

/** The settings of the variants, those that several share in one row that names them all. */
function variantRows(variants: JsonValue[], prefix: string): ConfigRow[] {
  const merged = new Map<string, { row: ConfigRow; of: string[] }>();
  for (const variant of variants) {
    for (const row of configRows(variant, prefix).filter(([, , value]) => value !== "")) {
      const known = merged.get(JSON.stringify(row));
      if (known) known.of.push(nameOf(variant));
      else merged.set(JSON.stringify(row), { row, of: [nameOf(variant)] });
    }
  }
  return [...merged.values()].map(({ row: [path, ...rest], of }) => [`${path} (${of.join(", ")})`, ...rest]);
}

/** What tells a variant from the others: the value of its one constant setting. */
function nameOf(variant: JsonValue): string {
  const properties = own(variant, "properties");
  const constants = Object.values(isJsonObject(properties) ? properties : {}).flatMap((property) => own(property, "const") ?? []);
  return String(constants[0]);
}

/** What a setting may hold; empty for one that holds a constant. */
function contentOf(path: string, property: JsonValue): string {
  const values = own(property, "enum");
  const variants = variantsOf(property);
  if (Array.isArray(values)) return values.map((value) => code(String(value))).join(" ");
  if (variants) return `one of ${variants.map((variant) => code(nameOf(variant))).join(" ")}`;
  if (own(property, "const") !== undefined) return "";
  const expression = own(property, "expression");
  if (expression === "cel") return own(property, "anyOf") === undefined ? "expression" : "expression, or list";
  if (expression === "template") return "text or JSON with `{{ … }}`";
  if (own(property, "widget") === "connection") return "id of a connection, or null";
  return plainValue(path, property);
}

function plainValue(path: string, property: JsonValue): string {
  const items = own(property, "items");
  switch (own(property, "type")) {
    case "integer":
    case "number":
      return `${path.endsWith("Ms") ? "ms" : "number"}${boundsOf(property)}`;
    case "boolean":
      return "true or false";
    case "string":
      return "text";
    case "array":
      return variantsOf(items) === null ? "list" : `list of ${(variantsOf(items) ?? []).map((variant) => code(nameOf(variant))).join(" ")}`;
    case "object":
      return "object";
    default:
      return "JSON";
  }
}

function boundsOf(property: JsonValue): string {
  const [min, max] = [own(property, "minimum"), own(property, "maximum")];
  const bounded = typeof max === "number" && max < Number.MAX_SAFE_INTEGER;
  if (typeof min === "number") return bounded ? `, ${min} to ${max}` : `, ${min} or more`;
  return bounded ? `, ${max} at most` : "";
}

function defaultOf(property: JsonValue, required: boolean): string {
  const fallback = own(property, "default");
  if (fallback === undefined) return required ? "*required*" : "";
  return code(typeof fallback === "string" && fallback !== "" ? fallback : JSON.stringify(fallback));
}

function text(property: JsonValue, key: string): string {
  const value = own(property, key);
  return typeof value === "string" ? value : "";
}

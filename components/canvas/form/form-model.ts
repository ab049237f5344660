import * as z from "zod";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { isJsonObject, type JsonObject, type JsonValue, own } from "#lib/shared/json.ts";
import type { Wanted } from "../expression/preview.ts";

export type Widget =
  | "text"
  | "textarea"
  | "code"
  | "json"
  | "select"
  | "switch"
  | "number"
  | "duration"
  | "pairs"
  | "list"
  | "table"
  | "values"
  | "choices"
  | "cron"
  | "timezone"
  | "connection"
  | "workflow"
  | "workflows"
  | "group"
  | "variants";

/** One alternative of a field that may be of several shapes, told apart by `discriminator`. */
export interface Variant {
  value: string;
  label: string;
  fields: FormField[];
}

/** A field of a drawn form, read from the JSON Schema of a config. */
export interface FormField {
  key: string;
  label: string;
  help: string | null;
  placeholder: string | null;
  widget: Widget;
  /** "template": text with {{ CEL }}; "cel": a bare expression; null: a fixed value. */
  expression: "template" | "cel" | null;
  /** What its expression must give; null where anything will do. */
  wanted: Wanted | null;
  /** Names an expression may use beyond the usual ones: `value`, `response`. */
  names: string[];
  required: boolean;
  /** What an absent value means, shown as the placeholder. */
  defaultValue: JsonValue | undefined;
  options: string[];
  min: number | null;
  max: number | null;
  /** Of a group: its fields. An optional group can be switched off as a whole. */
  fields: FormField[];
  discriminator: string | null;
  variants: Variant[];
  /** Of a list: what one entry is. */
  item: FormField | null;
  /** Of pairs and plain lists: whether values may be something else than text. */
  anyValue: boolean;
  /** Shown only when a sibling holds the given value. */
  showWhen: JsonObject | null;
}

const models = new WeakMap<NodeDefinition, FormField[]>();

/** The fields of a node type's settings, drawn from its config schema. */
export function formOf(definition: NodeDefinition): FormField[] {
  let model = models.get(definition);
  if (model === undefined) {
    model = formOfSchema(definition.config);
    models.set(definition, model);
  }
  return model;
}

/** The fields of an object schema. */
export function formOfSchema(object: z.ZodType): FormField[] {
  const schema: JsonValue = JSON.parse(JSON.stringify(z.toJSONSchema(object, { io: "input", unrepresentable: "any" })));
  return fieldsOf(schema);
}

function fieldsOf(schema: JsonValue): FormField[] {
  const properties = own(schema, "properties");
  const required = own(schema, "required");
  if (!isJsonObject(properties)) return [];
  const isRequired = (key: string) => Array.isArray(required) && required.includes(key);
  return Object.entries(properties)
    .filter(([, property]) => own(property, "const") === undefined)
    .map(([key, property]) => fieldOf(key, property, isRequired(key)));
}

function fieldOf(key: string, schema: JsonValue, required: boolean): FormField {
  const widget = widgetOf(schema);
  const isVariants = widget === "variants";
  const expression = own(schema, "expression");
  return {
    key,
    label: textOf(schema, "label") ?? wordsOf(key),
    help: textOf(schema, "help"),
    placeholder: textOf(schema, "placeholder"),
    widget,
    expression: expression === "template" || expression === "cel" ? expression : null,
    wanted: wantedOf(own(schema, "gives"), schema),
    names: stringsOf(own(schema, "names")),
    required,
    defaultValue: own(schema, "default"),
    options: stringsOf(own(widget === "choices" ? (own(schema, "items") ?? null) : schema, "enum")),
    min: boundOf(schema, "minimum"),
    max: boundOf(schema, "maximum"),
    fields: widget === "group" ? fieldsOf(schema) : [],
    discriminator: isVariants ? discriminatorOf(schema) : null,
    variants: isVariants ? variantsOf(schema) : [],
    item: widget === "list" || widget === "table" ? fieldOf("", own(schema, "items") ?? {}, true) : null,
    anyValue: own(own(schema, widget === "pairs" ? "additionalProperties" : "items"), "type") !== "string",
    showWhen: objectOf(own(schema, "showWhen")),
  };
}

const wantable: readonly Wanted[] = ["text", "number", "true or false", "list", "object"];

// A text that is no code ends up as a text, whatever is in it.
function wantedOf(declared: JsonValue | undefined, schema: JsonValue): Wanted | null {
  const named = wantable.find((kind) => kind === declared);
  if (named !== undefined) return named;
  return own(schema, "expression") === "template" && own(schema, "type") === "string" && declared !== "anything" ? "text" : null;
}

const namedWidgets: readonly string[] = [
  "text",
  "textarea",
  "code",
  "json",
  "select",
  "switch",
  "number",
  "duration",
  "pairs",
  "cron",
  "timezone",
  "connection",
  "workflow",
];

function widgetOf(schema: JsonValue): Widget {
  const named = own(schema, "widget");
  const type = own(schema, "type");
  if (Array.isArray(own(schema, "oneOf"))) return "variants";
  if (named === "workflows") return named;
  if (type === "array" && Array.isArray(own(own(schema, "items"), "enum"))) return "choices";
  if (named === "table") return named;
  if (named === "list" || type === "array") return isScalarList(schema) ? "values" : "list";
  if (isNamedWidget(named)) return named;
  if (Array.isArray(own(schema, "enum"))) return "select";
  if (type === "object") return isJsonObject(own(schema, "properties")) ? "group" : "pairs";
  if (type === "boolean") return "switch";
  if (type === "integer" || type === "number") return "number";
  return type === "string" ? "text" : "json";
}

// Safe because the list holds only names of widgets.
function isNamedWidget(named: unknown): named is Widget {
  return typeof named === "string" && namedWidgets.includes(named);
}

function isScalarList(schema: JsonValue): boolean {
  const items = own(schema, "items");
  return !Array.isArray(own(items, "oneOf")) && own(items, "type") !== "object";
}

function variantsOf(schema: JsonValue): Variant[] {
  const branches = own(schema, "oneOf");
  const key = discriminatorOf(schema);
  if (!Array.isArray(branches) || key === null) return [];
  return branches.map((branch) => {
    const value = String(own(own(own(branch, "properties"), key), "const") ?? "");
    return { value, label: textOf(branch, "label") ?? wordsOf(value), fields: fieldsOf(branch) };
  });
}

/** The property that every branch fixes to a constant of its own. */
function discriminatorOf(schema: JsonValue): string | null {
  const branches = own(schema, "oneOf");
  if (!Array.isArray(branches)) return null;
  const properties = own(branches[0], "properties");
  if (!isJsonObject(properties)) return null;
  const fixes = (branch: JsonValue, key: string) => own(own(own(branch, "properties"), key), "const") !== undefined;
  return Object.keys(properties).find((key) => branches.every((branch) => fixes(branch, key))) ?? null;
}

function textOf(schema: JsonValue, key: string): string | null {
  const text = own(schema, key);
  return typeof text === "string" ? text : null;
}

function stringsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function objectOf(value: JsonValue | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}

// zod writes the bounds of safe integers for every whole number; those say nothing to a person.
function boundOf(schema: JsonValue, key: "minimum" | "maximum"): number | null {
  const bound = own(schema, key);
  return typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : null;
}

/** `catchUpMs` → "Catch up"; `dead-letter` → "Dead letter". */
export function wordsOf(key: string): string {
  const words = key
    .replace(/Ms$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[-_]+/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The value a new list entry or a switched-on group starts with: defaults, and empty texts where something is required. */
export function initialValue(field: FormField): JsonValue {
  if (field.defaultValue !== undefined) return field.defaultValue;
  if (field.widget === "group") return initialObject(field.fields);
  if (field.widget === "variants") {
    const [first] = field.variants;
    if (first === undefined || field.discriminator === null) return {};
    return { [field.discriminator]: first.value, ...initialObject(first.fields) };
  }
  if (field.widget === "list" || field.widget === "table" || field.widget === "values" || field.widget === "choices") return [];
  if (field.widget === "pairs") return {};
  if (field.widget === "switch") return false;
  if (field.widget === "number" || field.widget === "duration") return field.min ?? 0;
  return field.options[0] ?? "";
}

/** What must be there is there; everything else is left out, so that defaults stay defaults. */
export function initialObject(fields: FormField[]): JsonObject {
  return Object.fromEntries(fields.filter((field) => field.required).map((field) => [field.key, initialValue(field)]));
}

/** Whether a field is shown next to the values of its siblings. */
export function isShown(field: FormField, siblings: JsonObject, all: FormField[]): boolean {
  if (field.showWhen === null) return true;
  return Object.entries(field.showWhen).every(([key, wanted]) => {
    const value = siblings[key] ?? all.find((other) => other.key === key)?.defaultValue;
    return value === wanted;
  });
}

import { kindOf, type Value } from "../value.ts";
import type { ExpressionFunction, FunctionTable } from "./args.ts";
import { codecFunctions } from "./codecs.ts";
import { contactFunctions } from "./contact.ts";
import { dateFunctions } from "./dates.ts";
import { listFunctions } from "./lists.ts";
import { numberFunctions } from "./numbers.ts";
import { textFunctions } from "./text.ts";

function isTrue(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === 1) return true;
  return false;
}

const typeNames: Record<string, string> = {
  text: "string",
  "a number": "number",
  "a list": "list",
  "an object": "map",
  "true or false": "bool",
};

const generalFunctions: FunctionTable = {
  bool: { signature: "bool(value)", help: 'true for true, "true" and 1, false for all else.', min: 1, max: 1, call: (a) => isTrue(a[0]) },
  dyn: { signature: "dyn(value)", help: "The value itself.", min: 1, max: 1, call: (a) => a[0] },
  type: {
    signature: "type(value)",
    help: "string, number, bool, list, map or null.",
    min: 1,
    max: 1,
    call: (a) => typeNames[kindOf(a[0])] ?? "null",
  },
};

const all: FunctionTable = {
  ...textFunctions,
  ...numberFunctions,
  ...listFunctions,
  ...dateFunctions,
  ...codecFunctions,
  ...contactFunctions,
  ...generalFunctions,
};

/** The closed set of functions. A Map, so that names of the prototype find nothing. */
export const functions: ReadonlyMap<string, ExpressionFunction> = new Map(Object.entries(all));

/** What the compiler handles itself because arguments are not simply evaluated first. */
export const specialForms: ReadonlyMap<string, Pick<ExpressionFunction, "signature" | "help">> = new Map([
  ["has", { signature: "has(path)", help: "Whether the path exists." }],
  ["default", { signature: "default(path, fallback)", help: "The value, or the fallback when the path is missing or null." }],
  ["all", { signature: "list.all(x, condition)", help: "Whether the condition holds for every item." }],
  ["exists", { signature: "list.exists(x, condition)", help: "Whether it holds for at least one." }],
  ["exists_one", { signature: "list.exists_one(x, condition)", help: "Whether it holds for exactly one." }],
  ["map", { signature: "list.map(x, value)", help: "A new list with a value for each item." }],
  ["filter", { signature: "list.filter(x, condition)", help: "The items for which the condition holds." }],
  ["orValue", { signature: "object.?field.orValue(fallback)", help: "The optional field, or the fallback." }],
]);

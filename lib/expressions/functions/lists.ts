import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { ExpressionError } from "../error.ts";
import { charge, type Frame, kindOf, type Value } from "../value.ts";
import { type FunctionTable, integer, list, object, text } from "./args.ts";

function sizeOf(value: Value): number {
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  throw new ExpressionError("type", `needs text, a list or an object, got ${kindOf(value)}`);
}

function compare(a: JsonValue, b: JsonValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw new ExpressionError("type", "only numbers, or only texts, can be sorted");
}

function field(item: JsonValue, key: string): JsonValue {
  if (typeof item === "object" && item !== null && !Array.isArray(item) && Object.hasOwn(item, key)) return item[key] ?? null;
  throw new ExpressionError("missing_path", `an item has no "${key}"`);
}

function sorted(items: JsonValue[], by: (item: JsonValue) => JsonValue, frame: Frame): JsonValue[] {
  charge(frame, items.length * 4);
  return [...items].sort((a, b) => compare(by(a), by(b)));
}

function unique(items: JsonValue[]): JsonValue[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = JSON.stringify(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function contains(args: Value[]): boolean {
  const [where, what] = args;
  if (typeof where === "string") return where.includes(text(args, 1));
  if (!Array.isArray(where)) throw new ExpressionError("type", `needs text or a list, got ${kindOf(where)}`);
  const wanted = JSON.stringify(what);
  return where.some((item) => item === what || (typeof item === "object" && JSON.stringify(item) === wanted));
}

function slice(args: Value[]): JsonValue[] {
  return list(args, 0).slice(integer(args, 1), args.length > 2 ? integer(args, 2) : undefined);
}

/** fromEntries defines own properties, so a key `__proto__` stays plain data. */
function merged(args: Value[]): JsonObject {
  return Object.fromEntries(args.flatMap((_, i) => Object.entries(object(args, i))));
}

function picked(source: JsonObject, keys: JsonValue[], keep: boolean): JsonObject {
  const wanted = new Set(keys);
  return Object.fromEntries(Object.entries(source).filter(([key]) => wanted.has(key) === keep));
}

/** Functions on lists and objects. */
export const listFunctions: FunctionTable = {
  size: { signature: "size(value)", help: "How many characters, items or keys.", min: 1, max: 1, call: (a) => sizeOf(a[0]) },
  contains: { signature: "contains(where, what)", help: "Whether a text or a list contains something.", min: 2, max: 2, call: contains },
  first: { signature: "first(list)", help: "The first item, or null.", min: 1, max: 1, call: (a) => list(a, 0)[0] ?? null },
  last: { signature: "last(list)", help: "The last item, or null.", min: 1, max: 1, call: (a) => list(a, 0).at(-1) ?? null },
  slice: {
    signature: "slice(list, start, end)",
    help: "Part of a list; negative numbers count from its end.",
    min: 2,
    max: 3,
    call: slice,
  },
  sort: {
    signature: "sort(list)",
    help: "Numbers or texts in ascending order.",
    min: 1,
    max: 1,
    call: (a, frame) => sorted(list(a, 0), (item) => item, frame),
  },
  sortBy: {
    signature: "sortBy(list, key)",
    help: "Objects ordered by one of their fields.",
    min: 2,
    max: 2,
    call: (a, frame) => {
      const key = text(a, 1);
      return sorted(list(a, 0), (item) => field(item, key), frame);
    },
  },
  reverse: { signature: "reverse(list)", help: "The list from its end.", min: 1, max: 1, call: (a) => [...list(a, 0)].reverse() },
  unique: { signature: "unique(list)", help: "Each different item once.", min: 1, max: 1, call: (a) => unique(list(a, 0)) },
  flatten: {
    signature: "flatten(list)",
    help: "Lists inside the list dissolved, one level.",
    min: 1,
    max: 1,
    call: (a) => list(a, 0).flat(1) as JsonValue[],
  },
  keys: { signature: "keys(object)", help: "The names of an object's fields.", min: 1, max: 1, call: (a) => Object.keys(object(a, 0)) },
  values: {
    signature: "values(object)",
    help: "The values of an object's fields.",
    min: 1,
    max: 1,
    call: (a) => Object.values(object(a, 0)),
  },
  merge: { signature: "merge(a, b, …)", help: "One object of several; later ones win.", min: 1, max: 16, call: merged },
  pick: {
    signature: "pick(object, keys)",
    help: "Only the named fields.",
    min: 2,
    max: 2,
    call: (a) => picked(object(a, 0), list(a, 1), true),
  },
  omit: {
    signature: "omit(object, keys)",
    help: "All but the named fields.",
    min: 2,
    max: 2,
    call: (a) => picked(object(a, 0), list(a, 1), false),
  },
};

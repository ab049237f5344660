import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { checkAgainst } from "./json-schema.ts";
import { checkJsonSchema } from "./json-schema-guard.ts";

const person: JsonObject = {
  type: "object",
  properties: {
    email: { type: "string", pattern: "^[^@]+@[^@]+$" },
    tags: { type: "array", items: { $ref: "#/$defs/tag" } },
    pattern: { type: "number" },
  },
  required: ["email"],
  $defs: { tag: { type: "string", pattern: "^[a-z]+$", maxLength: 5 } },
};

test("tells every fault with its path", () => {
  expect(checkJsonSchema(person)).toEqual([]);
  expect(checkAgainst(person, { email: "a@b", tags: ["ok"], pattern: 1 })).toEqual([]);
  expect(checkAgainst(person, { email: "nobody", tags: ["ok", "NO"], pattern: "x" }).map(({ path }) => path)).toEqual([
    "email",
    "tags.1",
    "pattern",
  ]);
  expect(checkAgainst(person, {}).map(({ path }) => path)).toEqual([""]);
});

test("patterns run in linear time", () => {
  const schema = { type: "string", pattern: "^(a+)+$" };
  const started = performance.now();
  expect(checkAgainst(schema, `${"a".repeat(40)}!`)).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(2_000); // exponential would take hours
});

function nested(depth: number): JsonObject {
  let schema: JsonObject = {};
  for (let i = 0; i < depth; i += 1) schema = { not: schema };
  return schema;
}

const doubling: JsonObject = {
  $defs: Object.fromEntries(
    Array.from({ length: 20 }, (_, i): [string, JsonValue] => [
      `d${i}`,
      i === 19 ? { type: "string" } : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  ),
  $ref: "#/$defs/d0",
};

test.each<[string, JsonObject, string]>([
  ["a remote reference", { $ref: "https://example.com/schema.json" }, "$ref must point to a part of this schema"],
  ["a reference to nothing", { $ref: "#/$defs/nope" }, "$ref must point to a part of this schema"],
  ["a reference to itself", { $ref: "#" }, "refers to itself"],
  ["a circle", { anyOf: [{ $ref: "#/$defs/a" }], $defs: { a: { not: { $ref: "#/$defs/a" } } } }, "refers to itself"],
  ["references that multiply", doubling, "too costly"],
  ["a pattern RE2 does not know", { pattern: "(?=a)" }, "not a valid pattern"],
  ["patternProperties", { patternProperties: { a: {} } }, "patternProperties cannot be used"],
  ["great depth", nested(20_000), "nested more than 30 deep"],
  ["great width", { anyOf: Array.from({ length: 5_000 }, () => ({})) }, "more than 2000 parts"],
])("%s is refused", (_, schema, message) => {
  expect(checkJsonSchema(schema).join()).toContain(message);
});

test("a schema may describe a tree by referring to itself below a property", () => {
  const tree = { type: "object", properties: { children: { type: "array", items: { $ref: "#" } }, $id: { type: "string" } } };
  expect(checkJsonSchema(tree)).toEqual([]);
  expect(checkAgainst(tree, { children: [{ children: [] }, { children: [3] }] }).map(({ path }) => path)).toEqual([
    "children.1.children.0",
  ]);
});

test("unique items are checked only in lists short enough", () => {
  const schema = { type: "array", uniqueItems: true };
  expect(checkAgainst(schema, [1, 1])).toHaveLength(1);
  const started = performance.now();
  expect(
    checkAgainst(
      schema,
      Array.from({ length: 20_000 }, (_, i) => ({ i })),
    ),
  ).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(100);
});

test("data that looks like a schema is left alone", () => {
  const schema = { enum: [{ pattern: "(?=x)" }, { $ref: "x" }] };
  expect(checkJsonSchema(schema)).toEqual([]);
  expect(checkAgainst(schema, { $ref: "x" })).toEqual([]);
});

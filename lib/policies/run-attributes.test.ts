import { expect, test } from "vitest";
import type { AttributeRule } from "#lib/graph/attributes.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { attributesOf } from "./run-attributes.ts";

function one(type: AttributeRule["type"], value: JsonValue, template = "{{ trigger.body.v }}") {
  const settings = { attributes: [{ name: "it", type, value: template }] };
  const [attribute] = attributesOf({ settings, trigger: () => ({ body: { v: value } }), now: 0 }) ?? [];
  return attribute?.problem ?? attribute?.text ?? attribute?.number ?? attribute?.time;
}

test("a workflow without attributes does not even look at its event", () => {
  const trigger = () => {
    throw new Error("looked at");
  };
  expect(attributesOf({ settings: {}, trigger, now: 0 })).toBeUndefined();
  expect(attributesOf({ settings: { attributes: [] }, trigger, now: 0 })).toBeUndefined();
});

test.each([
  ["text", "42", "42"],
  ["text", 42, "42"],
  ["text", "  Ada\u0000 ", "Ada"],
  ["number", 4.5, 4.5],
  ["number", "4.5", 4.5],
  ["boolean", true, "true"],
  ["boolean", "false", "false"],
  ["time", "2026-11-26T10:00:00+01:00", "2026-11-26T09:00:00.000Z"],
  ["time", "2026-11-26", "2026-11-26T00:00:00.000Z"],
  ["time", 0, "1970-01-01T00:00:00.000Z"],
] as const)("as %s %j is kept", (type, value, kept) => {
  expect(one(type, value)).toBe(kept);
});

test.each([
  ["number", "many", 'its expression gave "many", which is not a number'],
  ["number", true, "its expression gave true, which is not a number"],
  ["number", [1], "its expression gave a list, which is not a number"],
  ["boolean", 1, "its expression gave 1, which is not true or false"],
  ["time", "tomorrow", 'its expression gave "tomorrow", which is not a time such as 2026-11-26T09:00:00Z'],
  ["time", "2026-11-26T10:00:00", 'its expression gave "2026-11-26T10:00:00", which is not a time such as 2026-11-26T09:00:00Z'],
  ["text", { a: 1 }, "its expression gave an object, which is not a text"],
  ["text", null, "its expression gave no value"],
  ["text", " ", "its expression gave only white space"],
  ["text", "x".repeat(201), "it has 201 characters; at most 200 are kept"],
  ["text", "[masked]", "it is a secret, and secrets are never stored"],
] satisfies [AttributeRule["type"], JsonValue, string][])("as %s %j is left out, and why is told", (type, value, problem) => {
  expect(one(type, value)).toBe(problem);
});

test("what cannot be worked out is left out alone; the others are kept", () => {
  const attributes = [
    { name: "gone", type: "text" as const, value: "{{ trigger.body.missing.id }}" },
    { name: "shop", type: "text" as const, value: "shop {{ trigger.body.shop }}" },
  ];
  const made = attributesOf({ settings: { attributes }, trigger: () => ({ body: { shop: 7 } }), now: 0 });
  expect(made?.map(({ name, text }) => [name, text])).toEqual([
    ["gone", null],
    ["shop", "shop 7"],
  ]);
  expect(made?.[0]?.problem).toContain("missing");
});

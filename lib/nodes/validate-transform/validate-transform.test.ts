import fc from "fast-check";
import { expect, test } from "vitest";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import { configOf, contextOf, runNode } from "#lib/nodes/test-context.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { validateTransform } from "./definition.ts";

/** What becomes of one value through some steps: the result, or the reason it was refused. */
async function through(value: JsonValue, steps: JsonObject[], more: JsonObject = {}): Promise<JsonValue> {
  const fields = [{ target: "it", source: "{{ trigger.body }}", steps, ...more }];
  const { result } = await runNode("validate-transform", { fields }, { body: value });
  const output = isJsonObject(result.output) ? result.output : {};
  if (result.port === "out") return output.it ?? null;
  return Array.isArray(output.problems) && isJsonObject(output.problems[0]) ? `refused: ${String(output.problems[0].reason)}` : "refused";
}

test.each<[JsonValue, JsonObject, JsonValue]>([
  ["  a b  ", { type: "trim" }, "a b"],
  ["ÀB", { type: "lowercase" }, "àb"],
  ["àb", { type: "uppercase" }, "ÀB"],
  [" a \n\t b ", { type: "collapse-spaces" }, "a b"],
  ["a-b-c", { type: "replace", pattern: "-", with: "+" }, "a+b+c"],
  ["x", { type: "default", value: "y" }, "x"],
  [null, { type: "default", value: { a: 1 } }, { a: 1 }],
  ["12.50", { type: "to-number" }, 12.5],
  ["1,234", { type: "to-number" }, "refused: is not a number; write decimals with a point and no thousands separators"],
  ["1e999", { type: "to-number" }, "refused: is not a number; write decimals with a point and no thousands separators"],
  ["42", { type: "to-integer" }, 42],
  ["42.5", { type: "to-integer" }, "refused: is not a whole number"],
  ["9007199254740993", { type: "to-integer" }, "refused: is too large to be exact"],
  ["Yes", { type: "to-boolean" }, true],
  [0, { type: "to-boolean" }, false],
  ["maybe", { type: "to-boolean" }, "refused: is neither true nor false (also yes/no, on/off, 1/0)"],
  ["03/04/2026", { type: "parse-date", formats: ["dd/MM/yyyy"], to: "iso-date" }, "2026-04-03"],
  ["03/04/2026", { type: "parse-date", formats: ["MM/dd/yyyy"], to: "iso-date" }, "2026-03-04"],
  ["03/04/2026", { type: "parse-date" }, "refused: is not a date in the format ISO"],
  [
    "03/04/2026",
    { type: "parse-date", formats: ["dd/MM/yyyy", "MM/dd/yyyy"] },
    "refused: can be read as different dates by the formats dd/MM/yyyy and MM/dd/yyyy",
  ],
  ["31/12/2026", { type: "parse-date", formats: ["dd/MM/yyyy", "MM/dd/yyyy"], to: "iso-date" }, "2026-12-31"],
  ["31/02/2026", { type: "parse-date", formats: ["dd/MM/yyyy"] }, "refused: is not a date in the format dd/MM/yyyy"],
  ["2026-07-01 10:00", { type: "parse-date", formats: ["yyyy-MM-dd HH:mm"], zone: "America/New_York" }, "2026-07-01T14:00:00.000Z"],
  ["2026-01-31T10:30:00+01:00", { type: "parse-date" }, "2026-01-31T09:30:00.000Z"],
  [1767225600, { type: "parse-date", formats: ["unix"] }, "2026-01-01T00:00:00.000Z"],
  ["01 42 68 53 00", { type: "phone", country: "FR" }, "+33142685300"],
  ["+44 20 7946 0958", { type: "phone" }, "+442079460958"],
  ["01 42 68 53 00", { type: "phone" }, "refused: is not an international phone number (+…); declare its country"],
  ["12", { type: "phone", country: "FR" }, "refused: is not a valid phone number"],
  [" Ada.L@EXAMPLE.com ", { type: "email" }, "Ada.L@example.com"],
  ["ada@localhost", { type: "email" }, "refused: is not an e-mail address"],
  ["a..b@example.com", { type: "email" }, "refused: is not an e-mail address"],
  ["a@mailinator.com", { type: "email", disposable: "reject" }, "refused: is a throw-away e-mail address"],
  ["a@mailinator.com", { type: "email" }, "a@mailinator.com"],
  ["HTTPS://Example.com/a b", { type: "url" }, "https://example.com/a%20b"],
  ["javascript:alert(1)", { type: "url" }, "refused: is not a web address (https://…)"],
  ["b", { type: "enum", values: ["a", "b"] }, "b"],
  ["1", { type: "enum", values: [1, 2] }, "refused: must be one of 1, 2"],
  ["abc", { type: "pattern", regex: "^[a-z]+$" }, "abc"],
  ["ab1", { type: "pattern", regex: "^[a-z]+$" }, "refused: does not match the pattern ^[a-z]+$"],
  ["👩‍💻é", { type: "length", max: 4 }, "👩‍💻é"],
  ["abc", { type: "length", min: 4 }, "refused: is less than 4 characters"],
  [[1, 2], { type: "length", max: 1 }, "refused: is more than 1 items"],
  [5, { type: "range", min: 1, max: 10 }, 5],
  [11, { type: "range", max: 10 }, "refused: is more than 10"],
  ["5", { type: "range", max: 10 }, "refused: must be a number, is text"],
  ["fr", { type: "map", table: { fr: "France" } }, "France"],
  ["xx", { type: "map", table: { fr: "France" }, else: "?" }, "?"],
  ["xx", { type: "map", table: { fr: "France" } }, "refused: is not in the table"],
  ["constructor", { type: "map", table: {} }, "refused: is not in the table"],
  [12, { type: "expression", cel: "value * 100" }, 1200],
  [
    "a",
    { type: "expression", cel: "value * 100" },
    "refused: text * a number cannot be worked out; use number(…) or string(…) on one side",
  ],
  [{ a: 1 }, { type: "trim" }, "refused: must be text, is an object"],
])("%j through %j becomes %j", async (value, step, expected) => {
  expect(await through(value, [step])).toEqual(expected);
});

test("steps act in the order given", async () => {
  expect(
    await through(" 1 200 ", [
      { type: "replace", pattern: "\\s", with: "" },
      { type: "to-integer" },
      { type: "range", max: 2_000 },
      { type: "expression", cel: "value / 100" },
    ]),
  ).toBe(12);
});

test("what is not given is null, its default, or refused when required", async () => {
  expect(await through("  ", [{ type: "email" }])).toBeNull();
  expect(await through(null, [{ type: "to-integer" }], { default: "7" })).toBe(7);
  expect(await through("", [{ type: "default", value: "d" }, { type: "uppercase" }])).toBe("d".toUpperCase());
  expect(await through("", [], { required: true })).toBe("refused: is required");
  expect(await through(0, [], { required: true })).toBe(0);
});

const contact = {
  fields: [
    { target: "email", source: "{{ trigger.body.email }}", required: true, steps: [{ type: "email" }] },
    { target: "phone", source: "{{ trigger.body.phone }}", required: true, steps: [{ type: "phone", country: "FR" }] },
    { target: "born", source: "{{ trigger.body.born }}", steps: [{ type: "parse-date" }] },
    { target: "name", source: "{{ lower(trigger.body.name) }}" },
  ],
};

test("every fault of an input is told at once, with masked values", async () => {
  const { input, result } = await runNode("validate-transform", contact, { body: { email: "ada.lovelace", born: "03/04/2026", name: 5 } });
  const problems = [
    { field: "email", step: "email", value: "ad••••••••e", reason: "is not an e-mail address" },
    { field: "phone", step: "required", value: "missing", reason: "is required" },
    { field: "born", step: "parse-date", value: "03•••••••6", reason: "is not a date in the format ISO" },
    { field: "name", step: "source", value: "missing", reason: "lower(): needs text, got a number" },
  ];
  expect(result).toMatchObject({ port: "rejected", output: { problems, input } });
  expect(result.failure).toMatchObject({
    failureClass: "validation",
    code: "field_invalid",
    details: problems,
    message: "4 fields are not valid: email, phone, born, name",
  });
  expect(JSON.stringify(result.failure?.details)).not.toContain("lovelace");
});

test("the frozen input holds raw values, and what a person corrects in it is what counts", async () => {
  const first = await runNode("validate-transform", contact, { body: { email: "nobody", name: 5 } });
  expect(first.input).toEqual({ values: { email: "nobody" }, unreadable: { name: "lower(): needs text, got a number" } });
  const edited = { values: { email: "ada@example.com", phone: "01 42 68 53 00", name: "ada" } };
  const second = await runNode("validate-transform", contact, { input: edited });
  expect(second.result).toEqual({ port: "out", output: { email: "ada@example.com", phone: "+33142685300", born: null, name: "ada" } });
});

test("an input edited out of shape is a validation failure", async () => {
  await expect(runNode("validate-transform", contact, { input: { email: "x" } })).rejects.toMatchObject({
    failureClass: "validation",
    code: "input_invalid",
  });
});

test("passthrough keeps the input and replaces the fields, without touching the input", async () => {
  const config = {
    mode: "passthrough",
    fields: [{ target: "user.email", source: "{{ trigger.body.user.email }}", steps: [{ type: "lowercase" }] }],
  };
  const body = { id: 1, user: { email: "A@B.CO", name: "Ada" } };
  const { input, result } = await runNode("validate-transform", config, { body });
  expect(result.output).toEqual({ id: 1, user: { email: "a@b.co", name: "Ada" } });
  expect(input).toMatchObject({ base: { user: { email: "A@B.CO" } } });
  const text = await runNode("validate-transform", { mode: "passthrough", fields: [] }, { body: "text" });
  expect(text.result.output).toMatchObject({ problems: [{ step: "input", reason: "what passes through must be an object" }] });
});

test("the result must meet the schema", async () => {
  const schema = { type: "object", properties: { total: { type: "number", maximum: 10 } }, required: ["total"] };
  const config = { fields: [{ target: "total", source: "{{ trigger.body.total }}", steps: [{ type: "to-number" }] }], schema };
  expect((await runNode("validate-transform", config, { body: { total: "9" } })).result).toEqual({ port: "out", output: { total: 9 } });
  const { result } = await runNode("validate-transform", config, { body: { total: "11" } });
  expect(result.output).toMatchObject({ problems: [{ field: "total", step: "schema", reason: expect.stringContaining("11") }] });
});

test.each<[JsonObject, string]>([
  [{ fields: [{ target: "__proto__.admin", source: "x" }] }, "this name cannot be set"],
  [{ fields: [{ target: "a.constructor", source: "x" }] }, "this name cannot be set"],
  [
    {
      fields: [
        { target: "a", source: "x" },
        { target: "a.b", source: "x" },
      ],
    },
    "a.b clashes with the field a",
  ],
  [{ fields: [{ target: "a", source: "x", steps: [{ type: "pattern", regex: "(" }] }] }, "missing closing )"],
  [{ fields: [{ target: "a", source: "x", steps: [{ type: "length", min: 3, max: 1 }] }] }, "the minimum is above the maximum"],
  [{ fields: [{ target: "a", source: "x", steps: [{ type: "phone", country: "XX" }] }] }, "not a two-letter country"],
  [{ fields: [{ target: "a", source: "x", steps: [{ type: "parse-date", zone: "Mars" }] }] }, "not a time zone"],
  [{ fields: [{ target: "a", source: "x", steps: [{ type: "shout" }] }] }, "Invalid"],
  [{ fields: [], schema: { $ref: "https://x" } }, "$ref must point to a part of this schema"],
])("the config %j is refused: %s", (config, message) => {
  const parsed = validateTransform.config.safeParse(config);
  expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
});

const anyStep = fc.oneof(
  fc
    .constantFrom(
      "trim",
      "lowercase",
      "uppercase",
      "collapse-spaces",
      "to-number",
      "to-integer",
      "to-boolean",
      "parse-date",
      "email",
      "url",
      "phone",
    )
    .map((type) => ({ type })),
  fc.constantFrom<JsonObject>(
    { type: "pattern", regex: "^(a+)+$" },
    { type: "length", max: 3 },
    { type: "range", min: 0 },
    { type: "map", table: { a: 1 }, else: null },
    { type: "expression", cel: "size(value)" },
    { type: "replace", pattern: "(.)", with: "$1$1" },
    { type: "enum", values: ["a", 1] },
    { type: "phone", country: "FR" },
  ),
);

test("whatever comes in, the outcome is a result or a refusal, never another error", async () => {
  const runner = await loadRunner("validate-transform");
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.array(anyStep, { maxLength: 4 }), fc.jsonValue(), async (value, steps, edited) => {
      const config = configOf("validate-transform", { fields: [{ target: "a.b", source: "{{ trigger.body }}", steps, required: true }] });
      const context = contextOf({ body: value as JsonValue });
      const input = runner.prepare?.({ config, evaluate: context.evaluate, now: context.now, incoming: {} }) ?? null;
      const result = await runner.run({ config, input, context });
      expect(result).toMatchObject({ port: expect.stringMatching(/^(out|rejected)$/) });
      try {
        await runner.run({ config, input: edited as JsonValue, context });
      } catch (error) {
        expect(error).toBeInstanceOf(NodeError);
      }
    }),
    { numRuns: 500 },
  );
});

test("cleaning what is already clean changes nothing", async () => {
  const steps = [{ type: "trim" }, { type: "collapse-spaces" }, { type: "lowercase" }];
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (value) => {
      const once = await through(value, steps);
      expect(await through(once, steps)).toEqual(once);
    }),
    { numRuns: 200 },
  );
});

import { expect, test } from "vitest";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { scopeOf } from "#lib/expressions/test-scope.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { inputCheckSchema } from "#lib/graph/policy.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { checkInput, type InputCheck } from "./check-input.ts";

const evaluate = createEvaluate(scopeOf({ most: 10 }));

function check(given: JsonObject): InputCheck {
  const { schema = null, fields = [] } = inputCheckSchema.parse(given);
  return { schema, fields };
}

const contact = check({
  fields: [
    { path: "body.email", required: true, steps: [{ type: "trim" }, { type: "email", disposable: "reject" }] },
    { path: "body.items.1.count", steps: [{ type: "to-integer" }, { type: "expression", cel: "value <= trigger.body.most" }] },
    { path: "body.note", required: true },
  ],
  schema: { type: "object", required: ["method"] },
});

test("all that is wrong with an input is told at once: field, step, masked value, reason", () => {
  const input: JsonValue = { body: { email: "ada.lovelace", items: [{}, { count: "12" }] } };
  expect(checkInput(contact, input, evaluate)).toEqual([
    { field: "body.email", step: "email", value: "ad••••••••e", reason: "is not an e-mail address" },
    { field: "body.items.1.count", step: "expression", value: "••", reason: "does not meet value <= trigger.body.most" },
    { field: "body.note", step: "required", value: "missing", reason: "is required" },
    { field: "", step: "schema", value: expect.any(String), reason: expect.stringContaining("method") },
  ]);
});

test("what is right passes and stays as it is; a field that may be missing is judged only when it is there", () => {
  const input: JsonValue = { method: "POST", body: { email: " Ada@example.com ", note: "x" } };
  const before = JSON.stringify(input);
  expect(checkInput(contact, input, evaluate)).toEqual([]);
  expect(JSON.stringify(input)).toBe(before);
});

test("without a run in sight, a field is judged up to its first expression", () => {
  const late = check({
    fields: [{ path: "n", required: true, steps: [{ type: "to-integer" }, { type: "expression", cel: "value > 1" }] }],
  });
  expect(checkInput(late, { n: "0" }, null)).toEqual([]);
  expect(checkInput(late, { n: "none" }, null)).toMatchObject([{ field: "n", step: "to-integer" }]);
  expect(checkInput(late, { n: "0" }, evaluate)).toMatchObject([{ field: "n", step: "expression" }]);
});

test("a field that is not whole yet is told as a problem and breaks nothing", () => {
  const started = documentSchema.parse({ schemaVersion: 1, nodes: [{ id: "call", type: "http-request", name: "Call" }], edges: [] });
  // As the panel writes it: no steps yet, and no schema of the document has filled them in.
  const [call] = started.nodes;
  Object.assign(call ?? {}, { policy: { validateInput: { fields: [{ path: "", required: true }] } } });
  expect(validateDocument(started).map(({ path }) => path)).toContain("nodes.0.policy.validateInput.fields.0.path");
});

test("a check says what it checks, and its expressions are looked at before publishing", () => {
  expect(inputCheckSchema.safeParse({}).success).toBe(false);
  expect(inputCheckSchema.safeParse({ schema: {} }).success).toBe(true);
  const fields = [{ path: "url", steps: [{ type: "expression", cel: "value != steps.nowhere.output" }] }];
  const nodes = [
    { id: "start", type: "manual", name: "Start" },
    { id: "call", type: "http-request", name: "Call", config: { url: "https://example.com" }, policy: { validateInput: { fields } } },
  ];
  const edges = [{ id: "e1", source: "start", target: "call" }];
  const problems = validateDocument(documentSchema.parse({ schemaVersion: 1, nodes, edges }));
  expect(problems.map(({ path }) => path)).toContain("nodes.1.policy.validateInput.fields.0.steps.0.cel");
});

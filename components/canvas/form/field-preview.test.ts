import { expect, it } from "vitest";
import type { Scope } from "#lib/expressions/scope.ts";
import { fieldsOfSample, previewField, stepWords } from "./field-preview.ts";

const scope: Scope = {
  trigger: { body: { email: " Ada@EXAMPLE.com ", total: "12.50", none: null } },
  steps: {},
  run: {},
  vars: {},
  connection: {},
  now: "2026-11-26T08:00:00.000Z",
};
const source = (path: string) => `{{ trigger.body.${path} }}`;

it("shows a value before and after its steps", () => {
  const steps = [{ type: "trim" }, { type: "email" }];
  expect(previewField({ source: source("email"), steps }, scope)).toEqual({
    state: "passes",
    before: " Ada@EXAMPLE.com ",
    after: "Ada@example.com",
  });
});

it("says which step refuses a value, and why", () => {
  const steps = [{ type: "to-number" }, { type: "range", max: 10 }];
  expect(previewField({ source: source("total"), steps }, scope)).toMatchObject({ state: "refused", step: "range", before: "12.50" });
  expect(previewField({ source: source("none"), required: true }, scope)).toMatchObject({ state: "refused", reason: "is required" });
  expect(previewField({ source: "{{ lower(trigger.body) }}" }, scope)).toMatchObject({ state: "refused", step: "source" });
});

it("takes what is missing as not given, and its default for it", () => {
  expect(previewField({ source: source("nowhere") }, scope)).toEqual({ state: "passes", before: undefined, after: null });
  expect(previewField({ source: source("nowhere"), default: "x" }, scope)).toMatchObject({ state: "passes", after: "x" });
});

it("waits for fields and steps that are not filled in", () => {
  expect(previewField({ source: "" }, scope)).toMatchObject({ state: "unfinished" });
  expect(previewField({ source: source("email"), steps: [{ type: "pattern" }] }, scope)).toMatchObject({ state: "unfinished" });
});

it("tells the steps in words and takes over the fields of a sample", () => {
  expect(stepWords([{ type: "trim" }, { type: "to-number" }])).toBe("trim, to number");
  expect(fieldsOfSample({ id: 7, "a-b": 1 }, "trigger.body")).toEqual([{ target: "id", source: "{{ trigger.body.id }}", steps: [] }]);
  expect(fieldsOfSample([1], "trigger.body")).toEqual([]);
});

import { describe, expect, it } from "vitest";
import { definitionOf } from "../graph-fixture.ts";
import { allTypes } from "../palette/type-search.ts";
import { type FormField, formOf, initialValue, isShown, wordsOf } from "./form-model.ts";
import { getAt, setAt } from "./paths.ts";

function field(type: string, ...keys: string[]): FormField {
  let fields = formOf(definitionOf(type));
  let found: FormField | undefined;
  for (const key of keys) {
    found = fields.find((candidate) => candidate.key === key);
    fields = found?.fields ?? [];
  }
  if (found === undefined) throw new Error(`no field ${keys.join(".")}`);
  return found;
}

describe("formOf", () => {
  it("draws every setting of every node type with a label", () => {
    const nameless = allTypes().flatMap((definition) =>
      formOf(definition).filter((candidate) => candidate.label === "" || candidate.key === ""),
    );
    expect(nameless).toEqual([]);
  });

  it("reads label, help, placeholder, expression kind and what is required", () => {
    expect(field("http-request", "url")).toMatchObject({
      label: "URL",
      widget: "text",
      expression: "template",
      required: true,
      placeholder: "https://api.example.com/orders",
    });
    expect(field("if", "condition")).toMatchObject({ widget: "code", expression: "cel" });
    expect(field("http-request", "expect", "success").names).toEqual(["response"]);
  });

  it("shows defaults and bounds, but no bound that only says how large a number can be", () => {
    expect(field("webhook", "response", "timeoutMs")).toMatchObject({ widget: "duration", defaultValue: 30_000, min: 100, max: 300_000 });
    const length = field("validate-transform", "fields").item?.fields.find((candidate) => candidate.key === "steps")?.item;
    const limits = length?.variants.find((variant) => variant.value === "length")?.fields;
    expect(limits?.map((limit) => [limit.key, limit.min, limit.max])).toEqual([
      ["min", 0, null],
      ["max", 0, null],
    ]);
  });

  it("offers the alternatives of a union by their names", () => {
    const verification = field("webhook", "verification");
    expect(verification).toMatchObject({ widget: "variants", discriminator: "scheme" });
    expect(verification.variants.map((variant) => variant.label)).toContain("GitHub");
    expect(verification.variants.find((variant) => variant.value === "github")?.fields.map((candidate) => candidate.widget)).toEqual([
      "connection",
    ]);
  });

  it("tells lists of objects from lists of plain values", () => {
    expect(field("validate-transform", "fields").widget).toBe("table");
    const steps = field("validate-transform", "fields").item?.fields.find((candidate) => candidate.key === "steps");
    expect(steps).toMatchObject({ widget: "list" });
    const date = steps?.item?.variants.find((variant) => variant.value === "parse-date");
    expect(date?.fields.find((candidate) => candidate.key === "formats")?.widget).toBe("values");
  });

  it("hides what applies only beside another value, defaults counted", () => {
    const fields = formOf(definitionOf("set"));
    const input = field("set", "input");
    expect(isShown(input, {}, fields)).toBe(false);
    expect(isShown(input, { keep: "input" }, fields)).toBe(true);
  });

  it("starts a new entry with what is required and leaves the rest to the defaults", () => {
    const entry = field("validate-transform", "fields").item;
    expect(entry && initialValue(entry)).toEqual({ target: "", source: "" });
    expect(initialValue(field("webhook", "rateLimit"))).toEqual({ limit: 1, perMs: 1_000 });
  });
});

describe("wordsOf", () => {
  it("makes words of keys", () => {
    expect(wordsOf("catchUpMs")).toBe("Catch up");
    expect(wordsOf("dead-letter")).toBe("Dead letter");
  });
});

describe("paths", () => {
  it("reads and writes deep into objects and lists without touching the original", () => {
    const before = { fields: [{ target: "a" }, { target: "b" }] };
    const after = setAt(before, ["fields", "1", "target"], "c");
    expect(after).toEqual({ fields: [{ target: "a" }, { target: "c" }] });
    expect(getAt(after, ["fields", "0"])).toBe(before.fields[0]);
    expect(before.fields[1]).toEqual({ target: "b" });
  });

  it("takes a key away rather than writing nothing into it", () => {
    expect(setAt({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
    expect(setAt([1, 2, 3], ["1"], undefined)).toEqual([1, 3]);
  });

  it("makes objects on the way", () => {
    expect(setAt({}, ["expect", "success"], "true")).toEqual({ expect: { success: "true" } });
    expect(getAt({ a: null }, ["a", "b"])).toBeUndefined();
  });
});

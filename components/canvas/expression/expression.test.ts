import { describe, expect, it } from "vitest";
import { setNode } from "../commands/edit-node.ts";
import { graph } from "../graph-fixture.ts";
import { complete } from "./complete.ts";
import { previewOf } from "./preview.ts";
import { type SampleSources, sampleScope, triggerFromInput } from "./sample-scope.ts";

const document = setNode(
  graph({ hook: "webhook", check: "validate-transform", call: "http-request", later: "set" }, [
    "hook > check",
    "check > call",
    "call > later",
  ]),
  "check",
  {
    config: {
      fields: [
        { target: "mail", source: "{{ trigger.body.email }}" },
        { target: "bad", source: "{{ nonsense( }}" },
      ],
    },
  },
);

function scopeOf(change: Partial<SampleSources> = {}) {
  return sampleScope({
    document,
    nodeId: "call",
    trigger: undefined,
    outputs: new Map(),
    sampleTrigger: undefined,
    baseUrl: "http://localhost:3000",
    connection: {},
    nowIso: "2026-11-21T14:02:11.000Z",
    ...change,
  });
}

const context = (sample = scopeOf()) => ({ scope: sample.scope, names: [], stepNames: new Map([["check", "Check it"]]) });
const labels = (text: string, position = text.length, kind: "template" | "cel" = "template") =>
  complete(text, position, kind, context())?.options.map((option) => option.label) ?? null;

describe("sampleScope", () => {
  it("knows what comes before a step, and nothing behind it", () => {
    expect(Object.keys(scopeOf().scope.steps)).toEqual(["check"]);
    expect(Object.keys(scopeOf({ nodeId: "later" }).scope.steps)).toEqual(["check", "call"]);
  });

  it("puts the nearest step first", () => {
    expect(scopeOf({ nodeId: "later" }).steps.map((step) => step.node.id)).toEqual(["call", "check"]);
  });

  it("works out what reshaping steps give, and leaves unknown what does not work", () => {
    expect(scopeOf().scope.steps.check?.output).toEqual({ mail: "ada@example.com", bad: null });
  });

  it("takes real outputs where a run left some", () => {
    const sample = scopeOf({ trigger: { body: { email: "x@y.z" } }, outputs: new Map([["check", { mail: "x@y.z" }]]) });
    expect(sample.scope.steps.check?.output).toEqual({ mail: "x@y.z" });
    expect(sample.steps[0]?.real).toBe(true);
    expect(sample.triggerIsReal).toBe(true);
  });

  it("knows the first item inside of a loop, and none outside", () => {
    const looped = setNode(
      graph({ hook: "webhook", loop: "for-each", call: "http-request" }, ["hook > loop", "loop:item > call"]),
      "loop",
      {
        config: { items: "{{ trigger.body.lines }}" },
      },
    );
    const trigger = { body: { lines: [{ sku: "a" }, { sku: "b" }] } };
    expect(scopeOf({ document: looped, nodeId: "call", trigger }).scope).toMatchObject({ item: { sku: "a" }, index: 0 });
    expect(scopeOf().scope).not.toHaveProperty("item");
  });

  it("makes a delivery of a body", () => {
    const hook = document.nodes[0];
    expect(triggerFromInput(hook, { id: 7 })).toMatchObject({ body: { id: 7 }, method: "POST" });
    expect(triggerFromInput(hook, { body: { id: 7 }, deliveryId: "d" })).toMatchObject({ body: { id: 7 }, deliveryId: "d" });
  });
});

describe("complete", () => {
  it("offers fields of the data, in templates only inside of braces", () => {
    expect(labels("{{ trigger.body.")).toEqual(["id", "email"]);
    expect(labels("trigger.body.")).toBeNull();
    expect(labels("trigger.body.", 13, "cel")).toEqual(["id", "email"]);
    expect(labels("{{ trigger.body.id }} trigger.")).toBeNull();
  });

  it("offers names and functions at the start of a word", () => {
    const found = labels("{{ tri") ?? [];
    expect(found).toContain("trigger");
    expect(found).toContain("lowerAscii");
  });

  it("offers steps by id with their names, and writes their output", () => {
    expect(complete("{{ steps.", 9, "template", context())?.options).toMatchObject([
      { label: "check", insert: "check.output", detail: "Check it" },
    ]);
  });

  it("writes brackets around keys that are no names", () => {
    const headers = complete("{{ trigger.headers.", 19, "template", context());
    expect(headers?.options[0]).toMatchObject({ label: "content-type", insert: '["content-type"]' });
  });

  it("keeps quiet inside of a text and behind what has no fields", () => {
    expect(labels('{{ "trigger.')).toBeNull();
    expect(labels("{{ trigger.body.id.")).toBeNull();
  });
});

describe("previewOf", () => {
  const { scope } = scopeOf();

  it("shows value and type", () => {
    expect(previewOf("{{ steps.check.output.mail }}", "template", scope)).toEqual({ ok: true, value: "ada@example.com", type: "text" });
    expect(previewOf("1 + 1 == 2", "cel", scope)).toEqual({ ok: true, value: true, type: "true or false" });
  });

  it("says where an expression is wrong", () => {
    expect(previewOf("{{ nonsense( }}", "template", scope)).toMatchObject({ ok: false });
  });

  it("has nothing to show for a fixed text", () => {
    expect(previewOf("hello", "template", scope)).toBeNull();
    expect(previewOf("  ", "cel", scope)).toBeNull();
  });
});

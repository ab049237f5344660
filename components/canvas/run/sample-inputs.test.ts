import { describe, expect, it } from "vitest";
import { documentSchema } from "#lib/graph/document.ts";
import { templates } from "#lib/graph/templates/templates.ts";
import { graph } from "../graph-fixture.ts";
import { firstInput, outsideSteps, templateSample, triggersOf } from "./sample-inputs.ts";

describe("sample inputs", () => {
  it("finds the sample of the template a workflow came from", () => {
    for (const template of templates) expect(templateSample(documentSchema.parse(template.document))).toBe(template.sampleInput);
  });

  it("falls back to the body a trigger of that type brings", () => {
    expect(templateSample(graph({ hook: "webhook" }))).toBeUndefined();
    expect(firstInput(graph({ hook: "webhook" }))).toEqual({ id: "evt_1", email: "ada@example.com" });
    expect(firstInput(graph({ cron: "schedule" }))).toMatchObject({ timezone: "UTC" });
    expect(firstInput(graph({}))).toEqual({});
  });

  it("offers enabled triggers first", () => {
    const document = graph({ off: "webhook", on: "manual" });
    const nodes = document.nodes.map((node) => ({ ...node, disabled: node.id === "off" }));
    expect(triggersOf({ ...document, nodes }).map((node) => node.id)).toEqual(["on", "off"]);
  });

  it("names the steps that reach other systems", () => {
    expect(outsideSteps(graph({ hook: "webhook", call: "http-request", note: "set" })).map((node) => node.id)).toEqual(["call"]);
  });
});

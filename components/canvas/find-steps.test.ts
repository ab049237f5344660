import { describe, expect, it } from "vitest";
import { setNode } from "./commands/edit-node.ts";
import { findSteps } from "./find-steps.ts";
import { graph } from "./graph-fixture.ts";

const document = setNode(graph({ hook: "webhook", call: "http-request", note: "set" }, ["hook > call", "call > note"]), "call", {
  config: { url: "https://api.example.com/Orders", headers: { "x-team": "billing" } },
});

describe("finding steps", () => {
  it("looks into names, types, ids and settings, whatever the case", () => {
    expect(findSteps(document, "orders")).toEqual(["call"]);
    expect(findSteps(document, "BILLING")).toEqual(["call"]);
    expect(findSteps(document, "x-team")).toEqual(["call"]);
    expect(findSteps(document, "webhook")).toEqual(["hook"]);
  });

  it("gives them in reading order, and none for nothing", () => {
    expect(findSteps(document, "o")).toEqual(["hook", "call", "note"]);
    expect(findSteps(document, "  ")).toEqual([]);
    expect(findSteps(document, "nowhere")).toEqual([]);
  });
});

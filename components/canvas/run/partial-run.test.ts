import { describe, expect, it } from "vitest";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { graph } from "../graph-fixture.ts";
import { inputOf, partRefusal, pinsBefore, stepsBefore } from "./partial-run.ts";

const document = graph({ hook: "manual", call: "http-request", loop: "for-each", each: "set", end: "set" }, [
  "hook > call",
  "call > loop",
  "loop:item > each",
  "loop:done > end",
]);

function step(nodeId: string, change: Partial<StepSummary> = {}): StepSummary {
  return { id: nodeId, nodeId, iteration: "", status: "succeeded", port: "out", ...change } as StepSummary; // safe: what the functions read
}

const run = {
  triggerNodeId: "hook",
  event: { id: "e", data: { body: { id: 7 } }, receivedAt: "" },
  steps: [step("hook"), step("call"), step("loop", { port: "done" }), step("each", { iteration: "0" }), step("end", { status: "failed" })],
} as Partial<RunView> as RunView; // safe: what the functions read

describe("running a part", () => {
  it("takes what the steps before gave, with the outputs they took, and no trigger and no item of a loop", () => {
    const before = stepsBefore(document, "end", run);
    expect(before.map(({ nodeId }) => nodeId)).toEqual(["call", "loop"]);
    const pins = pinsBefore(
      document,
      "end",
      before.map((each) => ({ step: each, output: each.nodeId })),
    );
    expect(pins).toEqual({ call: { output: "call", port: "out" }, loop: { output: "loop", port: "done" } });
  });

  it("prefers what is pinned in the draft, except for the step itself", () => {
    const pin = { output: "pinned", port: "out" };
    const pinned = { ...document, testing: { pins: { call: pin, end: pin } } };
    expect(pinsBefore(pinned, "end", [{ step: step("call"), output: 1 }])).toEqual({ call: pin });
  });

  it("says why it cannot be", () => {
    expect(partRefusal(document, "each", "to", undefined)).toBeNull();
    expect(partRefusal(document, "each", "only", run)).toMatch(/once for each item/);
    expect(partRefusal(document, "end", "only", undefined)).toMatch(/Run to here first/);
    expect(partRefusal(document, "end", "from", run)).toBeNull();
    expect(partRefusal(document, "hook", "from", run)).toMatch(/trigger/);
  });

  it("begins with the same event", () => {
    expect(inputOf(document, run)).toEqual({ id: 7 });
  });
});

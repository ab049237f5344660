import { describe, expect, it } from "vitest";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { graph } from "../graph-fixture.ts";
import { inputOf, itemsAround, partRefusal, pinsBefore, stepsBefore, type TestScope } from "./partial-run.ts";

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
  const refusal = (nodeId: string, scope: TestScope, shown: RunView | undefined = run, items = {}) =>
    partRefusal({ document, nodeId, scope, run: shown, items });

  it("takes what the steps before gave, with the outputs they took, and no trigger and no item of a loop", () => {
    const before = stepsBefore(document, "end", run, {});
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
    expect(partRefusal({ document, nodeId: "end", scope: "only", run: undefined, items: {} })).toMatch(/Run to here first/);
    expect(refusal("each", "to")).toBeNull();
    expect(refusal("each", "only")).toMatch(/once for each item/);
    expect(refusal("end", "from")).toBeNull();
    expect(refusal("hook", "from")).toMatch(/trigger/);
  });

  it("tests a part of a loop for one item, with what the steps before gave for that item", () => {
    const longer = graph({ hook: "manual", loop: "for-each", first: "set", each: "set" }, [
      "hook > loop",
      "loop:item > first",
      "first > each",
    ]);
    const steps = [step("hook"), step("loop"), ...["0", "1"].map((iteration) => step("first", { id: `first ${iteration}`, iteration }))];
    const shown = { ...run, steps } as RunView;
    const at = (item: number) => ({ document: longer, nodeId: "each", scope: "only" as const, run: shown, items: { loop: item } });
    expect(partRefusal(at(1))).toBeNull();
    expect(partRefusal(at(2))).toMatch(/did not come by with this item/);
    expect(stepsBefore(longer, "each", shown, { loop: 1 }).map(({ id }) => id)).toEqual(["first 1"]);
    expect(itemsAround(longer, "each", { loop: 1, gone: 3 })).toEqual({ loop: 1 });
    expect(itemsAround(longer, "loop", { loop: 1 })).toEqual({});
  });

  it("finds an item in its batch", () => {
    const batch = step("each", { iteration: "4-7" });
    const behind = graph({ hook: "manual", loop: "for-each", each: "set", last: "set" }, [
      "hook > loop",
      "loop:item > each",
      "each > last",
    ]);
    const found = (item: number) => stepsBefore(behind, "last", { ...run, steps: [batch] } as RunView, { loop: item });
    expect([found(3), found(4), found(7), found(8)].map(({ length }) => length)).toEqual([0, 1, 1, 0]);
  });

  it("begins with the same event", () => {
    expect(inputOf(document, run)).toEqual({ id: 7 });
  });
});

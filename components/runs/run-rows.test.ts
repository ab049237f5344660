import { describe, expect, it } from "vitest";
import type { StepSummary } from "#lib/shared/api-types.ts";
import { rowsOf, visibleIds } from "./run-rows.ts";

const step = (id: string, nodeId: string, iteration = "") => ({ id, nodeId, iteration, name: nodeId }) as StepSummary;
const run = {
  steps: [step("a", "loop"), step("b", "charge", "0"), step("c", "charge", "1"), step("d", "mail", "0"), step("e", "end")],
  iterations: [
    { nodeId: "charge", status: "succeeded" as const, count: 90 },
    { nodeId: "charge", status: "failed" as const, count: 10 },
    { nodeId: "mail", status: "succeeded" as const, count: 1 },
  ],
};

describe("the rows of a run", () => {
  it("hold the steps of a node inside a loop together, with the counts of all of them", () => {
    const rows = rowsOf(run);
    expect(rows.map((row) => (row.kind === "step" ? row.step.id : `${row.nodeId} ${row.steps.length}/${row.total}`))).toEqual([
      "a",
      "charge 2/100",
      "mail 1/1",
      "e",
    ]);
  });

  it("leave the step that undoes another by itself", () => {
    expect(rowsOf({ steps: [step("u", "pay", "~undo")], iterations: [] })).toHaveLength(1);
  });

  it("pass over what is folded away", () => {
    expect(visibleIds(rowsOf(run), new Set())).toEqual(["a", "e"]);
    expect(visibleIds(rowsOf(run), new Set(["charge"]))).toEqual(["a", "b", "c", "e"]);
  });
});

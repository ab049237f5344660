import { expect, it } from "vitest";
import type { StepSummary } from "#lib/shared/api-types.ts";
import { inOrder } from "./step-order.ts";

const step = (nodeId: string, createdAt: string, iteration = "") => ({ nodeId, createdAt, iteration }) as StepSummary;

it("orders steps by time, then as the document has them, then by iteration", () => {
  const document = { nodes: [{ id: "a" }, { id: "b" }, { id: "c" }] };
  const steps = [step("c", "2"), step("b", "1", "10"), step("b", "1", "2"), step("a", "1"), step("gone", "1")];
  expect(inOrder({ document, steps }).map((each) => each.nodeId + each.iteration)).toEqual(["a", "b2", "b10", "gone", "c"]);
});

it("takes a document it cannot read as one without nodes", () => {
  expect(inOrder({ document: null, steps: [step("b", "2"), step("a", "1")] }).map((each) => each.nodeId)).toEqual(["a", "b"]);
});

import { expect, test } from "vitest";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import { decide, edgeAfter } from "./decide.ts";
import type { StepState } from "./run-state.ts";

/* What a step makes of each edge behind it: every status, every kind of port. */

const failurePorts = ["error", "rejected", "failed", "timeout"];

function stepOf(status: StepStatus, port: string | null): StepState {
  return { nodeId: "a", iteration: "", status, port, waitReason: null, wakeAtMs: null, error: null } as StepState; // the fields that edges are decided by
}

function edge(sourcePort: string) {
  return { id: "e", source: "a", sourcePort, target: "b" };
}

/** Of a document in which the failure ports are such by their type. */
function after(step: StepState, wire: ReturnType<typeof edge>) {
  return edgeAfter({ notPassed: new Set(failurePorts) }, step, { ...wire, id: wire.sourcePort });
}

test.each<StepStatus>(["succeeded", "deduplicated"])("of a step that %s the edge of its port is taken, all others are dead", (status) => {
  expect(after(stepOf(status, "out"), edge("out"))).toBe("taken");
  expect(after(stepOf(status, "out"), edge("error"))).toBe("dead");
  expect(after(stepOf(status, "error"), edge("error"))).toBe("taken");
  expect(after(stepOf(status, "error"), edge("out"))).toBe("dead");
});

test("a skipped step that passes through takes every edge but those of failure; one that does not takes none", () => {
  for (const port of ["out", "approved"]) expect(after(stepOf("skipped", "out"), edge(port))).toBe("taken");
  for (const port of failurePorts) expect(after(stepOf("skipped", "out"), edge(port))).toBe("dead");
  for (const port of ["out", ...failurePorts]) expect(after(stepOf("skipped", null), edge(port))).toBe("dead");
});

test("a failed step blocks what is behind it, one that is not over leaves it open", () => {
  expect(after(stepOf("failed", null), edge("out"))).toBe("blocked");
  for (const status of ["pending", "running", "waiting"] as const) expect(after(stepOf(status, null), edge("out"))).toBe("undecided");
});

test.each(failurePorts)("a disabled node passes on through its usual port and not through %s", (port) => {
  const compiled = compileDocument(
    documentSchema.parse({
      schemaVersion: 1,
      nodes: [
        { id: "start", type: "manual", name: "start" },
        { id: "off", type: "set", name: "off", disabled: true },
        { id: "usual", type: "set", name: "usual" },
        { id: "other", type: "set", name: "other" },
      ],
      edges: [
        { id: "e0", source: "start", target: "off" },
        { id: "e1", source: "off", target: "usual" },
        { id: "e2", source: "off", sourcePort: port, target: "other" },
      ],
    }),
  );
  const started = { ...stepOf("succeeded", "out"), nodeId: "start" };
  const decision = decide({
    compiled,
    triggerNodeId: "start",
    mode: "live",
    steps: new Map([[stepKey("start", ""), started]]),
    loops: new Map(),
    cancelRequested: false,
    deadlineAtMs: 1_000,
    now: 0,
  });
  expect(decision.start.map(({ nodeId }) => nodeId)).toEqual(["usual"]);
  expect(decision.skip.map(({ nodeId, passesThrough }) => [nodeId, passesThrough])).toEqual([
    ["off", true],
    ["other", false],
  ]);
});

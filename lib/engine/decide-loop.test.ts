import { expect, test } from "vitest";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentOf } from "#lib/graph/test-documents.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import { type DecideInput, decide } from "./decide.ts";
import type { StepState } from "./run-state.ts";

const compiled = compileDocument(
  documentOf(
    [
      { id: "start", type: "manual" },
      { id: "loop", type: "for-each", config: { items: "{{ trigger.body }}" } },
      { id: "a", type: "set" },
      { id: "b", type: "set" },
      { id: "after", type: "set" },
    ],
    ["start -> loop", "loop:item -> a", "a -> b", "loop:done -> after"],
  ),
);

/** `a 1: succeeded` is node a in item 1. Only what deciding looks at is filled in. */
function stepsOf(states: Record<string, StepState["status"]>) {
  const steps = new Map<string, StepState>();
  for (const [name, status] of Object.entries(states)) {
    const [nodeId = "", iteration = ""] = name.split(" ");
    const port = status === "succeeded" ? "out" : null;
    steps.set(stepKey(nodeId, iteration), { nodeId, iteration, status, port, wakeAtMs: null, error: null } as StepState); // safe: see above
  }
  return steps;
}

function ask(states: Record<string, StepState["status"]>, active: string[], change: Partial<DecideInput> = {}) {
  const loops = new Map([["loop", { active: new Map(active.map((unit) => [unit, unit])) }]]);
  const decision = decide({
    compiled,
    triggerNodeId: "start",
    mode: "live",
    steps: stepsOf({ start: "succeeded", loop: "waiting", ...states }),
    loops,
    cancelRequested: false,
    deadlineAtMs: 9,
    now: 1,
    ...change,
  });
  return {
    start: decision.start.map(({ nodeId, iteration }) => `${nodeId} ${iteration}`),
    settled: decision.settled.map(({ unit }) => unit),
    end: decision.end?.status ?? null,
  };
}

test("each iteration goes through the body by itself, and nothing behind done starts meanwhile", () => {
  expect(ask({ "a 1": "succeeded" }, ["0", "1"])).toEqual({ start: ["a 0", "b 1"], settled: [], end: null });
});

test("an iteration is settled when nothing of it is left to do, failed or not, and the others go on", () => {
  const states = { "a 0": "failed", "a 1": "succeeded", "b 1": "succeeded", "a 2": "running" } as const;
  expect(ask(states, ["0", "1", "2"])).toEqual({ start: [], settled: ["0", "1"], end: null });
});

test("a failed item does not end the run while its loop goes on, and a loop that failed does", () => {
  expect(ask({ "a 0": "failed" }, ["0"]).end).toBeNull();
  expect(ask({ loop: "failed" }, []).end).toBe("failed");
});

test("what one item skips is not skipped in the next", () => {
  const forked = compileDocument(
    documentOf(
      [
        { id: "start", type: "manual" },
        { id: "loop", type: "for-each", config: { items: "{{ trigger.body }}" } },
        { id: "a", type: "if", config: { condition: "true" } },
        { id: "b", type: "set" },
        { id: "c", type: "set" },
      ],
      ["start -> loop", "loop:item -> a", "a:true -> b", "a:false -> c", "b -> c"],
    ),
  );
  const passed = (iteration: string, port: string) =>
    [stepKey("a", iteration), { nodeId: "a", iteration, status: "succeeded", port, wakeAtMs: null, error: null } as StepState] as const;
  const steps = new Map([...stepsOf({ start: "succeeded", loop: "waiting" }), passed("0", "false"), passed("1", "true")]);
  expect(ask({}, ["0", "1"], { compiled: forked, steps }).start).toEqual(["c 0", "b 1"]);
});

test("a cancel starts no further step of any item", () => {
  expect(ask({ "a 0": "running" }, ["0", "1"], { cancelRequested: true })).toEqual({ start: [], settled: [], end: null });
  expect(ask({ "a 0": "succeeded" }, ["0", "1"], { cancelRequested: true })).toEqual({ start: [], settled: [], end: "canceled" });
});

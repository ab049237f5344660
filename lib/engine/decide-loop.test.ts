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

type State = StepState["status"] | `succeeded:${string}`;

/** `a 1: succeeded:true` is node a in item 1, which went on through its port `true`. Only what deciding looks at is filled in. */
function stepsOf(states: Record<string, State>) {
  const steps = new Map<string, StepState>();
  for (const [name, state] of Object.entries(states)) {
    const [nodeId = "", iteration = ""] = name.split(" ");
    const [status, port = status === "succeeded" ? "out" : null] = state.split(":");
    steps.set(stepKey(nodeId, iteration), { nodeId, iteration, status, port, wakeAtMs: null, error: null } as StepState); // safe: see above
  }
  return steps;
}

function ask(states: Record<string, State>, active: string[], change: Partial<DecideInput> = {}) {
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
    skip: decision.skip.map(({ nodeId, iteration }) => `${nodeId} ${iteration}`),
    settled: decision.settled.map(({ unit }) => unit),
    end: decision.end?.status ?? null,
  };
}

test("each iteration goes through the body by itself, and nothing behind done starts meanwhile", () => {
  expect(ask({ "a 1": "succeeded" }, ["0", "1"])).toEqual({ start: ["a 0", "b 1"], skip: [], settled: [], end: null });
});

test("an iteration is settled when nothing of it is left to do, failed or not, and the others go on", () => {
  const states = { "a 0": "failed", "a 1": "succeeded", "b 1": "succeeded", "a 2": "running" } as const;
  expect(ask(states, ["0", "1", "2"])).toEqual({ start: [], skip: [], settled: ["0", "1"], end: null });
});

test("a failed item does not end the run while its loop goes on, and a loop that failed does", () => {
  expect(ask({ "a 0": "failed" }, ["0"]).end).toBeNull();
  expect(ask({ loop: "failed" }, []).end).toBe("failed");
});

test("what one item skips is not skipped in the next, and keeps none from being settled", () => {
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
  const first = { "a 0": "succeeded:false", "a 1": "succeeded:true" } as const;
  const third = { "a 2": "succeeded:false", "b 2": "skipped", "c 2": "succeeded" } as const;
  expect(ask({ ...first, ...third }, ["0", "1", "2"], { compiled: forked })).toEqual({
    start: ["c 0", "b 1"],
    skip: ["b 0"],
    settled: ["2"],
    end: null,
  });
});

test("a cancel starts no further step of any item", () => {
  expect(ask({ "a 0": "running" }, ["0", "1"], { cancelRequested: true })).toEqual({ start: [], skip: [], settled: [], end: null });
  expect(ask({ "a 0": "succeeded" }, ["0", "1"], { cancelRequested: true })).toEqual({ start: [], skip: [], settled: [], end: "canceled" });
});

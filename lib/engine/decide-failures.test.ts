import { describe, expect, test } from "vitest";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentOf } from "#lib/graph/test-documents.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import { decide } from "./decide.ts";
import type { StepState } from "./run-state.ts";

/* How far a failed branch holds up the others, and what is decided together in one pass. */

const diamond = ["start -> a", "start -> b", "a -> join", "b -> join", "join -> after"];
type Nodes = Parameters<typeof documentOf>[0];

function compiled(wires: string[], a: { onFailure?: "stop" | "continue"; nodes?: Nodes } = {}) {
  const given = a.nodes ?? [];
  const ids = new Set(wires.flatMap((wire) => wire.split(" -> ").map((end) => end.replace(/:.*/, ""))));
  const others = [...ids].filter((id) => !given.some((node) => node.id === id));
  const nodes = [...given, ...others.map((id) => ({ id, type: id === "start" ? "manual" : "set" }))];
  const document = documentOf(nodes, wires);
  return compileDocument({ ...document, settings: { ...document.settings, onFailure: a.onFailure ?? "stop" } });
}

/** Only what deciding looks at is filled in. A step that succeeded did so through `out`, unless it says otherwise. */
function ask(graph: ReturnType<typeof compiled>, states: Record<string, Partial<StepState>>) {
  const steps = Object.entries({ start: { status: "succeeded" as const }, ...states }).map(([nodeId, state]) => {
    const port = state.status === "succeeded" ? "out" : null;
    return { nodeId, iteration: "", port, wakeAtMs: null, waitReason: null, error: null, ...state } as StepState; // safe: see above
  });
  const decision = decide({
    compiled: graph,
    triggerNodeId: "start",
    mode: "live",
    steps: new Map(steps.map((step) => [stepKey(step.nodeId, ""), step])),
    loops: new Map(),
    cancelRequested: false,
    deadlineAtMs: 1_000,
    now: 10,
  });
  const ids = (list: { nodeId: string }[]) => list.map(({ nodeId }) => nodeId);
  return { ...decision, start: ids(decision.start), skip: ids(decision.skip), resume: ids(decision.resume), end: decision.end?.status };
}

const nothing = { start: [], skip: [], resume: [], settled: [], wakeAtMs: null, end: undefined };

describe("where branches meet and one of them failed", () => {
  const half = { a: { status: "failed" }, b: { status: "succeeded" } } as const;

  test("nothing goes on, so that a redrive finds it untouched; a workflow that goes on does so without it", () => {
    expect(ask(compiled(diamond), half)).toEqual({ ...nothing, end: "failed" });
    expect(ask(compiled(diamond, { onFailure: "continue" }), half)).toEqual({ ...nothing, start: ["join"] });
  });

  test("a workflow that goes on still waits for the branches under way, and has failed in the end", () => {
    const graph = compiled(diamond, { onFailure: "continue" });
    expect(ask(graph, { ...half, b: { status: "running" } })).toEqual(nothing);
    expect(ask(graph, { ...half, join: { status: "succeeded" }, after: { status: "succeeded" } })).toEqual({ ...nothing, end: "failed" });
  });

  test("what no other branch has reached is left for a redrive, also by a workflow that goes on", () => {
    const graph = compiled(diamond, { onFailure: "continue" });
    expect(ask(graph, { ...half, b: { status: "succeeded", port: "else" } })).toEqual({ ...nothing, end: "failed" });
    expect(ask(compiled(["start -> a", "a -> after"], { onFailure: "continue" }), { a: half.a })).toEqual({ ...nothing, end: "failed" });
  });

  test("a merge that asks for all of them never goes on without one", () => {
    const nodes: Nodes = [{ id: "join", type: "merge", config: { mode: "all" } }];
    expect(ask(compiled(diamond, { onFailure: "continue", nodes }), half)).toEqual({ ...nothing, end: "failed" });
  });
});

test("a failure that stops the run lets the call under way end first", () => {
  const [, ...others] = compiled(["start -> a", "start -> b"]).document.nodes;
  const nodes = others.map((node) => (node.id === "a" ? { ...node, policy: { ...node.policy, onFailure: "stop" as const } } : node));
  const graph = compiled(["start -> a", "start -> b"], { nodes });
  expect(ask(graph, { a: { status: "failed" }, b: { status: "running" } })).toEqual(nothing);
  expect(ask(graph, { a: { status: "failed" }, b: { status: "waiting" } })).toEqual({ ...nothing, end: "failed" });
});

test("a run in which one node starts and another is skipped at once is not over", () => {
  const graph = compiled(["start -> a", "start:other -> b"]);
  expect(ask(graph, {})).toEqual({ ...nothing, start: ["a"], skip: ["b"] });
});

test("a run whose last nodes are skipped is over when that has been noted", () => {
  const graph = compiled(["start:other -> b"]);
  expect(ask(graph, {})).toEqual({ ...nothing, skip: ["b"] });
  expect(ask(graph, { b: { status: "skipped" } })).toEqual({ ...nothing, end: "succeeded" });
});

describe("a time to wake at", () => {
  const graph = compiled(["start -> a"]);

  test("that is not known leaves the step to whoever it waits for", () => {
    expect(ask(graph, { a: { status: "waiting", wakeAtMs: null } })).toEqual(nothing);
  });

  test("that is left over from an earlier wait means nothing to a step that waits no more", () => {
    for (const wakeAtMs of [5, 500]) expect(ask(graph, { a: { status: "running", wakeAtMs } })).toEqual(nothing);
    expect(ask(graph, { a: { status: "pending", wakeAtMs: 5 } })).toEqual({ ...nothing, resume: ["a"] });
  });
});

import { describe, expect, test } from "vitest";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentOf } from "#lib/graph/test-documents.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import { type DecideInput, decide } from "./decide.ts";
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
function decided(graph: ReturnType<typeof compiled>, states: Record<string, Partial<StepState>>, change: Partial<DecideInput> = {}) {
  const steps = Object.entries({ start: { status: "succeeded" as const }, ...states }).map(([nodeId, state]) => {
    const port = state.status === "succeeded" ? "out" : null;
    return { nodeId, iteration: "", port, wakeAtMs: null, waitReason: null, error: null, ...state } as StepState; // safe: see above
  });
  return decide({
    compiled: graph,
    triggerNodeId: "start",
    mode: "live",
    steps: new Map(steps.map((step) => [stepKey(step.nodeId, ""), step])),
    loops: new Map(),
    cancelRequested: false,
    deadlineAtMs: 1_000,
    now: 10,
    ...change,
  });
}

function ask(...asked: Parameters<typeof decided>) {
  const decision = decided(...asked);
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

describe("a step whose failure stops the run", () => {
  const stopping = { id: "a", type: "set", policy: { onFailure: "stop" as const } };
  const graph = compiled(["start -> a", "start -> b"], { nodes: [stopping] });

  test("lets the call under way end first", () => {
    expect(ask(graph, { a: { status: "failed" }, b: { status: "running" } })).toEqual(nothing);
    expect(ask(graph, { a: { status: "failed" }, b: { status: "waiting" } })).toEqual({ ...nothing, end: "failed" });
  });

  test("stops nothing when it went well, or when its batch is about to be divided", () => {
    const error = { class: "permanent", code: "http_400", message: "one of them", details: null } as const;
    const failed = { status: "failed", error: { ...error, divided: true } } as const;
    for (const a of [failed, { status: "succeeded" } as const]) expect(ask(graph, { a, b: { status: "waiting" } })).toEqual(nothing);
  });
});

describe("the error of a run", () => {
  test("is that of the step that failed, and names one even where the step has none", () => {
    const error = { nodeId: "a", class: "code", code: "unknown", message: "the step failed", details: null };
    expect(decided(compiled(["start -> a"]), { a: { status: "failed" } }).end).toEqual({ status: "failed", error });
  });

  test("is of the step the run waited for when its time was up: rather the one inside a loop than the loop", () => {
    const error = { class: "timeout", code: "run_deadline", message: "the run passed its deadline", details: null };
    const overdue = (states: Parameters<typeof decided>[1]) => decided(compiled(diamond), states, { now: 1_000 }).end;
    const loop = { status: "waiting", waitReason: "child" } as const;
    const retry = { status: "waiting", waitReason: "retry" } as const;
    expect(overdue({ a: loop, b: retry })).toEqual({ status: "failed", error: { ...error, nodeId: "b" } });
    expect(overdue({ a: loop })).toEqual({ status: "failed", error: { ...error, nodeId: "a" } });
    expect(overdue({ a: { status: "succeeded" } })).toEqual({ status: "failed", error: { ...error, nodeId: "start" } });
    expect(overdue({ a: loop, b: { status: "running" } })).toBeNull();
  });
});

test("a disabled node on a dead path dies with it", () => {
  const graph = compiled(["start:other -> a", "a -> b"], { nodes: [{ id: "a", type: "set", disabled: true }] });
  expect(decided(graph, {}).skip.map(({ nodeId, passesThrough }) => [nodeId, passesThrough])).toEqual([
    ["a", false],
    ["b", false],
  ]);
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

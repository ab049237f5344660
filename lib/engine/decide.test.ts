import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ancestorsOf, compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import { decide } from "./decide.ts";
import type { StepState } from "./run-state.ts";

function step(nodeId: string, status: StepStatus, change: Partial<StepState> = {}): StepState {
  return {
    id: nodeId,
    nodeId,
    iteration: "",
    status,
    waitReason: status === "waiting" ? "retry" : null,
    wakeAtMs: null,
    port: status === "succeeded" ? "out" : null,
    effect: "none",
    input: null,
    output: null,
    error: null,
    attempts: 0,
    attemptsBase: 0,
    throttledAttempts: 0,
    lostCount: 0,
    idempotencyKey: null,
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: null,
    deadlineAtMs: null,
    deadLetterId: null,
    unsettled: null,
    keyGeneration: 1,
    undoSeq: null,
    ...change,
  };
}

/** `a>b` is an edge from a's port "out"; `a.true>b` from another port. Node `start` is the trigger. */
function graph(edges: string[], nodes: Record<string, { type?: string; disabled?: boolean; policy?: object; config?: object }> = {}) {
  const names = new Set(["start", ...Object.keys(nodes)]);
  const parsed = edges.map((edge, index) => {
    const [from = "", target = ""] = edge.split(">");
    const [source = "", sourcePort = "out"] = from.split(".");
    names.add(source).add(target);
    return { id: `e${index}`, source, sourcePort, target };
  });
  const document = documentSchema.parse({
    schemaVersion: 1,
    nodes: [...names].map((id) => ({ id, name: id, type: id === "start" ? "manual" : "set", ...nodes[id] })),
    edges: parsed,
  });
  return compileDocument(document);
}

function ask(compiled: ReturnType<typeof graph>, steps: StepState[], change: Partial<Parameters<typeof decide>[0]> = {}) {
  const decision = decide({
    compiled,
    triggerNodeId: "start",
    mode: "live",
    steps: new Map(steps.map((entry) => [stepKey(entry.nodeId, entry.iteration), entry])),
    loops: new Map(),
    cancelRequested: false,
    deadlineAtMs: 1_000_000,
    now: 1_000,
    ...change,
  });
  const { start, skip, resume } = decision;
  return {
    ...decision,
    start: start.map(({ nodeId }) => nodeId),
    skip: skip.map(({ nodeId, passesThrough }) => ({ nodeId, passesThrough })),
    resume: resume.map(({ nodeId }) => nodeId),
  };
}

const nothing = { start: [], skip: [], resume: [], settled: [], wakeAtMs: null, end: null };

describe("starting", () => {
  test("a run starts with its trigger, and other triggers are skipped", () => {
    const compiled = graph(["start>a", "other>b"], { other: { type: "schedule" } });
    const decision = ask(compiled, []);
    expect(decision.start).toEqual(["start"]);
    expect(decision.skip.map((entry) => entry.nodeId)).toEqual(["other", "b"]);
  });

  test("a node starts when its edge is taken, and branches start together", () => {
    expect(ask(graph(["start>a", "start>b"]), [step("start", "succeeded")])).toMatchObject({ start: ["a", "b"], end: null });
  });

  test("a node with two edges waits until both are decided, and needs only one taken", () => {
    const compiled = graph(["start>a", "start>b", "a.true>join", "b>join"], { a: { type: "if" } });
    const before = [step("start", "succeeded"), step("a", "succeeded", { port: "false" })];
    expect(ask(compiled, [...before, step("b", "running")])).toEqual(nothing);
    expect(ask(compiled, [...before, step("b", "succeeded")]).start).toEqual(["join"]);
  });
});

describe("merging", () => {
  const all = { join: { type: "merge", config: { mode: "all" } } };
  const any = { join: { type: "merge", config: { mode: "any" } } };
  const edges = ["start>a", "start>b", "a>join", "b>join", "join>after"];
  const reached = (a: StepState, b?: StepState) => [step("start", "succeeded"), a, ...(b ? [b] : [])];

  test("all: starts when every edge is taken, and not before", () => {
    const compiled = graph(edges, all);
    expect(ask(compiled, reached(step("a", "succeeded"), step("b", "running")))).toEqual(nothing);
    expect(ask(compiled, reached(step("a", "succeeded"), step("b", "succeeded"))).start).toEqual(["join"]);
  });

  test("all: one dead edge skips it once the others are decided, and what lies behind it dies too", () => {
    const compiled = graph(edges, all);
    const dead = step("a", "succeeded", { port: "else" });
    expect(ask(compiled, reached(dead, step("b", "running")))).toEqual(nothing);
    expect(ask(compiled, reached(dead, step("b", "succeeded"))).skip).toEqual([
      { nodeId: "join", passesThrough: false },
      { nodeId: "after", passesThrough: false },
    ]);
  });

  test("all: a branch that failed leaves it untouched for a redrive", () => {
    const ended = ask(graph(edges, all), reached(step("a", "succeeded"), step("b", "failed")));
    expect(ended).toMatchObject({ start: [], skip: [], end: { status: "failed" } });
  });

  test("any: starts with the first edge that is taken, whatever the others are", () => {
    const compiled = graph(edges, any);
    for (const status of ["running", "waiting", "failed", "skipped"] as const)
      expect(ask(compiled, reached(step("a", "succeeded"), step("b", status))).start).toEqual(["join"]);
    expect(ask(compiled, reached(step("a", "skipped"), step("b", "running")))).toEqual(nothing);
    expect(ask(compiled, reached(step("a", "skipped"), step("b", "skipped"))).skip).toHaveLength(2);
  });

  test("any: a branch that arrives later starts nothing again", () => {
    const late = [...reached(step("a", "succeeded"), step("b", "succeeded")), step("join", "succeeded"), step("after", "succeeded")];
    expect(ask(graph(edges, any), late)).toEqual({ ...nothing, end: { status: "succeeded", error: null } });
  });

  test("a disabled merge is passed through as it would have run", () => {
    const compiled = graph(edges, { join: { ...any.join, disabled: true } });
    expect(ask(compiled, reached(step("a", "succeeded"), step("b", "running")))).toMatchObject({
      skip: [{ nodeId: "join", passesThrough: true }],
      start: ["after"],
    });
  });

  test("a merge that no edge leads to never runs", () => {
    for (const nodes of [all, any])
      expect(ask(graph(["start>a"], nodes), [step("start", "succeeded")]).skip).toMatchObject([{ nodeId: "join" }]);
  });
});

describe("dead paths", () => {
  test("a dead path dies in one pass", () => {
    const compiled = graph(["start.true>a", "a>b", "b>c"], { start: { type: "if" } });
    const decision = ask(compiled, [step("start", "succeeded", { port: "false" })]);
    expect(decision.skip.map((entry) => entry.nodeId)).toEqual(["a", "b", "c"]);
  });

  test("a disabled node is passed through", () => {
    const compiled = graph(["start>a", "a>b"], { a: { disabled: true } });
    const decision = ask(compiled, [step("start", "succeeded")]);
    expect(decision).toMatchObject({ skip: [{ nodeId: "a", passesThrough: true }], start: ["b"] });
  });

  test("a disabled switch is passed through by a case that is named like a failure, a disabled call not by its failure", () => {
    const cases = [{ name: "failed", condition: "true" }];
    const compiled = graph(["start>a", "a.failed>b", "start>c", "c.error>d", "c>e"], {
      a: { type: "switch", disabled: true, config: { cases } },
      c: { type: "http-request", disabled: true, config: { url: "https://example.com" } },
    });
    const decision = ask(compiled, [step("start", "succeeded")]);
    expect(decision.start).toEqual(["b", "e"]);
    expect(decision.skip.map((entry) => entry.nodeId).toSorted()).toEqual(["a", "c", "d"]);
    const passed = ask(compiled, [
      step("start", "succeeded"),
      step("a", "skipped", { port: "out" }),
      step("c", "skipped", { port: "out" }),
    ]);
    expect(passed.start).toEqual(["b", "e"]);
  });

  test("what lies behind a failed step stays untouched for its redrive, and the run fails when nothing else is left", () => {
    const compiled = graph(["start>a", "a>b", "start>c"]);
    const failed = [
      step("start", "succeeded"),
      step("a", "failed", { error: { class: "permanent", code: "http_404", message: "gone", details: null } }),
    ];
    expect(ask(compiled, [...failed, step("c", "running")])).toEqual(nothing);
    const ended = ask(compiled, [...failed, step("c", "succeeded")]);
    expect(ended).toEqual({
      ...nothing,
      end: { status: "failed", error: { nodeId: "a", class: "permanent", code: "http_404", message: "gone", details: null } },
    });
  });

  test("onFailure stop ends the run although another branch could go on", () => {
    const compiled = graph(["start>a", "start>b"], { a: { policy: { onFailure: "stop" } } });
    expect(ask(compiled, [step("start", "succeeded"), step("a", "failed")]).end?.status).toBe("failed");
  });
});

describe("a test of a part", () => {
  const wires = ["start>a", "start>x", "a>b", "b>c", "x>b"];
  const asked = (testing?: object) => {
    const { document } = graph(wires);
    return compileDocument(documentSchema.parse({ ...document, testing }));
  };

  test("starts only what the node it runs to needs, and ends behind it", () => {
    const compiled = asked({ until: "a" });
    const mode = "test" as const;
    expect(ask(compiled, [step("start", "succeeded")], { mode })).toMatchObject({ start: ["a"], skip: [], end: null });
    const done = [step("start", "succeeded"), step("a", "succeeded")];
    expect(ask(compiled, done, { mode })).toMatchObject({ start: [], end: { status: "succeeded" } });
  });

  test("waits for all branches that lead to the node", () => {
    const states = [step("start", "succeeded"), step("a", "succeeded"), step("x", "running")];
    expect(ask(asked({ until: "b" }), states, { mode: "test" }).start).toEqual([]);
    expect(ask(asked({ until: "b" }), [...states.slice(0, 2), step("x", "succeeded")], { mode: "test" }).start).toEqual(["b"]);
  });

  test("means nothing to a live run", () => {
    const states = [step("start", "succeeded"), step("a", "succeeded"), step("x", "succeeded")];
    expect(ask(asked({ until: "a" }), states)).toEqual(ask(asked(), states));
  });

  test("whatever the graph, nothing is started that does not lead to the node, and the node is reached", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 14 }), fc.nat(6), (pairs, target) => {
        const forward = pairs.filter(([from, to]) => from < to).map(([from, to]) => `n${from}>n${to}`);
        const edges = ["start>n0", ...forward];
        const all = Object.fromEntries(Array.from({ length: 7 }, (_, id) => [`n${id}`, {}]));
        const { document } = graph(edges, all);
        const compiled = compileDocument(documentSchema.parse({ ...document, testing: { until: `n${target}` } }));
        const wanted = new Set([...ancestorsOf(compiled, `n${target}`), `n${target}`]);
        const states = new Map<string, StepState>();
        for (let turn = 0; turn < 20; turn++) {
          const decision = ask(compiled, [...states.values()], { mode: "test" });
          for (const skipped of decision.skip) states.set(skipped.nodeId, step(skipped.nodeId, "skipped"));
          for (const id of decision.start) states.set(id, step(id, "succeeded"));
          if (decision.end) break;
        }
        expect([...states.keys()].every((id) => wanted.has(id))).toBe(true);
        expect([...wanted].every((id) => states.has(id))).toBe(true);
      }),
    );
  });
});

describe("waiting", () => {
  test("a waiting step is resumed when it is due and not before", () => {
    const compiled = graph(["start>a"]);
    const steps = (wakeAtMs: number) => [step("start", "succeeded"), step("a", "waiting", { wakeAtMs })];
    expect(ask(compiled, steps(1_001))).toEqual({ ...nothing, wakeAtMs: 1_001 });
    expect(ask(compiled, steps(1_000))).toEqual({ ...nothing, resume: ["a"] });
  });

  test("the earliest of several wake-ups counts", () => {
    const compiled = graph(["start>a", "start>b"]);
    const waiting = [step("start", "succeeded"), step("a", "waiting", { wakeAtMs: 9_000 }), step("b", "waiting", { wakeAtMs: 5_000 })];
    expect(ask(compiled, waiting).wakeAtMs).toBe(5_000);
  });

  test("a step put back by a redrive is resumed", () => {
    expect(ask(graph(["start>a"]), [step("start", "succeeded"), step("a", "pending")]).resume).toEqual(["a"]);
  });
});

describe("ending", () => {
  test("a run whose steps are all done has succeeded", () => {
    expect(ask(graph(["start>a"]), [step("start", "succeeded"), step("a", "succeeded")]).end).toEqual({ status: "succeeded", error: null });
  });

  test("a canceled run ends when the call under way has ended, and starts nothing more", () => {
    const compiled = graph(["start>a", "start>b"]);
    const cancel = { cancelRequested: true };
    expect(ask(compiled, [step("start", "succeeded"), step("a", "running")], cancel)).toEqual(nothing);
    expect(ask(compiled, [step("start", "succeeded"), step("a", "succeeded")], cancel).end).toEqual({ status: "canceled", error: null });
  });

  test("scenario 84: a run deadline during a retry wait ends the run at the deadline", () => {
    const waiting = [step("start", "succeeded"), step("a", "waiting", { wakeAtMs: 9_000_000 })];
    expect(ask(graph(["start>a"]), waiting, { now: 1_000_000 }).end).toMatchObject({
      status: "failed",
      error: { code: "run_deadline", nodeId: "a" },
    });
  });
});

const statuses: StepStatus[] = ["pending", "running", "waiting", "succeeded", "failed", "skipped", "deduplicated"];

test("whatever the states of the steps, deciding and doing ends the run, starts each node once, and never starts what is not reached", () => {
  const shape = fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(6)), { selector: ([a, b]) => `${a}-${b}`, maxLength: 14 });
  const outcomes = fc.array(
    fc.constantFrom(...statuses.filter((status) => status !== "running" && status !== "pending" && status !== "waiting")),
    {
      minLength: 8,
      maxLength: 8,
    },
  );
  const kinds = fc.array(fc.constantFrom("set", "all", "any"), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(shape, outcomes, kinds, (pairs, results, joins) => {
      const forward = pairs.filter(([a, b]) => a < b).map(([a, b]) => `${name(a)}>${name(b)}`);
      const merges = joins.flatMap((mode, index) =>
        mode === "set" || index === 0 ? [] : [[name(index), { type: "merge", config: { mode } }]],
      );
      const compiled = graph(forward, Object.fromEntries(merges));
      const steps = new Map<string, StepState>();
      const started = new Set<string>();
      for (let round = 0; round < 30; round++) {
        const decision = ask(compiled, [...steps.values()]);
        if (decision.end) return;
        for (const skipped of decision.skip) steps.set(skipped.nodeId, step(skipped.nodeId, "skipped"));
        for (const id of decision.start) {
          expect(started.has(id)).toBe(false);
          const taken = (compiled.incoming.get(id) ?? []).map(({ source }) => {
            const from = steps.get(source);
            return from?.port === "out" && from.status !== "failed";
          });
          if (id !== "start") expect(taken).toContain(true);
          if (compiled.joins.get(id) === "all") expect(taken).not.toContain(false);
          started.add(id);
          const status = results[started.size % results.length] ?? "succeeded";
          steps.set(id, step(id, status === "skipped" ? "succeeded" : status, { port: "out" }));
        }
      }
      throw new Error("the run did not end");
    }),
  );
});

function name(index: number): string {
  return index === 0 ? "start" : `n${index}`;
}

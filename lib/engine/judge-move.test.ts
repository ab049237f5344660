import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { stepKey } from "#lib/shared/iteration.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import { decide } from "./decide.ts";
import { judgeMove, type MovedInside, type MovedRun, type MovedStep } from "./judge-move.ts";
import { newStep } from "./new-step.ts";
import type { StepState } from "./run-state.ts";

interface NodeInput {
  id: string;
  type?: string;
  [field: string]: unknown;
}

/** `a>b` is a wire from a's port "out", `a.true>b` from another port; `start` is the trigger. */
function graph(nodes: NodeInput[], wires: string[], settings: object = {}) {
  const edges = wires.map((wire, index) => {
    const [from = "", target = ""] = wire.split(">");
    const [source = "", sourcePort = "out"] = from.split(".");
    return { id: `e${index}`, source, sourcePort, target };
  });
  const all = [{ id: "start", type: "manual", name: "start" }, ...nodes.map((node) => ({ type: "set", name: node.id, ...node }))];
  return compileDocument(documentSchema.parse({ schemaVersion: 1, nodes: all, edges, settings }));
}

function did(nodeId: string, status: StepStatus, change: Partial<MovedStep> = {}): MovedStep {
  return { nodeId, status, port: status === "succeeded" ? "out" : null, called: false, undoable: false, ...change };
}

const call = { type: "http-request", config: { method: "POST", url: "https://api.test/x" } };
const delay = { type: "delay", config: { forMs: 60_000 } };
const started = did("start", "succeeded");

function reasons(
  before: ReturnType<typeof graph>,
  after: ReturnType<typeof graph>,
  steps: MovedStep[],
  change: { run?: Partial<MovedRun>; inside?: MovedInside[] } = {},
): string[] {
  const run: MovedRun = {
    status: "waiting",
    mode: "live",
    triggerNodeId: "start",
    cancelRequested: false,
    undoing: false,
    held: false,
    ...change.run,
  };
  return judgeMove({ run, before, after, steps, inside: change.inside ?? [], to: "v4" }).map(({ message }) => message);
}

/** start → a → wait → b, which is where the run waits. */
const line = (change: Record<string, object> = {}, wires = ["start>a", "a>wait", "wait>b"], settings: object = {}) =>
  graph(
    [
      { id: "a", ...call, ...change.a },
      { id: "wait", ...delay, ...change.wait },
      { id: "b", ...call, ...change.b },
    ],
    wires,
    settings,
  );
const atWait = [started, did("a", "succeeded", { called: true }), did("wait", "waiting")];

describe("a run that waits", () => {
  test("may go on where what lies behind its wait is another", () => {
    const after = graph(
      [
        { id: "a", ...call },
        { id: "wait", ...delay, name: "Renamed", policy: { retry: { maxAttempts: 9 } } },
        { id: "c", ...call },
      ],
      ["start>a", "a>wait", "wait>c"],
    );
    expect(reasons(line(), after, atWait)).toEqual([]);
  });

  test("stays where the step it waits in is gone, is of another type, or is told another thing", () => {
    const gone = graph([{ id: "a", ...call }], ["start>a"]);
    expect(reasons(line(), gone, atWait)).toEqual(['"wait" waits and is not in v4']);
    expect(reasons(line(), line({ wait: call }), atWait)).toEqual(['"wait" waits and is of another type in v4']);
    expect(reasons(line(), line({ wait: { config: { forMs: 1 } } }), atWait)).toEqual([
      '"wait" waits, and v4 changes what that depends on: config.forMs',
    ]);
  });

  test("stays where the call it repeats would go elsewhere or under other limits", () => {
    const steps = [started, did("a", "waiting", { called: true })];
    const connectionId = "0191d3c4-0000-7000-8000-000000000000";
    expect(reasons(line(), line({ a: { connectionId } }), steps)).toEqual(['"a" waits, and v4 changes what that depends on: connectionId']);
    expect(reasons(line(), line({ a: { policy: { throttle: { concurrency: 1 } } } }), steps)).toEqual([
      '"a" waits, and v4 changes what that depends on: policy.throttle',
    ]);
    expect(reasons(line(), line({ a: { policy: { retry: { maxAttempts: 9 }, onFailure: "continue" } } }), steps)).toEqual([]);
  });

  test("stays where a step that waits or has run would come after one that has not", () => {
    const after = graph(
      [
        { id: "a", ...call },
        { id: "wait", ...delay },
        { id: "b", ...call },
        { id: "check", ...call },
      ],
      ["start>check", "check>a", "a>wait", "wait>b"],
    );
    expect(reasons(line(), after, atWait)).toEqual(['"a" has run, and comes in v4 after "check", which has not ended']);
  });

  test("stays where a step that has run is gone", () => {
    const after = graph([{ id: "wait", ...delay }], ["start>wait"]);
    expect(reasons(line(), after, atWait)).toEqual(['"a" has run and is not in v4']);
  });

  test("stays where the way it took is decided otherwise", () => {
    const fork = (type: string, config: object, wires: string[]) =>
      graph(
        [
          { id: "fork", type, config },
          { id: "yes", ...delay },
          { id: "no", ...call },
        ],
        ["start>fork", ...wires],
      );
    const before = fork("if", { condition: "true" }, ["fork.true>yes", "fork.false>no"]);
    const steps = [started, did("fork", "succeeded", { port: "true" }), did("yes", "waiting"), did("no", "skipped")];
    expect(reasons(before, before, steps)).toEqual([]);
    const crossed = fork("if", { condition: "true" }, ["fork.false>yes", "fork.true>no"]);
    expect(reasons(before, crossed, steps)).toEqual([
      '"yes" waits, and would not be reached in v4',
      '"no" was passed over, and v4 would run it',
    ]);
  });

  test("stays where something new reads what a changed step gives, for it gave what it did before", () => {
    const changed = { config: { method: "POST", url: "https://api.test/v2" } };
    const reading = (id: string) => ({ config: { method: "POST", url: `https://api.test/{{ steps.${id}.output.body.id }}` } });
    expect(reasons(line(), line({ a: changed, b: reading("a") }), atWait)).toEqual([
      '"b" reads in v4 what "a" gives, which ran before v4 changed it',
    ]);
    expect(reasons(line(), line({ a: changed }), atWait)).toEqual([]);
    expect(reasons(line(), line({ b: reading("a") }), atWait)).toEqual([]);
  });

  test("stays where what was done is undone in another way, or can be undone only from now on", () => {
    const undo = { policy: { compensate: { request: { method: "DELETE", url: "https://api.test/x" } } } };
    const undoable = [started, did("a", "succeeded", { called: true, undoable: true }), did("wait", "waiting")];
    expect(reasons(line({ a: undo }), line(), undoable)).toEqual(['"a" has run and may have to be undone, which v4 does in another way']);
    expect(reasons(line(), line({ a: undo }), atWait)).toEqual([
      '"a" has made its call, and v4 would undo it: what that takes was not kept',
    ]);
    expect(reasons(line({ a: undo }), line({ a: undo }), undoable)).toEqual([]);
  });

  test.each([
    [{ status: "succeeded" as const }, "it has ended already"],
    [{ undoing: true }, "what it did is being undone, by the version that did it"],
    [{ cancelRequested: true }, "it is being canceled"],
    [{ mode: "test" as const }, "it is a test: start another one with the version you mean"],
    [{ status: "running" as const, held: true }, "a worker is at it just now; only a run that waits can be moved"],
  ])("stays as a whole: %o", (run, reason) => {
    expect(reasons(line(), line(), atWait, { run })).toEqual([reason]);
  });

  test("stays where its trigger is gone, or where runs are put into another order", () => {
    const ordered = line({}, undefined, { orderBy: "{{ trigger.body.id }}" });
    expect(reasons(line(), ordered, [])).toEqual([
      "v4 puts runs into another order (settings.orderBy), and this run has its place in the old one",
    ]);
    const run = { status: "queued" as const, triggerNodeId: "hook" };
    expect(reasons(line(), line(), [], { run })).toEqual(['"hook" started this run and is not in v4']);
  });
});

describe("a run inside of a loop", () => {
  const loop = (charge: object, wires = ["start>each", "each.item>charge", "each.done>after"]) =>
    graph(
      [
        { id: "each", type: "for-each", config: { items: "{{ trigger.body }}" } },
        { id: "charge", ...call, ...charge },
        { id: "after", ...call },
      ],
      wires,
    );
  const inside = [{ nodeId: "charge", open: true, called: true, undoable: false }];
  const other = { config: { method: "POST", url: "https://api.test/y" } };

  test("may go on where the body of the loop is the same", () => {
    const steps = [started, did("each", "waiting")];
    expect(reasons(loop({}), loop({}, ["start>each", "each.item>charge"]), steps, { inside })).toEqual([]);
    expect(reasons(loop({}), loop(other), steps, { inside })).toEqual([
      '"each" is a loop under way, and v4 changes what is inside of it: "charge"',
    ]);
    expect(reasons(loop({}), loop({}, ["start>each", "each.item>charge", "charge>after"]), steps, { inside })).toEqual([
      '"each" is a loop under way, and v4 changes what is inside of it: "after", its wires',
    ]);
  });

  test("is bound by a loop that has ended only while an item of it may be redriven", () => {
    const steps = [started, did("each", "succeeded", { port: "done" }), did("after", "waiting")];
    expect(reasons(loop({}), loop(other), steps, { inside })).toHaveLength(1);
    expect(
      reasons(loop({}), loop(other), steps, { inside: [{ ...inside[0], nodeId: "charge", open: false, called: true, undoable: false }] }),
    ).toEqual([]);
  });
});

/* A run that was moved ends as if it had run by the new version from the start. */

const ids = ["n1", "n2", "n3", "n4", "n5", "n6"];
type Shape = { nodes: { id: string; type: "set" | "if" | "merge"; disabled: boolean; n: number }[]; wires: string[] };

const shape: fc.Arbitrary<Shape> = fc
  .record({
    types: fc.array(fc.constantFrom("set" as const, "set" as const, "if" as const, "merge" as const), { minLength: 6, maxLength: 6 }),
    disabled: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }),
    pairs: fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.boolean()), {
      minLength: 4,
      maxLength: 14,
    }),
  })
  .map(({ types, disabled, pairs }) => {
    const nodes = ids.map((id, i) => ({ id, type: types[i] ?? "set", disabled: disabled[i] === 0, n: 0 }));
    const all = ["start", ...ids];
    const wires = pairs
      .filter(([from, to]) => from < to)
      .map(([from, to, yes]) => `${all[from]}${from > 0 && types[from - 1] === "if" ? `.${yes}` : ""}>${all[to]}`);
    return { nodes, wires: [...new Set(wires)] };
  });

type Edit = { kind: number; at: number; to: number; yes: boolean };
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.integer({ min: 0, max: 5 }),
  at: fc.integer({ min: 0, max: 5 }),
  to: fc.integer({ min: 1, max: 6 }),
  yes: fc.boolean(),
});

function edited({ nodes, wires }: Shape, { kind, at, to, yes }: Edit): Shape {
  const id = ids[at] ?? "";
  if (kind === 0)
    return {
      nodes: nodes.filter((node) => node.id !== id),
      wires: wires.filter((wire) => !wire.startsWith(id) && !wire.endsWith(`>${id}`)),
    };
  if (kind === 1) return { nodes, wires: wires.filter((_, index) => index !== at) };
  if (kind === 2) return { nodes: nodes.map((node) => (node.id === id ? { ...node, disabled: !node.disabled } : node)), wires };
  if (kind === 3) return { nodes: nodes.map((node) => (node.id === id ? { ...node, n: node.n + 1 } : node)), wires };
  const all = ["start", ...ids];
  const source = all[Math.min(at, to - 1)] ?? "start";
  const port = nodes.find((node) => node.id === source)?.type === "if" ? `.${yes}` : "";
  return { nodes, wires: [...new Set([...wires, `${source}${port}>${all[to]}`])] };
}

function compiled({ nodes, wires }: Shape) {
  const config = (node: Shape["nodes"][number]) =>
    node.type === "if"
      ? { condition: `${node.n} > 1` }
      : node.type === "merge"
        ? { mode: node.n % 2 ? "any" : "all" }
        : { values: { n: node.n } };
  return graph(
    nodes.map(({ id, type, disabled, ...node }) => ({ id, type, disabled, config: config({ id, type, disabled, ...node }) })),
    wires.filter(
      (wire) =>
        nodes.some((node) => wire.endsWith(`>${node.id}`)) &&
        ["start", ...nodes.map((node) => node.id)].some((id) => wire.split(/[.>]/)[0] === id),
    ),
  );
}

/** Goes on for so many turns; what a step comes to is told by its node alone, whatever the version. */
function drive(at: ReturnType<typeof graph>, steps: Map<string, StepState>, turns: number, fate: (nodeId: string) => string): void {
  for (let turn = 0; turn < turns; turn += 1) {
    const base = { triggerNodeId: "start", mode: "live" as const, loops: new Map(), cancelRequested: false, deadlineAtMs: 1e15, now: 1 };
    const { start, skip } = decide({ ...base, compiled: at, steps });
    if (start.length + skip.length === 0) return;
    for (const ref of skip)
      steps.set(stepKey(ref.nodeId, ""), { ...newStep("r", ref, "none", 0), status: "skipped", port: ref.passesThrough ? "out" : null });
    for (const ref of start) {
      const isIf = at.nodes.get(ref.nodeId)?.type === "if";
      const said = ref.nodeId === "start" ? "true" : fate(ref.nodeId);
      const ended = { status: "succeeded" as const, port: isIf ? said : "out" };
      const end = said === "failed" ? { status: "failed" as const } : said === "waiting" ? { status: "waiting" as const } : ended;
      steps.set(stepKey(ref.nodeId, ""), { ...newStep("r", ref, "none", 0), ...end });
    }
  }
}

test("a run that may be moved ends as if it had run by the new version from the start", () => {
  let moved = 0;
  fc.assert(
    fc.property(
      shape,
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom("true", "true", "false", "failed", "waiting"), { minLength: 6, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      (first, edits, fates, turns) => {
        const [before, after] = [compiled(first), compiled(edits.reduce(edited, first))];
        const fate = (nodeId: string) => fates[ids.indexOf(nodeId)] ?? "true";
        const steps = new Map<string, StepState>();
        drive(before, steps, turns, fate);
        const done = [...steps.values()].map((step) => did(step.nodeId, step.status, { port: step.port }));
        expect(reasons(before, before, done)).toEqual([]);
        if (reasons(before, after, done).length > 0) return;
        moved += 1;
        const fresh = new Map<string, StepState>();
        drive(after, steps, 20, fate);
        drive(after, fresh, 20, fate);
        const told = (all: Map<string, StepState>) =>
          [...all.values()]
            .filter((step) => after.nodes.has(step.nodeId) && after.order.includes(step.nodeId))
            .map((step) => `${step.nodeId} ${step.status === "skipped" && step.port !== null ? "passed" : step.status} ${step.port}`)
            .toSorted();
        expect(told(steps)).toEqual(told(fresh));
      },
    ),
    { numRuns: 500 },
  );
  expect(moved).toBeGreaterThan(25);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { foretell, type PastStep, planRerun } from "./rerun.ts";

const set = (id: string, more: object = {}) => ({ id, type: "set", name: id.toUpperCase(), config: { values: {} }, ...more });
const edge = (source: string, target: string, sourcePort = "out") => ({ id: `${source}_${target}`, source, sourcePort, target });

function compile(nodes: object[], edges: object[]) {
  return compileDocument(
    documentSchema.parse({ schemaVersion: 1, nodes: [{ id: "start", type: "manual", name: "Start" }, ...nodes], edges }),
  );
}

/** start → a → b → d, and start → c → d. */
const diamond = compile(
  [set("a"), set("b"), set("c"), set("d")],
  [edge("start", "a"), edge("a", "b"), edge("start", "c"), edge("b", "d"), edge("c", "d")],
);
const done = (nodeId: string): PastStep => ({ nodeId, iteration: "", status: "succeeded", port: "out" });
const all = ["start", "a", "b", "c", "d"].map(done);
const plan = (from: string[], steps = all, target = diamond) => planRerun({ target, original: diamond, steps, from });

describe("a rerun", () => {
  test("keeps what succeeded beside and before the chosen node, and runs it and all behind it", () => {
    expect(plan(["b"])).toEqual({ restored: [done("a"), done("c")], runs: ["b", "d"], problems: [] });
    expect(plan([])).toMatchObject({ restored: [], runs: ["a", "c", "b", "d"] });
  });

  test("keeps what another call of the same key had done for it", () => {
    const steps: PastStep[] = [done("a"), { ...done("c"), status: "deduplicated" }];
    expect(plan(["b"], steps)).toEqual({ restored: steps, runs: ["b", "d"], problems: [] });
  });

  test("runs what had failed or was never reached as well", () => {
    const steps: PastStep[] = [done("start"), done("a"), { nodeId: "c", iteration: "", status: "failed", port: null }];
    expect(plan(["b"], steps)).toMatchObject({ restored: [done("a")], runs: ["c", "b", "d"] });
  });

  test("keeps that a step was skipped within the same version only: another may not skip it", () => {
    const steps: PastStep[] = [done("a"), { ...done("c"), status: "skipped", port: null }];
    expect(plan(["b"], steps)).toEqual({ restored: steps, runs: ["b", "d"], problems: [] });
    const newer = compileDocument({ ...diamond.document });
    expect(plan(["b"], steps, newer)).toMatchObject({ restored: [done("a")], runs: ["c", "b", "d"] });
  });

  test("keeps a loop with its result and nothing of what is inside; a loop that did not end well runs as a whole", () => {
    const loop = compile(
      [{ id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body }}" } }, set("in"), set("after")],
      [edge("start", "loop"), edge("loop", "in", "item"), edge("loop", "after", "done")],
    );
    const steps: PastStep[] = [done("start"), { ...done("loop"), port: "done" }, { ...done("in"), iteration: "0" }, done("after")];
    const ask = (past: PastStep[]) => planRerun({ target: loop, original: loop, steps: past, from: ["after"] });
    expect(ask(steps)).toEqual({ restored: [steps[1]], runs: ["after"], problems: [] });
    const failed = steps.map((step): PastStep => (step.nodeId === "loop" ? { ...step, status: "failed", port: null } : step));
    expect(ask(failed)).toMatchObject({ restored: [], runs: ["loop", "in", "after"] });
  });

  test("keeps nothing that stands behind a chosen node, whatever the graph", () => {
    const ids = ["n0", "n1", "n2", "n3", "n4", "n5"];
    const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b] as const));
    fc.assert(
      fc.property(fc.subarray(pairs), fc.constantFrom(...ids), (chosen, from) => {
        const document = compile(
          ids.map((id) => set(id)),
          chosen.map(([a, b]) => edge(a, b)),
        );
        const { restored, runs } = planRerun({ target: document, original: document, steps: ids.map(done), from: [from] });
        const kept = new Set(restored.map((step) => step.nodeId));
        expect(kept.has(from)).toBe(false);
        for (const [a, b] of chosen) if (!kept.has(a)) expect(kept.has(b)).toBe(false);
        expect(runs.toSorted()).toEqual(ids.filter((id) => !kept.has(id)));
      }),
    );
  });

  test("refuses a node that is not there, is disabled, or would not be reached, by name", () => {
    expect(plan(["gone"]).problems).toEqual(["there is no node gone in that version"]);
    const disabled = compile([set("a"), set("b", { disabled: true })], [edge("start", "a"), edge("a", "b")]);
    expect(plan(["b"], all, disabled).problems).toEqual(['"B" is disabled in that version']);
    const elsewhere = compile(
      [{ ...set("a"), type: "if", config: { condition: "true" } }, set("b")],
      [edge("start", "a"), edge("a", "b", "true")],
    );
    const steps: PastStep[] = [{ ...done("a"), port: "false" }];
    const request = { target: elsewhere, original: elsewhere, steps, from: ["b"] };
    expect(planRerun(request).problems).toEqual(['"B" would not be reached in that version: what lies before it took another way']);
  });

  test("may begin at a node that nothing leads to, and leaves a node that cannot be checked to its run", () => {
    const apart = compile([set("a"), set("b")], [edge("start", "a")]);
    expect(plan(["b"], all, apart)).toEqual({ restored: [done("a")], runs: ["b"], problems: [] });
    const broken = compile(
      [{ ...set("a"), type: "switch", config: { cases: "none" } }, set("b")],
      [edge("start", "a"), edge("start", "b")],
    );
    const request = { target: broken, original: broken, steps: [{ ...done("a"), port: "x" }], from: ["b"] };
    expect(planRerun(request).problems).toEqual([]);
  });

  test("refuses an output that a kept step went through and that is gone", () => {
    const before = compile(
      [{ ...set("a"), type: "switch", config: { cases: [{ name: "x", condition: "true" }] } }, set("b")],
      [edge("start", "a")],
    );
    const after = compile(
      [{ ...set("a"), type: "switch", config: { cases: [{ name: "y", condition: "true" }] } }, set("b"), set("c")],
      [edge("start", "a"), edge("a", "b", "y"), edge("start", "b")],
    );
    const steps: PastStep[] = [{ ...done("a"), port: "x" }];
    expect(planRerun({ target: after, original: before, steps, from: ["b"] }).problems).toEqual([
      '"A" has no output "x" in that version, through which the old run went',
    ]);
  });

  test("does not keep the result of a node that is of another type now", () => {
    const other = compile(
      [{ ...set("a"), type: "if", config: { condition: "true" } }, set("b")],
      [edge("start", "a"), edge("a", "b", "true")],
    );
    expect(plan(["b"], all, other)).toMatchObject({ restored: [], runs: ["a", "b"], problems: [] });
  });
});

test("the effect of a step that runs again is foretold from its key", () => {
  const step = { effect: "unsafe", keyed: true, keys: "same", calledBefore: true, edited: false, record: "succeeded" } as const;
  expect(foretell(step)).toBe("skipped");
  expect(foretell({ ...step, keys: "new" })).toBe("acts_again");
  expect(foretell({ ...step, edited: true })).toBe("refused");
  expect(foretell({ ...step, edited: true, record: "released" })).toBe("acts");
  expect(foretell({ ...step, record: "released" })).toBe("acts");
  for (const record of ["claimed", null] as const) {
    expect(foretell({ ...step, record })).toBe("acts");
    expect(foretell({ ...step, record, edited: true })).toBe("acts");
  }
  expect(foretell({ ...step, record: "failed_final" })).toBe("skipped");
  expect(foretell({ ...step, record: "sent" })).toBe("may_be_skipped");
  expect(foretell({ ...step, record: "unknown_outcome" })).toBe("waits");
  expect(foretell({ ...step, keyed: false, record: null })).toBe("acts_again");
  expect(foretell({ ...step, keyed: false, effect: "keyed", record: null })).toBe("may_be_skipped");
  expect(foretell({ ...step, calledBefore: false, record: null })).toBe("acts");
  // Another run has done it since.
  expect(foretell({ ...step, calledBefore: false })).toBe("skipped");
  for (const effect of ["none", "read", "natural"] as const) expect(foretell({ ...step, effect })).toBe("harmless");
});

import { expect, test } from "vitest";
import type { JsonObject } from "#lib/shared/json.ts";
import { compileDocument } from "./compile.ts";
import { documentOf } from "./test-documents.ts";
import { validateDocument } from "./validate.ts";

const loop = (id: string, config: JsonObject = {}) => ({ id, type: "for-each", config: { items: "{{ trigger.body.list }}", ...config } });
const set = (id: string, values: JsonObject = {}) => ({ id, type: "set", config: { values } });
const start = { id: "start", type: "manual" };
const post = (id: string) => ({ id, type: "http-request", config: { method: "POST", url: "https://x" } });

function bodiesIn(nodes: Parameters<typeof documentOf>[0], wires: string[]) {
  const { bodies, loopOf, outside } = compileDocument(documentOf([start, ...nodes], wires));
  return {
    bodies: Object.fromEntries([...bodies].map(([id, { own, last }]) => [id, { own, last }])),
    loopOf: Object.fromEntries(loopOf),
    outside,
  };
}

function problems(nodes: Parameters<typeof documentOf>[0], wires: string[]): string[] {
  return validateDocument(documentOf([start, ...nodes], wires))
    .filter(({ path }) => !path.endsWith(".policy.idempotency"))
    .map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

test("a body is all that hangs on the item port; what hangs on done lies outside", () => {
  const wires = ["start -> loop", "loop:item -> a", "a -> b", "loop:done -> after"];
  expect(bodiesIn([loop("loop"), set("a"), set("b"), set("after")], wires)).toEqual({
    bodies: { loop: { own: ["a", "b"], last: ["b"] } },
    loopOf: { a: "loop", b: "loop" },
    outside: ["start", "loop", "after"],
  });
});

test("the body of a loop in a loop belongs to the inner one, and what hangs on its done to the outer one", () => {
  const wires = ["start -> outer", "outer:item -> inner", "inner:item -> a", "inner:done -> b"];
  expect(bodiesIn([loop("outer"), loop("inner"), set("a"), set("b")], wires)).toMatchObject({
    bodies: { outer: { own: ["inner", "b"], last: ["b"] }, inner: { own: ["a"], last: ["a"] } },
    loopOf: { inner: "outer", b: "outer", a: "inner" },
    outside: ["start", "outer"],
  });
});

test("an iteration may end at every port that leads nowhere, but not at a failure port that does", () => {
  const choose = { id: "choose", type: "if", config: { condition: "true" } };
  const wires = ["start -> loop", "loop:item -> choose", "choose:true -> call", "call:error -> note"];
  expect(bodiesIn([loop("loop"), choose, post("call"), set("note")], wires).bodies.loop?.last).toEqual(["choose", "call", "note"]);
});

test("a loop with a body and what follows it is fine, nested too", () => {
  const wires = ["start -> outer", "outer:item -> inner", "inner:item -> a", "inner:done -> b", "outer:done -> c"];
  const nodes = [
    loop("outer"),
    loop("inner", { items: "{{ item.lines }}" }),
    set("a", { v: "{{ item }}", order: "{{ steps.outer.output.item.id }}", i: "{{ index }}" }),
    set("b", { v: "{{ steps.inner.output.results }}" }),
    set("c", { v: "{{ steps.outer.output.succeeded }}" }),
  ];
  expect(problems(nodes, wires)).toEqual([]);
});

test("nothing outside of a body may lead into it, and done may not either", () => {
  const wires = ["start -> loop", "start -> side", "loop:item -> a", "side -> a", "loop:done -> b", "a -> b"];
  expect(problems([loop("loop"), set("side"), set("a"), set("b")], wires)).toEqual([
    "error edges.3: a runs once for each item of loop: only nodes of the loop may lead to it; go on behind its done output",
    "error edges.4: b runs once for each item of loop, so its done output cannot lead there too",
  ]);
});

test("item and index are known inside of bodies alone, and the step behind a loop does not see the steps inside", () => {
  const wires = ["start -> loop", "loop:item -> a", "loop:done -> after"];
  const nodes = [
    loop("loop", { items: "{{ item.list }}" }),
    set("a", { v: "{{ item }}" }),
    set("after", { v: "{{ index }}", w: "{{ steps.a.output }}" }),
  ];
  expect(problems(nodes, wires)).toEqual([
    "error nodes.1.config.items: there is no item here: it is known only inside a for-each (character 4)",
    "error nodes.3.config.values.v: there is no index here: it is known only inside a for-each (character 4)",
    "error nodes.3.config.values.w: the step a does not come before this one (character 10)",
  ]);
});

test("the results of items are asked of the output and the batch", () => {
  const config = { batchSize: 10, results: "output.map(o, {'ok': size(item) > 0})" };
  expect(problems([loop("loop", config), post("call")], ["start -> loop", "loop:item -> call"])).toEqual([]);
  expect(problems([loop("loop", { results: "output" }), post("call")], ["start -> loop", "loop:item -> call"])).toEqual([
    "error nodes.1.config.results: results of each item come from batches: give a batch size above 1",
  ]);
});

test("what is run again item by item may hold one call that a repeat doubles, and must end in one node", () => {
  const results = { batchSize: 10, results: "output" };
  const two = problems([loop("loop", results), post("one"), post("two")], ["start -> loop", "loop:item -> one", "one -> two"]);
  expect(two).toEqual([
    expect.stringContaining("error nodes.1.config.results: what a batch rejects is run again item by item, which would repeat one, two"),
  ]);
  const ends = problems([loop("loop", results), post("one"), set("b")], ["start -> loop", "loop:item -> one", "loop:item -> b"]);
  expect(ends).toEqual(["error nodes.1.config.results: the body must end in one node, whose output is judged; it ends in one, b"]);
  const behind = problems([loop("loop", results), post("one"), set("b")], ["start -> loop", "loop:item -> one", "one -> b"]);
  expect(behind).toEqual(["warning nodes.1.config.results: a redrive of an item that was rejected starts at b, and makes no call again"]);
});

test("a run answers once, so respond cannot stand in a body; a body with nothing in it is told of", () => {
  const hook = { id: "hook", type: "webhook", config: { response: { mode: "wait" } } };
  const found = problems([hook, loop("loop"), { id: "answer", type: "respond" }], ["hook -> loop", "loop:item -> answer"]);
  expect(found).toContain("error nodes.3: a run answers once, so this cannot stand inside the loop loop");
  expect(problems([loop("loop")], ["start -> loop"])).toEqual([
    "warning nodes.1: nothing is connected to the item output, so nothing is done for the items",
  ]);
});

import { expect, test } from "vitest";
import { ancestorsOf, compileDocument } from "./compile.ts";
import { documentOf } from "./test-documents.ts";

const diamond = documentOf(
  [
    { id: "end", type: "set" },
    { id: "left", type: "set" },
    { id: "right", type: "set" },
    { id: "start", type: "manual" },
  ],
  ["start -> left", "start -> right", "left -> end", "right -> end"],
);

test("orders each node after all it depends on", () => {
  const { order, triggers } = compileDocument(diamond);
  expect(order).toEqual(["start", "left", "right", "end"]);
  expect(triggers.map(({ id }) => id)).toEqual(["start"]);
});

test("knows what comes in and goes out of every node", () => {
  const { incoming, outgoing } = compileDocument(diamond);
  expect(incoming.get("end")?.map(({ source }) => source)).toEqual(["left", "right"]);
  expect(outgoing.get("end")).toEqual([]);
  expect(incoming.get("start")).toEqual([]);
});

test("finds all that comes before a node", () => {
  const compiled = compileDocument(diamond);
  expect([...ancestorsOf(compiled, "end")].sort()).toEqual(["left", "right", "start"]);
  expect([...ancestorsOf(compiled, "start")]).toEqual([]);
});

test("leaves out nodes on a cycle, and edges that lead nowhere", () => {
  const broken = documentOf(
    [
      { id: "start", type: "manual" },
      { id: "a", type: "set" },
      { id: "b", type: "set" },
    ],
    ["start -> a", "a -> b", "b -> a", "b -> gone"],
  );
  const compiled = compileDocument(broken);
  expect(compiled.order).toEqual(["start"]);
  expect(compiled.outgoing.get("b")?.map(({ target }) => target)).toEqual(["a"]);
});

test("orders 500 nodes in a chain", () => {
  const nodes = Array.from({ length: 500 }, (_, i) => ({ id: `n${i}`, type: "set" }));
  const wires = nodes.slice(1).map((node, i) => `n${i} -> ${node.id}`);
  expect(compileDocument(documentOf(nodes, wires)).order).toHaveLength(500);
});

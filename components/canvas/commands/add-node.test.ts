import { describe, expect, it } from "vitest";
import { nodeOf } from "../document-index.ts";
import { loopsOf } from "../frames.ts";
import { nodeWidth } from "../geometry.ts";
import { definitionOf, graph, wiresOf } from "../graph-fixture.ts";
import { addAfter, addNode, dropOnEdge, insertOnEdge } from "./add-node.ts";

const setNode = definitionOf("set");

describe("addNode", () => {
  it("adds a step with the type's first config, on the grid, under a free name", () => {
    const before = graph({ a: "set" });
    const named = { ...before, nodes: before.nodes.map((node) => ({ ...node, name: setNode.title })) };
    const { document, nodeId } = addNode(named, setNode, { x: 13, y: 27 });
    expect(nodeOf(document, nodeId)).toMatchObject({
      type: "set",
      name: `${setNode.title} 2`,
      position: { x: 20, y: 20 },
      config: setNode.initialConfig,
    });
  });

  it("never takes an id that is in use", () => {
    let document = graph({});
    for (let i = 0; i < 100; i++) document = addNode(document, setNode, { x: 0, y: 0 }).document;
    expect(new Set(document.nodes.map((node) => node.id)).size).toBe(100);
  });
});

describe("addAfter", () => {
  it("wires the new step to the main output of the one before", () => {
    const { document, nodeId } = addAfter(graph({ call: "http-request" }), setNode, { nodeId: "call" });
    expect(wiresOf(document)).toEqual([`call > ${nodeId}`]);
  });

  it("wires it to the output that was asked for", () => {
    const { document, nodeId } = addAfter(graph({ call: "http-request" }), setNode, { nodeId: "call", port: "error" });
    expect(wiresOf(document)).toEqual([`call:error > ${nodeId}`]);
  });

  it("covers no other step", () => {
    const before = graph({ a: "set", b: "set" }, ["a > b"]);
    const { document, nodeId } = addAfter(before, setNode, { nodeId: "a" });
    expect(nodeOf(document, nodeId)?.position.x).toBe(300);
    expect(nodeOf(document, nodeId)?.position.y).toBeGreaterThan(90);
  });

  it("leaves a trigger unwired: nothing can lead to it", () => {
    const { document } = addAfter(graph({ a: "set" }), definitionOf("webhook"), { nodeId: "a" });
    expect(document.nodes).toHaveLength(2);
    expect(document.edges).toEqual([]);
  });
});

describe("insertOnEdge", () => {
  it("puts the step between the two ends", () => {
    const { document, nodeId } = insertOnEdge(graph({ check: "if", b: "set" }, ["check:false > b"]), setNode, "e_check_false_b");
    expect(wiresOf(document)).toEqual([`check:false > ${nodeId}`, `${nodeId} > b`]);
  });

  it("moves what follows to make room", () => {
    const { document, nodeId } = insertOnEdge(graph({ a: "set", b: "set", c: "set" }, ["a > b", "b > c"]), setNode, "e_a_b");
    const x = (id: string) => nodeOf(document, id)?.position.x ?? Number.NaN;
    expect(x("a")).toBe(0);
    expect(x("b")).toBeGreaterThanOrEqual(x(nodeId) + nodeWidth);
    expect(x("c") - x("b")).toBe(300);
  });

  it("adds the step loose when the edge is gone", () => {
    const { document } = insertOnEdge(graph({ a: "set" }), setNode, "e_nowhere");
    expect(document.nodes).toHaveLength(2);
    expect(document.edges).toEqual([]);
  });

  it("keeps a step that is put into an edge inside of a loop in that loop", () => {
    const { document, nodeId } = insertOnEdge(graph({ loop: "for-each", each: "set" }, ["loop:item > each"]), setNode, "e_loop_item_each");
    expect(loopsOf(document).loopOf.get(nodeId)).toBe("loop");
    expect(loopsOf(document).loopOf.get("each")).toBe("loop");
  });

  it("leads an edge through a step that was dropped on it, unless that is wired already", () => {
    const document = graph({ hook: "webhook", a: "set", loose: "set" }, ["hook > a"]);
    const dropped = dropOnEdge(document, "loose", "e_hook_a");
    expect(wiresOf(dropped)).toEqual(["hook > loose", "loose > a"]);
    const place = (id: string) => nodeOf(dropped, id)?.position.x ?? 0;
    expect(place("loose")).toBeGreaterThanOrEqual(place("hook") + nodeWidth);
    expect(place("a")).toBeGreaterThanOrEqual(place("loose") + nodeWidth);
    expect(dropOnEdge(document, "a", "e_hook_a")).toBe(document);
  });
});

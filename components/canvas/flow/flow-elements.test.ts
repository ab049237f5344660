import { describe, expect, it } from "vitest";
import { setNode } from "../commands/edit-node.ts";
import { nudgeNodes } from "../commands/move-nodes.ts";
import { graph } from "../graph-fixture.ts";
import { toFlowEdges, toFlowFrames, toFlowNodes } from "./flow-elements.ts";

const document = graph({ a: "set", call: "http-request", b: "set" }, ["a > call", "call:error > b"]);
const nodes = toFlowNodes(document, ["a"], []);
const edges = toFlowEdges(document, [], []);

describe("what React Flow draws", () => {
  it("is the very same list after an edit of settings, so that nothing is drawn again", () => {
    const edited = setNode(document, "a", { notes: "x" });
    expect(toFlowNodes(edited, ["a"], nodes)).toBe(nodes);
    expect(toFlowEdges(edited, [], edges)).toBe(edges);
  });

  it("keeps the objects of nodes that did not move", () => {
    const moved = toFlowNodes(nudgeNodes(document, ["b"], { x: 20, y: 0 }), ["a"], nodes);
    expect(moved[0]).toBe(nodes[0]);
    expect(moved[2]).not.toBe(nodes[2]);
  });

  it("follows the selection", () => {
    expect(toFlowNodes(document, ["b"], nodes).map((node) => node.selected)).toEqual([false, false, true]);
    expect(toFlowEdges(document, ["e_a_call"], edges)[0]?.selected).toBe(true);
  });

  it("marks wires that leave a failure output", () => {
    expect(edges.map((edge) => edge.data?.failure)).toEqual([false, true]);
  });

  it("draws the frame of a loop behind its steps, and again only when it changed", () => {
    const looping = graph({ loop: "for-each", each: "set" }, ["loop:item > each"]);
    const drawn = toFlowNodes(looping, [], []);
    const frames = toFlowFrames(looping, drawn, []);
    expect(frames).toMatchObject([{ id: "frame:loop", type: "frame", selectable: false, draggable: false }]);
    expect(toFlowFrames(setNode(looping, "each", { notes: "x" }), drawn, frames)).toBe(frames);
    const moved = nudgeNodes(looping, ["each"], { x: 20, y: 0 });
    expect(toFlowFrames(moved, toFlowNodes(moved, [], drawn), frames)[0]?.position.x).toBe((frames[0]?.position.x ?? 0) + 20);
  });
});

import { describe, expect, it } from "vitest";
import { nodeOf } from "../document-index.ts";
import { framesOf, loopsOf } from "../frames.ts";
import { nodeHeight, nodeWidth } from "../geometry.ts";
import { graph } from "../graph-fixture.ts";
import { inReadingOrder } from "../reading-order.ts";
import { placeNodes } from "./move-nodes.ts";
import { tidy } from "./tidy.ts";

const branching = graph({ hook: "webhook", check: "if", no: "set", yes: "set", end: "respond" }, [
  "hook > check",
  "check:true > yes",
  "check:false > no",
  "yes > end",
  "no > end",
]);

describe("tidy", () => {
  it("lays steps out from left to right without covering each other", () => {
    const heap = placeNodes(branching, new Map(branching.nodes.map((node) => [node.id, { x: 0, y: 0 }])));
    const document = tidy(heap);
    for (const edge of document.edges) {
      const source = nodeOf(document, edge.source);
      const target = nodeOf(document, edge.target);
      expect(source && target && target.position.x - source.position.x).toBeGreaterThan(nodeWidth);
    }
    for (const a of document.nodes) {
      for (const b of document.nodes) {
        if (a === b || a.position.x !== b.position.x) continue;
        const gap = Math.abs(a.position.y - b.position.y);
        expect(gap).toBeGreaterThanOrEqual(Math.min(nodeHeight(document, a), nodeHeight(document, b)));
      }
    }
  });

  it("keeps branches in the order of their outputs", () => {
    const document = tidy(branching);
    expect(nodeOf(document, "yes")?.position.y).toBeLessThan(nodeOf(document, "no")?.position.y ?? 0);
  });

  it("puts a step level with the one it simply follows", () => {
    const chain = tidy(graph({ hook: "webhook", call: "http-request", note: "set" }, ["hook > call", "call > note"]));
    expect(chain.nodes.map((node) => node.position.y)).toEqual([0, 0, 0]);
  });

  it("gives the same result a second time", () => {
    const once = tidy(branching);
    expect(tidy(once)).toBe(once);
  });

  it("moves only the given steps", () => {
    const document = tidy(branching, ["yes", "no"]);
    expect(nodeOf(document, "hook")).toBe(nodeOf(branching, "hook"));
    expect(nodeOf(document, "end")).toBe(nodeOf(branching, "end"));
  });

  it("keeps what a loop runs together, so that its frame covers nothing else", () => {
    const wires = [
      "hook > outer",
      "outer:item > a",
      "a > inner",
      "inner:item > b",
      "b > c",
      "inner:done > d",
      "outer:done > e",
      "e > f",
      "hook > g",
      "g > h",
    ];
    const types = {
      hook: "webhook",
      outer: "for-each",
      a: "set",
      inner: "for-each",
      b: "set",
      c: "set",
      d: "set",
      e: "set",
      f: "set",
      g: "set",
      h: "set",
    };
    const document = tidy(graph(types, wires));
    const { bodies } = loopsOf(document);
    const frames = framesOf(document, (id) => nodeOf(document, id)?.position);
    expect(frames).toHaveLength(2);
    for (const frame of frames) {
      const covered = document.nodes.filter(
        (node) =>
          node.position.x < frame.position.x + frame.width &&
          node.position.x + nodeWidth > frame.position.x &&
          node.position.y < frame.position.y + frame.height &&
          node.position.y + nodeHeight(document, node) > frame.position.y,
      );
      expect(covered.map((node) => node.id).toSorted()).toEqual([...(bodies.get(frame.loopId)?.all ?? [])].toSorted());
    }
  });

  it("accepts an empty document", () => {
    const empty = graph({});
    expect(tidy(empty)).toBe(empty);
  });
});

describe("inReadingOrder", () => {
  it("tells each branch to its end, in the order of the outputs", () => {
    expect(inReadingOrder(branching).map((node) => node.id)).toEqual(["hook", "check", "yes", "end", "no"]);
  });
});

import { describe, expect, it } from "vitest";
import { graph, wiresOf } from "../graph-fixture.ts";
import { deleteEdges, deleteNodes } from "./delete-elements.ts";

describe("deleteNodes", () => {
  it("joins the neighbours of a step in the middle", () => {
    const document = graph({ check: "if", b: "set", c: "set" }, ["check:true > b", "b > c"]);
    expect(wiresOf(deleteNodes(document, ["b"], { join: true }))).toEqual(["check:true > c"]);
  });

  it("does not join them when asked not to", () => {
    const document = graph({ a: "set", b: "set", c: "set" }, ["a > b", "b > c"]);
    expect(wiresOf(deleteNodes(document, ["b"], { join: false }))).toEqual([]);
  });

  it("joins across several deleted steps", () => {
    const document = graph({ a: "set", b: "set", c: "set", d: "set" }, ["a > b", "b > c", "c > d"]);
    expect(wiresOf(deleteNodes(document, ["b", "c"], { join: true }))).toEqual(["a > d"]);
  });

  it("joins only along the main output: a failure branch is not the way on", () => {
    const document = graph({ a: "set", call: "http-request", ok: "set", bad: "set" }, ["a > call", "call > ok", "call:error > bad"]);
    expect(wiresOf(deleteNodes(document, ["call"], { join: true }))).toEqual(["a > ok"]);
  });

  it("draws no edge twice", () => {
    const document = graph({ a: "set", b: "set", c: "set" }, ["a > b", "b > c", "a > c"]);
    expect(wiresOf(deleteNodes(document, ["b"], { join: true }))).toEqual(["a > c"]);
  });

  it("changes nothing for a step that is gone", () => {
    const document = graph({ a: "set" });
    expect(deleteNodes(document, ["ghost"], { join: true })).toBe(document);
  });
});

describe("deleteEdges", () => {
  it("deletes the given edges and no others", () => {
    const document = graph({ a: "set", b: "set", c: "set" }, ["a > b", "b > c"]);
    expect(wiresOf(deleteEdges(document, ["e_a_b"]))).toEqual(["b > c"]);
    expect(deleteEdges(document, ["e_ghost"])).toBe(document);
  });
});

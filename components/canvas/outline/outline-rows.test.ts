import { describe, expect, it } from "vitest";
import { graph } from "../graph-fixture.ts";
import { outlineRows } from "./outline-rows.ts";

const told = (document: Parameters<typeof outlineRows>[0]) =>
  outlineRows(document).map((row) => `${"  ".repeat(row.depth)}${row.via.map((via) => `[${via}] `).join("")}${row.node.id}`);

describe("outlineRows", () => {
  it("indents branches and names the output that leads to them", () => {
    const document = graph({ hook: "webhook", check: "if", yes: "set", next: "set", no: "set" }, [
      "hook > check",
      "check:true > yes",
      "yes > next",
      "check:false > no",
    ]);
    expect(told(document)).toEqual(["hook", "check", "  [true] yes", "  next", "  [false] no"]);
  });

  it("does not indent the usual way on of a step that also has a failure output", () => {
    const document = graph({ call: "http-request", next: "set", oops: "set" }, ["call > next", "call:error > oops"]);
    expect(told(document)).toEqual(["call", "next", "  [error] oops"]);
  });

  it("indents what a loop runs for each item, and goes on after it where the loop stands", () => {
    const types = { hook: "webhook", loop: "for-each", each: "set", inner: "for-each", deep: "set", end: "set" };
    const wires = ["hook > loop", "loop:item > each", "each > inner", "inner:item > deep", "loop:done > end"];
    expect(told(graph(types, wires))).toEqual(["hook", "loop", "  [item] each", "  inner", "    [item] deep", "end"]);
  });

  it("lists steps that nothing leads to as well", () => {
    expect(told(graph({ a: "set", b: "set" }))).toEqual(["a", "b"]);
  });
});

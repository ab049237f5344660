import { describe, expect, it } from "vitest";
import { graph, wiresOf } from "../graph-fixture.ts";
import { connect, reconnect } from "./connect.ts";

describe("connect", () => {
  it("adds an edge", () => {
    const document = connect(graph({ a: "set", b: "set" }), { source: "a", sourcePort: "out", target: "b" });
    expect(wiresOf(document)).toEqual(["a > b"]);
  });

  it("changes nothing when the wire is not allowed", () => {
    const before = graph({ a: "set", b: "set" }, ["a > b"]);
    expect(connect(before, { source: "b", sourcePort: "out", target: "a" })).toBe(before);
  });
});

describe("reconnect", () => {
  it("moves the end and keeps the edge", () => {
    const before = graph({ a: "set", b: "set", c: "set" }, ["a > b"]);
    const after = reconnect(before, "e_a_b", { source: "a", sourcePort: "out", target: "c" });
    expect(wiresOf(after)).toEqual(["a > c"]);
    expect(after.edges[0]?.id).toBe("e_a_b");
  });

  it("changes nothing when the new place is not allowed", () => {
    const before = graph({ a: "set", b: "set", c: "set" }, ["a > b", "a > c"]);
    expect(reconnect(before, "e_a_b", { source: "a", sourcePort: "out", target: "c" })).toBe(before);
  });
});

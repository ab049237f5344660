import { describe, expect, it } from "vitest";
import { setNode } from "../commands/edit-node.ts";
import { nudgeNodes } from "../commands/move-nodes.ts";
import { graph } from "../graph-fixture.ts";
import { diffElements } from "./diff-elements.ts";

const before = graph({ hook: "webhook", old: "set", call: "set", still: "set" }, ["hook > old", "old > call", "call > still"]);
const now = graph({ hook: "webhook", call: "set", still: "set", fresh: "set" }, ["hook > call", "call > still", "still > fresh"]);
const after = nudgeNodes(setNode(now, "call", { notes: "x" }), ["still"], { x: 0, y: 400 });

const kinds = (withMoves: boolean) =>
  Object.fromEntries(diffElements(before, after, withMoves).nodes.map((node) => [node.id, node.data.kind]));

describe("two versions in one picture", () => {
  it("shows what is new, gone and changed, and moves only when asked", () => {
    const moved = nudgeNodes(before, ["still"], { x: 0, y: 400 });
    expect(kinds(false)).toMatchObject({ old: "removed", call: "changed", fresh: "added", still: "same" });
    expect(diffElements(before, moved, true).nodes.find((node) => node.id === "still")?.data.kind).toBe("moved");
    expect(diffElements(before, moved, false).nodes.every((node) => node.data.kind === "same")).toBe(true);
  });

  it("shows wires of both, each with an id of its own", () => {
    const { edges } = diffElements(before, after, false);
    expect(edges.map((edge) => `${edge.data?.kind} ${edge.source} > ${edge.target}`).toSorted()).toEqual([
      "added hook > call",
      "added still > fresh",
      "removed hook > old",
      "removed old > call",
      "same call > still",
    ]);
    expect(new Set(edges.map((edge) => edge.id)).size).toBe(edges.length);
  });
});

import { describe, expect, it } from "vitest";
import { clip, readClipping, writeClipping } from "../clipboard.ts";
import { nodeOf } from "../document-index.ts";
import { graph } from "../graph-fixture.ts";
import { setNode } from "./edit-node.ts";
import { duplicate, paste } from "./paste.ts";

const wired = graph({ hook: "webhook", call: "http-request", note: "set" }, ["hook > call", "call > note"]);

describe("paste", () => {
  it("gives new ids and keeps the inner edges and the arrangement", () => {
    const { document, nodeIds } = paste(wired, clip(wired, ["call", "note"]), { x: 100, y: 200 });
    const [call = "", note = ""] = nodeIds;
    expect(document.nodes).toHaveLength(5);
    expect(document.edges).toHaveLength(3);
    expect(document.edges.at(-1)).toMatchObject({ source: call, sourcePort: "out", target: note });
    expect(nodeOf(document, call)?.position).toEqual({ x: 100, y: 200 });
    expect(nodeOf(document, note)?.position).toEqual({ x: 400, y: 200 });
    expect(nodeOf(document, call)?.name).toBe("call 2");
  });

  it("lets expressions among the copies name the copies, and no others", () => {
    const before = setNode(wired, "note", { config: { values: { a: "{{ steps.call.output.id }} {{ steps.hook.output }}" } } });
    const { document, nodeIds } = paste(before, clip(before, ["call", "note"]), { x: 0, y: 400 });
    const [call = "", note = ""] = nodeIds;
    expect(nodeOf(document, note)?.config).toEqual({ values: { a: `{{ steps.${call}.output.id }} {{ steps.hook.output }}` } });
  });

  it("survives the way through the system clipboard into another workflow", () => {
    const clipping = readClipping(writeClipping(clip(wired, ["call", "note"])));
    if (clipping === null) throw new Error("the clipping was not read");
    const { document } = paste(graph({}), clipping, { x: 0, y: 0 });
    expect(document.nodes.map((node) => node.name)).toEqual(["call", "note"]);
    expect(document.edges).toHaveLength(1);
  });
});

describe("duplicate", () => {
  it("copies beside the original", () => {
    const { document, nodeIds } = duplicate(wired, ["note"]);
    expect(nodeOf(document, nodeIds[0] ?? "")?.position).toEqual({ x: 640, y: 40 });
  });

  it("changes nothing without a step", () => {
    expect(duplicate(wired, ["ghost"]).document).toBe(wired);
  });
});

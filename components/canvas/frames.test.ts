import { describe, expect, it } from "vitest";
import { nudgeNodes } from "./commands/move-nodes.ts";
import { nodeOf } from "./document-index.ts";
import { frameHead, framePadding, framesOf, loopLabel } from "./frames.ts";
import { nodeHeight, nodeWidth } from "./geometry.ts";
import { graph } from "./graph-fixture.ts";

const nested = graph({ hook: "webhook", outer: "for-each", first: "set", inner: "for-each", deep: "set", after: "set" }, [
  "hook > outer",
  "outer:item > first",
  "first > inner",
  "inner:item > deep",
  "outer:done > after",
]);
const placesOf = (document: typeof nested) => (id: string) => nodeOf(document, id)?.position;

describe("the frames of loops", () => {
  it("hold all that is run for each item, those of loops inside included, and nothing else", () => {
    const [outer, inner, ...others] = framesOf(nested, placesOf(nested));
    expect(others).toEqual([]);
    expect([outer?.loopId, outer?.depth, inner?.loopId, inner?.depth]).toEqual(["outer", 0, "inner", 1]);
    const deep = nodeOf(nested, "deep");
    expect(inner).toMatchObject({
      position: { x: 1200 - framePadding, y: -frameHead },
      width: nodeWidth + 2 * framePadding,
      height: (deep ? nodeHeight(nested, deep) : 0) + frameHead + framePadding,
    });
    expect(outer?.position).toEqual({ x: 600 - framePadding, y: -2 * frameHead });
    expect((outer?.position.x ?? 0) + (outer?.width ?? 0)).toBe(1200 + nodeWidth + 2 * framePadding);
  });

  it("follow a step that is dragged", () => {
    const moved = framesOf(nested, placesOf(nudgeNodes(nested, ["deep"], { x: 0, y: 100 })));
    expect(moved[1]?.position.y).toBe(100 - frameHead);
  });

  it("are not drawn around nothing", () => {
    expect(framesOf(graph({ loop: "for-each" }), placesOf(nested))).toEqual([]);
  });

  it("tell how the loop goes through its items", () => {
    const [node] = graph({ loop: "for-each" }).nodes;
    const told = (config: object) => node && loopLabel({ ...node, config: { ...node.config, ...config } });
    expect(told({})).toBe("for each item · one at a time");
    expect(told({ concurrency: 4 })).toBe("for each item · 4 at a time");
    expect(told({ concurrency: 2, batchSize: 100 })).toBe("for each batch of 100 · 2 at a time");
  });
});

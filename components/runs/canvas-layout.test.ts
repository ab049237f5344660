import { expect, it } from "vitest";
import { documentSchema } from "#lib/graph/document.ts";
import { layOut, nodeHeight, nodeWidth } from "./canvas-layout.ts";

const document = documentSchema.parse({
  schemaVersion: 1,
  nodes: [
    { id: "a", type: "manual", name: "Start", position: { x: -400, y: 100 } },
    { id: "b", type: "set", name: "Give", position: { x: 0, y: -60 } },
  ],
  edges: [{ id: "e", source: "a", target: "b" }],
});

it("everything lies within the drawing, wherever it lies in the editor", () => {
  const { nodes, edges, width, height } = layOut(document);
  for (const { x, y } of nodes) {
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(x + nodeWidth).toBeLessThanOrEqual(width);
    expect(y + nodeHeight).toBeLessThanOrEqual(height);
  }
  expect(edges).toHaveLength(1);
});

import type { Point } from "../commands/move-nodes.ts";

/** The edge under a place of the window, below whatever is dragged there. */
export function edgeAt(at: Point): string | undefined {
  const edge = document.elementsFromPoint(at.x, at.y).find((element) => element.closest(".react-flow__edge") !== null);
  return edge?.closest<HTMLElement>(".react-flow__edge")?.dataset.id;
}

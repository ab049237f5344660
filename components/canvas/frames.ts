import type { Bodies } from "#lib/graph/bodies.ts";
import { compileDocument } from "#lib/graph/compile.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { Point } from "./commands/move-nodes.ts";
import { nodeOf } from "./document-index.ts";
import { nodeHeight, nodeWidth } from "./geometry.ts";

/** The area behind the steps that a loop runs for each item. */
export interface Frame {
  loopId: string;
  position: Point;
  width: number;
  height: number;
  /** 0: in no other loop. */
  depth: number;
  label: string;
}

/** Room around the steps, and above them for the label. */
export const framePadding = 20;
export const frameHead = 28;

const cache = new WeakMap<WorkflowDocument, Bodies>();

/** The bodies of the loops of a document. */
export function loopsOf(document: WorkflowDocument): Bodies {
  const known = cache.get(document);
  if (known !== undefined) return known;
  const bodies = compileDocument(document);
  cache.set(document, bodies);
  return bodies;
}

/** The loops a node lies in, the outermost first. */
export function loopsAround({ loopOf }: Pick<Bodies, "loopOf">, nodeId: string): string[] {
  const around = loopOf.get(nodeId);
  return around === undefined ? [] : [...loopsAround({ loopOf }, around), around];
}

/** How many loops a node lies in. */
export function loopDepth(bodies: Pick<Bodies, "loopOf">, nodeId: string): number {
  return loopsAround(bodies, nodeId).length;
}

/** The frames of all loops that have a body, those around others first. `placeOf` tells where a node is drawn now, while it is dragged. */
export function framesOf(document: WorkflowDocument, placeOf: (nodeId: string) => Point | undefined): Frame[] {
  const loops = loopsOf(document);
  const innermostFirst = [...loops.bodies.keys()].toSorted((a, b) => loopDepth(loops, b) - loopDepth(loops, a));
  const frames = new Map<string, Frame>();
  for (const loopId of innermostFirst) {
    const loop = nodeOf(document, loopId);
    const boxes = (loops.bodies.get(loopId)?.own ?? []).flatMap((id) => {
      const node = nodeOf(document, id);
      const at = placeOf(id);
      const inner = frames.get(id);
      const box = node && at ? [{ ...at, width: nodeWidth, height: nodeHeight(document, node) }] : [];
      return inner ? [...box, { ...inner.position, width: inner.width, height: inner.height }] : box;
    });
    if (loop === undefined || boxes.length === 0) continue;
    const left = Math.min(...boxes.map((box) => box.x)) - framePadding;
    const top = Math.min(...boxes.map((box) => box.y)) - frameHead;
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + framePadding;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + framePadding;
    const label = loopLabel(loop);
    frames.set(loopId, {
      loopId,
      position: { x: left, y: top },
      width: right - left,
      height: bottom - top,
      depth: loopDepth(loops, loopId),
      label,
    });
  }
  return [...frames.values()].toReversed();
}

/** How a loop goes through its items: `for each item · 4 at a time`. */
export function loopLabel({ config }: WorkflowNode): string {
  const batch = typeof config.batchSize === "number" && config.batchSize > 1 ? config.batchSize : null;
  const what = batch === null ? "for each item" : `for each batch of ${batch}`;
  const atOnce = typeof config.concurrency === "number" && config.concurrency > 1 ? `${config.concurrency} at a time` : "one at a time";
  return `${what} · ${atOnce}`;
}

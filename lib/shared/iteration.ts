/*
 * Where a step stands inside the loops of a run: its iteration path. Empty outside of loops, `17` for item 17, `0-99` for the
 * batch of items 0 to 99, `17/3` for item 3 of a loop inside item 17 of another.
 */

const undoMark = "~undo";

/** Tells the steps of a run apart. Outside of loops it is the node's id. */
export function stepKey(nodeId: string, iteration: string): string {
  return iteration === "" ? nodeId : `${nodeId} ${iteration}`;
}

/** The path of a unit of a loop whose step is at `outer`. */
export function iterationInside(outer: string, unit: string): string {
  return outer === "" ? unit : `${outer}/${unit}`;
}

/** The path and all it lies within, outermost first: `17/3` gives ``, `17` and `17/3`. */
export function iterationsAround(iteration: string): string[] {
  if (iteration === "") return [""];
  const parts = iteration.split("/");
  return ["", ...parts.map((_, index) => parts.slice(0, index + 1).join("/"))];
}

/** In words, counting items from 0 as `index` does: `item 17`, `items 0–99`, `item 17, item 3`. */
export function describeIteration(iteration: string): string {
  if (isUndo(iteration)) return [describeIteration(iteration.slice(0, -undoMark.length)), "undo"].filter((part) => part !== "").join(", ");
  return iteration
    .split("/")
    .filter((unit) => unit !== "")
    .map((unit) => (unit.includes("-") ? `items ${unit.replace("-", "–")}` : `item ${unit}`))
    .join(", ");
}

/** Whether what happened at one path can be seen from another: the same, or one around it. */
export function isVisibleFrom(seen: string, from: string): boolean {
  return seen === "" || seen === from || from.startsWith(`${seen}/`);
}

/** Where the step stands that undoes a step: beside it. */
export function undoIteration(iteration: string): string {
  return `${iteration}${undoMark}`;
}

/** Whether a step undoes another. */
export function isUndo(iteration: string): boolean {
  return iteration.endsWith(undoMark);
}

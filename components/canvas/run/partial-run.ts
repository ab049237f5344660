import type { Pins, TestedItems, WorkflowDocument } from "#lib/graph/document.ts";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { nodeOf, reachable } from "../document-index.ts";
import { loopsAround, loopsOf } from "../frames.ts";
import { isTrigger } from "../node-ports.ts";

/** What to run around a step: all it needs and it; it alone; or it and what is behind it. */
export type TestScope = "to" | "only" | "from";

export const scopeNames: Record<TestScope, string> = { to: "Run to here", only: "Run only this step", from: "Run from here" };

/** Why a part cannot be run now, in words; null when it can. `run` is the one shown, whose outputs stand for the steps before. */
export function partRefusal(a: {
  document: WorkflowDocument;
  nodeId: string;
  scope: TestScope;
  run: RunView | undefined;
  items: TestedItems;
}): string | null {
  const { document, nodeId, scope, run } = a;
  const node = nodeOf(document, nodeId);
  if (node === undefined) return "This step no longer exists";
  if (node.disabled) return "This step is disabled";
  if (scope === "to") return null;
  if (isTrigger(node)) return "A trigger begins the run: run everything instead";
  const around = loopsAround(loopsOf(document), nodeId);
  if (around.some((loop) => a.items[loop] === undefined)) return "It runs once for each item: choose one item below, or run to here";
  if (run === undefined) return "Run to here first: the steps before give what they gave in the run that is shown";
  return around.length > 0 && !hasItem(document, nodeId, run, a.items)
    ? "The shown run did not come by with this item: run to here with it first"
    : null;
}

/** The one item that a test around a node goes through, of each loop the node lies in. */
export function itemsAround(document: WorkflowDocument, nodeId: string, items: TestedItems): TestedItems {
  const chosen = loopsAround(loopsOf(document), nodeId).flatMap((loop): [string, number][] => {
    const item = items[loop];
    return item === undefined ? [] : [[loop, item]];
  });
  return Object.fromEntries(chosen);
}

/** The steps of a run whose outputs stand for the steps before a node; inside loops those of the chosen item. The loops themselves go on. */
export function stepsBefore(document: WorkflowDocument, nodeId: string, run: RunView, items: TestedItems): StepSummary[] {
  const before = reachable(document, nodeId, "upstream");
  const around = new Set(loopsAround(loopsOf(document), nodeId));
  return run.steps.filter((step) => {
    const node = nodeOf(document, step.nodeId);
    const over = step.status === "succeeded" || step.status === "deduplicated";
    if (!over || !before.has(step.nodeId) || around.has(step.nodeId) || node === undefined || isTrigger(node)) return false;
    return isAtItems(document, step, items);
  });
}

/** Whether all that comes before a node in the bodies around it is there for the chosen item. */
function hasItem(document: WorkflowDocument, nodeId: string, run: RunView, items: TestedItems): boolean {
  const loops = loopsOf(document);
  const before = reachable(document, nodeId, "upstream");
  const needed = loopsAround(loops, nodeId).flatMap((loop) => (loops.bodies.get(loop)?.own ?? []).filter((id) => before.has(id)));
  const there = new Set(run.steps.filter((step) => isAtItems(document, step, items)).map((step) => step.nodeId));
  return needed.every((id) => there.has(id));
}

/** Whether a step ran outside of loops, or for exactly the items that are chosen of the loops around it. */
function isAtItems(document: WorkflowDocument, { nodeId, iteration }: StepSummary, items: TestedItems): boolean {
  const around = loopsAround(loopsOf(document), nodeId);
  const units = iteration === "" ? [] : iteration.split("/");
  return units.length === around.length && around.every((loop, depth) => covers(units[depth] ?? "", items[loop]));
}

/** Whether a unit of a loop, `17` or the batch `0-99`, holds an item. */
function covers(unit: string, item: number | undefined): boolean {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(unit) ?? [];
  return item !== undefined && from !== undefined && Number(from) <= item && item <= Number(to);
}

/** What is pinned for a test of one step or from one on: the draft's pins, and before them what the shown run gave. */
export function pinsBefore(document: WorkflowDocument, nodeId: string, outputs: readonly { step: StepSummary; output: JsonValue }[]): Pins {
  const { [nodeId]: _own, ...drafted } = document.testing?.pins ?? {};
  const given = outputs.map(({ step, output }) => [step.nodeId, { output, port: step.port ?? "out" }] as const);
  return { ...Object.fromEntries(given), ...drafted };
}

/** The event of a run as it is given to start another from the same trigger. */
export function inputOf(document: WorkflowDocument, run: RunView): JsonValue {
  const data = run.event?.data ?? {};
  const manual = nodeOf(document, run.triggerNodeId)?.type === "manual";
  return manual && isJsonObject(data) ? (data.body ?? null) : data;
}

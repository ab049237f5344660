import type { Pins, WorkflowDocument } from "#lib/graph/document.ts";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { nodeOf, reachable } from "../document-index.ts";
import { loopsOf } from "../frames.ts";
import { isTrigger } from "../node-ports.ts";

/** What to run around a step: all it needs and it; it alone; or it and what is behind it. */
export type TestScope = "to" | "only" | "from";

export const scopeNames: Record<TestScope, string> = { to: "Run to here", only: "Run only this step", from: "Run from here" };

/** Why a part cannot be run now, in words; null when it can. `run` is the one shown, whose outputs stand for the steps before. */
export function partRefusal(document: WorkflowDocument, nodeId: string, scope: TestScope, run: RunView | undefined): string | null {
  const node = nodeOf(document, nodeId);
  if (node === undefined) return "This step no longer exists";
  if (node.disabled) return "This step is disabled";
  if (scope === "to") return null;
  if (isTrigger(node)) return "A trigger begins the run: run everything instead";
  if (loopsOf(document).loopOf.has(nodeId)) return "It runs once for each item: run to here instead";
  return run === undefined ? "Run to here first: the steps before give what they gave in the run that is shown" : null;
}

/** The steps of a run whose outputs stand for the steps before a node. */
export function stepsBefore(document: WorkflowDocument, nodeId: string, run: RunView): StepSummary[] {
  const before = reachable(document, nodeId, "upstream");
  return run.steps.filter((step) => {
    const node = nodeOf(document, step.nodeId);
    const over = step.status === "succeeded" || step.status === "deduplicated";
    return over && step.iteration === "" && before.has(step.nodeId) && node !== undefined && !isTrigger(node);
  });
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

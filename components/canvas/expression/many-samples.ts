import type { Scope } from "#lib/expressions/scope.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { nodeOf, reachable } from "../document-index.ts";
import { isTrigger } from "../node-ports.ts";
import { type SampleScope, type SampleSources, sampleScope } from "./sample-scope.ts";

/** One of several samples that a step is tried with. */
export interface NamedSample {
  id: string;
  /** When its run began; null for an item of a loop. */
  at: string | null;
  /** The place of an item in its loop; null for a run. */
  index: number | null;
  scope: Scope;
}

export const maxRuns = 10;
export const maxItems = 20;

/** The steps before a node that its settings speak of: only their outputs have to be fetched. */
export function stepsSpokenOf(document: WorkflowDocument, nodeId: string): string[] {
  const text = JSON.stringify(nodeOf(document, nodeId)?.config ?? {});
  const spoken = new Set([...text.matchAll(/\bsteps(?:\.|\[\\?["'])([\w-]+)/g)].map(([, id]) => id));
  return [...reachable(document, nodeId, "upstream")].filter((id) => {
    const node = nodeOf(document, id);
    return spoken.has(id) && node !== undefined && !isTrigger(node);
  });
}

/** The steps of a run that gave what a node's settings speak of; null when one of them did not, so that the run says nothing. */
export function stepsGiven(run: Pick<RunView, "event" | "steps">, wanted: readonly string[]): StepSummary[] | null {
  const given = run.steps.filter(({ nodeId, status, iteration }) => {
    return iteration === "" && wanted.includes(nodeId) && (status === "succeeded" || status === "deduplicated");
  });
  return run.event !== null && given.length === wanted.length ? given : null;
}

/** What a node would see in a run. */
export function sampleOfRun(
  sources: SampleSources,
  run: Pick<RunView, "id" | "createdAt" | "event">,
  outputs: ReadonlyMap<string, JsonValue>,
): NamedSample {
  const { scope } = sampleScope({ ...sources, trigger: run.event?.data, outputs });
  return { id: run.id, at: run.createdAt, index: null, scope };
}

/** How often a node inside a loop would run for the sample at hand; 0 outside of loops. */
export function unitsOf({ loop }: Pick<SampleScope, "loop">): number {
  return loop === null ? 0 : Math.ceil(loop.list.length / loop.batchSize);
}

/** What a node inside a loop would see at its first items, or batches of them. */
export function samplesOfItems(sources: SampleSources, sample: SampleScope): NamedSample[] {
  const { loop } = sample;
  if (loop === null) return [];
  return Array.from({ length: Math.min(unitsOf(sample), maxItems) }, (_, unit) => {
    const index = unit * loop.batchSize;
    const { scope } = sampleScope({ ...sources, items: { ...sources.items, [loop.id]: index } });
    return { id: `item ${index}`, at: null, index, scope };
  });
}

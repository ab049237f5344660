import type { WorkflowDocument } from "#lib/graph/document.ts";
import { nodeOf, reachable } from "../document-index.ts";
import { loopsAround, loopsOf } from "../frames.ts";
import { isTrigger } from "../node-ports.ts";
import { type DataSource, sourcesOf } from "./data-rows.ts";
import type { SampleScope } from "./sample-scope.ts";

/** A field that waits for a value, which is picked by choosing a step on the canvas. */
export interface Plug {
  /** The step the field is of. */
  nodeId: string;
  /** The field, as people see it. */
  label: string;
  sample: SampleScope;
  /** The step whose data is open. */
  openId: string | null;
  /** A step that was chosen and has nothing to give. */
  refusedId: string | null;
  insertPath(path: string): void;
  /** Gives the keyboard back to the field. */
  focus(): void;
}

/** The paths under which a step's data is seen from another; none when it is not. The innermost loop around that one gives it its item. */
export function pathsFrom(document: WorkflowDocument, from: string, seenBy: string): string[] {
  const node = nodeOf(document, from);
  if (node === undefined || !reachable(document, seenBy, "upstream").has(from)) return [];
  if (isTrigger(node)) return ["trigger"];
  const around = loopsAround(loopsOf(document), seenBy);
  if (around.includes(from)) return from === around.at(-1) ? ["item"] : [];
  return [`steps.${from}.output`];
}

/** What a chosen step gives to the field, to pick from. */
export function sourcesOfPlug(document: WorkflowDocument, { nodeId, sample, openId }: Plug): DataSource[] {
  const paths = openId === null ? [] : pathsFrom(document, openId, nodeId);
  return sourcesOf(sample, "run").filter(({ path }) => paths.includes(path));
}

/** The step to begin at: the nearest one before the field's, else the trigger. */
export function firstOfPlug(document: WorkflowDocument, { nodeId, steps }: Pick<SampleScope, "nodeId" | "steps">): string | null {
  const [nearest] = steps;
  if (nearest !== undefined) return nearest.node.id;
  const before = reachable(document, nodeId, "upstream");
  return document.nodes.find((node) => before.has(node.id))?.id ?? null;
}

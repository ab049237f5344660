import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

function nodeIds(document: JsonValue): string[] {
  const nodes = isJsonObject(document) && Array.isArray(document.nodes) ? document.nodes : [];
  return nodes.flatMap((node) => (isJsonObject(node) && typeof node.id === "string" ? [node.id] : []));
}

/** Steps as they came to be; of those of the same millisecond, as the document has them. */
export function inOrder(run: Pick<RunView, "steps" | "document">): StepSummary[] {
  const places = new Map(nodeIds(run.document).map((id, place) => [id, place]));
  const placeOf = (step: StepSummary) => places.get(step.nodeId) ?? places.size;
  return [...run.steps].sort(
    (a, b) =>
      a.createdAt.localeCompare(b.createdAt) ||
      placeOf(a) - placeOf(b) ||
      a.iteration.localeCompare(b.iteration, undefined, { numeric: true }),
  );
}

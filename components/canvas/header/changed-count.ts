import { diffDocuments } from "#lib/graph/diff.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";

const cache = new WeakMap<WorkflowDocument, { live: WorkflowDocument; count: number }>();

/** How many steps, wires and settings differ from what is live; moved steps do not count. Zero before the first version. */
export function changedCount(document: WorkflowDocument, live: WorkflowDocument | null): number {
  if (live === null) return 0;
  const known = cache.get(document);
  if (known?.live === live) return known.count;
  const diff = diffDocuments(live, document);
  const nodes = diff.nodes.filter((change) => change.kind !== "moved").length;
  const count = nodes + diff.edges.added.length + diff.edges.removed.length + diff.settings.length;
  cache.set(document, { live, count });
  return count;
}

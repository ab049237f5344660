import { diffDocuments } from "#lib/graph/diff.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";

/** Whether two documents do the same, wherever their steps stand. */
export function isSameWork(a: WorkflowDocument, b: WorkflowDocument): boolean {
  return diffDocuments(a, b).layoutOnly;
}

/** An older document as the draft. What was pinned for one test of it is not; the draft's pins stay where their steps do. */
export function restored({ testing: _testing, ...older }: WorkflowDocument, draft: WorkflowDocument): WorkflowDocument {
  const known = new Set(older.nodes.map((node) => node.id));
  const pins = Object.entries(draft.testing?.pins ?? {}).filter(([id]) => known.has(id));
  return pins.length === 0 ? older : { ...older, testing: { pins: Object.fromEntries(pins) } };
}

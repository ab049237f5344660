import type { RunChanges } from "./run-changes.ts";

/** The arrays of put-approvals.sql, in its order; null when nobody is asked anything new. */
export function approvalColumns(batch: RunChanges[]): unknown[] | null {
  const asked = batch.flatMap(({ run, asked }) => asked.map((draft) => ({ run, draft })));
  const unasked = batch.flatMap((change) => change.unasked);
  if (asked.length === 0 && unasked.length === 0) return null;
  return [
    asked.map(({ draft }) => draft.step.id),
    asked.map(({ run }) => run.workspaceId),
    asked.map(({ run }) => run.workflowId),
    asked.map(({ run }) => run.id),
    asked.map(({ draft }) => draft.step.nodeId),
    asked.map(({ draft }) => draft.step.iteration),
    asked.map(({ draft }) => draft.message),
    // As text: an array of arrays would have to be rectangular.
    asked.map(({ draft }) => JSON.stringify(draft.assignees)),
    asked.map(({ draft }) => new Date(draft.requestedAtMs).toISOString()),
    asked.map(({ draft }) => new Date(draft.expiresAtMs).toISOString()),
    unasked,
  ];
}

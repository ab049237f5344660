import type { RunChanges } from "./run-changes.ts";

/** The large inputs and outputs of a batch, to be stored by reference before the rows that refer to them. */
export function collectPayloads(batch: RunChanges[]): { id: string; workspaceId: string; body: string }[] {
  return batch.flatMap((change) =>
    change.steps.flatMap((step) =>
      [step.input, step.output].flatMap((value) =>
        value && !value.saved && value.ref !== null ? [{ id: value.ref, workspaceId: change.run.workspaceId, body: value.text }] : [],
      ),
    ),
  );
}

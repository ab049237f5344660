import { newId } from "#lib/shared/ids.ts";
import type { RunChanges } from "./run-changes.ts";

/** The arrays of put-dead-letters.sql, in its order; null when there is none. */
export function deadLetterColumns(batch: RunChanges[]): unknown[] | null {
  const rows = batch.flatMap((change) => change.deadLetters.map((letter) => ({ run: change.run, letter })));
  if (rows.length === 0) return null;
  return [
    rows.map(() => newId()),
    rows.map(() => newId()),
    rows.map((row) => row.run.workspaceId),
    rows.map((row) => row.run.workflowId),
    rows.map((row) => row.run.version),
    rows.map((row) => row.run.id),
    rows.map((row) => row.letter.step.id),
    rows.map((row) => row.letter.step.nodeId),
    rows.map((row) => row.letter.step.iteration),
    rows.map((row) => row.letter.kind),
    rows.map((row) => row.letter.failure.class),
    rows.map((row) => JSON.stringify(row.letter.failure)),
    rows.map((row) => row.letter.step.input?.text ?? null),
    rows.map((row) => new Date(row.run.createdAtMs).toISOString()),
    rows.map((row) => new Date(row.letter.deadAtMs).toISOString()),
    rows.map((row) => row.letter.fingerprint),
    rows.map((row) => row.letter.title),
    rows.map((row) => row.letter.critical),
  ];
}

import type { RunChanges } from "./run-changes.ts";

/** The arrays of note-late-answers.sql, in its order: what refused changes tell of answers; null when that is nothing. */
export function lateAnswerColumns(refused: RunChanges[]): unknown[] | null {
  const rows = refused.flatMap(({ run, attempts }) =>
    attempts.filter(({ httpStatus }) => httpStatus !== null).map((attempt) => ({ run, attempt })),
  );
  if (rows.length === 0) return null;
  return [
    rows.map(({ run }) => run.id),
    rows.map(({ attempt }) => attempt.stepId),
    rows.map(({ attempt }) => attempt.no),
    rows.map(({ run }) => run.fence),
    rows.map(({ attempt }) => attempt.httpStatus),
    rows.map(({ attempt }) => attempt.request),
    rows.map(({ attempt }) => attempt.response),
  ];
}

import type { DeadLetterStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { type AttemptRow, attemptColumns, type StepRow } from "./step-view.ts";

export interface LetterRow {
  id: string;
  step_id: string;
  status: DeadLetterStatus;
  issue_id: string;
}

/** What is shown with steps: a line for every attempt, and their dead letters. */
export interface StepContext {
  attemptsOf: Map<string, AttemptRow[]>;
  letters: LetterRow[];
  /** Whether the step waits for a person, or runs again for one. */
  isOpen(stepId: string): boolean;
}

/** More attempts are not listed at once; each step shows all of its own. */
const maxAttempts = 20_000;
const listAttempts = `SELECT ${attemptColumns} FROM attempt a
  WHERE a.run_id = $1 AND a.workspace_id = $2 AND a.step_id = ANY ($3::uuid[]) ORDER BY a.step_id, a.no LIMIT ${maxAttempts}`;
const listLetters = `SELECT id, step_id, status, issue_id FROM dead_letter
  WHERE run_id = $1 AND workspace_id = $2 AND step_id = ANY ($3::uuid[]) ORDER BY id`;

/** Reads it for the steps that are shown, and for no others. */
export async function readStepContext(ctx: Context, runId: string, steps: readonly StepRow[]): Promise<StepContext> {
  const values = [runId, ctx.workspaceId, steps.map((step) => step.id)];
  const [attempts, letters] = await Promise.all([
    ctx.db.pool.query<AttemptRow>(listAttempts, values),
    ctx.db.pool.query<LetterRow>(listLetters, values),
  ]);
  const open = new Set(letters.rows.filter(({ status }) => status === "open" || status === "redriving").map((letter) => letter.step_id));
  return {
    attemptsOf: Map.groupBy(attempts.rows, (attempt) => attempt.step_id),
    letters: letters.rows,
    isOpen: (stepId) => open.has(stepId),
  };
}

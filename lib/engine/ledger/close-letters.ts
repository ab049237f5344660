import type pg from "pg";
import { statement } from "#lib/db/statement.ts";

const closeDeadLetters = statement(new URL("./sql/close-dead-letters.sql", import.meta.url));
const freeRecords = statement(new URL("./sql/free-records.sql", import.meta.url));
const wakeWaiters = statement(new URL("./sql/wake-waiters-of-steps.sql", import.meta.url));
const undoAfterClose = statement(new URL("./sql/undo-after-close.sql", import.meta.url));
const resolveEmptyIssues = statement(new URL("./sql/resolve-empty-issues.sql", import.meta.url));
const reopenDeadLetters = statement(new URL("./sql/reopen-dead-letters.sql", import.meta.url));

interface Closing {
  workspaceId: string;
  ids: readonly string[];
  /** The acting person or token. */
  by: string | null;
  reason: string;
  /** The person knows what became of the steps' calls. */
  known: boolean;
}

interface ClosedRow {
  id: string;
  run_id: string;
  step_id: string;
  issue_id: string;
}

/** Takes open items out of the inbox for good, in the caller's transaction. Returns which: what was no longer open stays as it is. */
export async function closeLetters(client: pg.ClientBase, { workspaceId, ids, by, reason, known }: Closing): Promise<string[]> {
  const { rows } = await client.query<ClosedRow>({ ...closeDeadLetters, values: [ids, workspaceId, by, reason] });
  const runs = rows.map((row) => row.run_id);
  const steps = rows.map((row) => row.step_id);
  await client.query({ ...freeRecords, values: [steps, "released", runs, known] });
  await client.query({ ...wakeWaiters, values: [steps] });
  await client.query({ ...undoAfterClose, values: [runs, steps] });
  await client.query({ ...resolveEmptyIssues, values: [[...new Set(rows.map((row) => row.issue_id))]] });
  return rows.map((row) => row.id);
}

/** Takes the discarding of items back. Returns which: what can no longer go on stays discarded. */
export async function reopenLetters(client: pg.ClientBase, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({ ...reopenDeadLetters, values: [ids, workspaceId] });
  return rows.map((row) => row.id);
}

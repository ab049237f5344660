import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { PastStep } from "#lib/policies/rerun.ts";
import { AppError } from "#lib/shared/errors.ts";
import { derivedId, newId } from "#lib/shared/ids.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { type Acceptance, acceptOne } from "./intake.ts";
import { inTransaction } from "./transaction.ts";

const restoreSteps = statement(new URL("./sql/restore-steps.sql", import.meta.url));
const beginStep = statement(new URL("./sql/begin-step.sql", import.meta.url));
const replayLetter = statement(new URL("./sql/replay-letter.sql", import.meta.url));
const settleReplay = statement(new URL("./sql/settle-replay.sql", import.meta.url));
const resolveEmptyIssues = statement(new URL("./sql/resolve-empty-issues.sql", import.meta.url));

export interface Rerun {
  acceptance: Acceptance;
  /** Steps of the run that `acceptance.replayOf` names. */
  restored: readonly PastStep[];
  /** A step that begins with this input instead of one worked out anew. */
  begin: { nodeId: string; effect: string; input: JsonValue } | null;
  /** The item of the inbox that this run is to settle. */
  deadLetterId: string | null;
  /** Kept on the item. */
  editedInput: JsonValue | undefined;
}

/** Makes a new run of an old one's data, in the caller's transaction. Throws `conflict` when the item is not open. */
export async function startRerun(client: pg.ClientBase, rerun: Rerun): Promise<{ runId: string }> {
  const { runId } = await acceptOne(client, rerun.acceptance);
  const { workspaceId, replayOf } = rerun.acceptance;
  if (rerun.restored.length > 0) {
    const steps = rerun.restored;
    const columns = [
      steps.map((step) => step.nodeId),
      steps.map((step) => step.iteration),
      steps.map((step) => derivedId(runId, step.nodeId, step.iteration)),
      steps.map(() => newId()),
      steps.map(() => newId()),
    ];
    await client.query({ ...restoreSteps, values: [replayOf, runId, workspaceId, ...columns] });
  }
  if (rerun.begin !== null) {
    const { nodeId, effect, input } = rerun.begin;
    const values = [runId, nodeId, derivedId(runId, nodeId, ""), workspaceId, effect, JSON.stringify(input)];
    await client.query({ ...beginStep, values });
  }
  if (rerun.deadLetterId !== null) {
    const edited = rerun.editedInput === undefined ? null : JSON.stringify(rerun.editedInput);
    const { rowCount } = await client.query({ ...replayLetter, values: [rerun.deadLetterId, workspaceId, runId, edited] });
    if (rowCount === 0) throw new AppError("conflict", "this item is no longer open");
  }
  return { runId };
}

/** Looks what became of the run an item was replayed as; asked again by itself until it has ended. */
export async function settleReplayedLetter(pool: pg.Pool, deadLetterId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ issue_id: string | null }>({ ...settleReplay, values: [deadLetterId] });
    await client.query({ ...resolveEmptyIssues, values: [rows.flatMap(({ issue_id: issueId }) => issueId ?? [])] });
  });
}

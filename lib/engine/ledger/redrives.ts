import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { decideRedrive, type RedriveProgress, type RedriveState } from "#lib/policies/redrive.ts";
import { inTransaction } from "./transaction.ts";

const lockRedrive = statement(new URL("./sql/lock-redrive.sql", import.meta.url));
const settleItems = statement(new URL("./sql/settle-redrive-items.sql", import.meta.url));
const countItems = statement(new URL("./sql/count-redrive-items.sql", import.meta.url));
const pickItems = statement(new URL("./sql/pick-redrive-items.sql", import.meta.url));
const putItems = statement(new URL("./sql/put-redrive-items.sql", import.meta.url));
const putRedrive = statement(new URL("./sql/put-redrive.sql", import.meta.url));
const redriveLetters = statement(new URL("./sql/redrive-dead-letters.sql", import.meta.url));

/** Behind whatever comes in live: a higher number waits longer. */
const bulkPriority = 10;

interface RedriveRow {
  id: string;
  workspace_id: string;
  status: RedriveState["status"];
  rate_per_second: number;
  canary: number;
  canary_passed: boolean;
  stop_after_failures: number | null;
  failures_base: number;
  next_at_ms: number;
  now_ms: number;
}

/**
 * Goes on with a bulk redrive: notes what became of the items under way, releases the next ones, and says when to look again,
 * all in one transaction under the lock of its row. May be killed at any instant and asked by several workers at once: nothing is
 * released twice.
 */
export async function advanceRedrive(pool: pg.Pool, redriveId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<RedriveRow>({ ...lockRedrive, values: [redriveId] });
    const row = rows[0];
    if (!row) return;
    await client.query({ ...settleItems, values: [redriveId] });
    const decision = decideRedrive(stateOf(row, await readProgress(client, redriveId)));
    if (decision.release > 0) await release(client, row, decision.release);
    const { nextAtMs, canaryPassed, finished, pause, lookAgainAtMs } = decision;
    await client.query({ ...putRedrive, values: [redriveId, nextAtMs, canaryPassed, finished, pause, lookAgainAtMs] });
  });
}

/** How many items stand where. */
export async function readProgress(client: pg.ClientBase | pg.Pool, redriveId: string): Promise<RedriveProgress> {
  const { rows } = await client.query<RedriveProgress>({ ...countItems, values: [redriveId] });
  return rows[0] ?? { waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 };
}

function stateOf(row: RedriveRow, progress: RedriveProgress): RedriveState {
  return {
    ...progress,
    status: row.status,
    ratePerSecond: row.rate_per_second,
    canary: row.canary,
    canaryPassed: row.canary_passed,
    stopAfterFailures: row.stop_after_failures,
    failuresBase: row.failures_base,
    nextAtMs: row.next_at_ms,
    now: row.now_ms,
  };
}

/** What cannot be redriven any more is skipped with the reason; the inbox keeps it. */
async function release(client: pg.ClientBase, redrive: RedriveRow, count: number): Promise<void> {
  const { rows: items } = await client.query<{ position: number; dead_letter_id: string; obstacle: string | null }>({
    ...pickItems,
    values: [redrive.id, count],
  });
  const free = items.filter((item) => item.obstacle === null).map((item) => item.dead_letter_id);
  const values = [free, redrive.workspace_id, null, bulkPriority, false];
  const { rows } = await client.query<{ dead_letter_id: string }>({ ...redriveLetters, values });
  const released = new Set(rows.map((row) => row.dead_letter_id));
  const outcomes = items.map((item) =>
    released.has(item.dead_letter_id)
      ? { ...item, state: "running", reason: null }
      : { ...item, state: "skipped", reason: item.obstacle ?? "its run cannot go on from this step" },
  );
  const columns = [outcomes.map((item) => item.position), outcomes.map((item) => item.state), outcomes.map((item) => item.reason)];
  await client.query({ ...putItems, values: [redrive.id, ...columns] });
}

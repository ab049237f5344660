import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { decideRedrive, type RedriveProgress, type RedriveState } from "#lib/policies/redrive.ts";
import { closeLetters, reopenLetters } from "./close-letters.ts";
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
  act: "redrive" | "discard" | "reopen";
  /** Why items are discarded. */
  reason: string | null;
  actor_id: string | null;
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
 * Goes on with a bulk redrive, or a bulk discard or the taking back of one: notes what became of the items under way, releases the next ones, and says when to look again,
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

interface PickedItem {
  position: number;
  dead_letter_id: string;
  obstacle: string | null;
}

/** What the act cannot be done to any more is skipped with the reason; it stays as it is. */
async function release(client: pg.ClientBase, redrive: RedriveRow, count: number): Promise<void> {
  const { rows: items } = await client.query<PickedItem>({ ...pickItems, values: [redrive.id, count, redrive.act] });
  const free = items.filter((item) => item.obstacle === null).map((item) => item.dead_letter_id);
  const { done, state, otherwise } = await act(client, redrive, free);
  const outcomes = items.map((item) =>
    done.has(item.dead_letter_id) ? { ...item, state, reason: null } : { ...item, state: "skipped", reason: item.obstacle ?? otherwise },
  );
  const columns = [outcomes.map((item) => item.position), outcomes.map((item) => item.state), outcomes.map((item) => item.reason)];
  await client.query({ ...putItems, values: [redrive.id, ...columns] });
}

interface Acted {
  done: ReadonlySet<string>;
  /** What those are now: a redrive has yet to succeed, the rest is done at once. */
  state: "running" | "succeeded";
  /** Why it was not done to the others. */
  otherwise: string;
}

async function act(client: pg.ClientBase, redrive: RedriveRow, ids: string[]): Promise<Acted> {
  const { workspace_id: workspaceId } = redrive;
  if (redrive.act === "discard") {
    const closing = { workspaceId, ids, by: redrive.actor_id, reason: redrive.reason ?? "", known: false };
    return { done: new Set(await closeLetters(client, closing)), state: "succeeded", otherwise: "no longer open" };
  }
  if (redrive.act === "reopen") {
    return {
      done: new Set(await reopenLetters(client, workspaceId, ids)),
      state: "succeeded",
      otherwise: "its run can no longer go on from this step",
    };
  }
  const { rows } = await client.query<{ dead_letter_id: string }>({
    ...redriveLetters,
    values: [ids, workspaceId, null, bulkPriority, false],
  });
  return { done: new Set(rows.map((row) => row.dead_letter_id)), state: "running", otherwise: "its run cannot go on from this step" };
}

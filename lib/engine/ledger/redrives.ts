import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { editInput, type InputEdit } from "#lib/policies/edit-input.ts";
import { decideRedrive, type RedriveProgress, type RedriveState } from "#lib/policies/redrive.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { closeLetters, reopenLetters } from "./close-letters.ts";
import { inTransaction } from "./transaction.ts";

const lockRedrive = statement(new URL("./sql/lock-redrive.sql", import.meta.url));
const settleItems = statement(new URL("./sql/settle-redrive-items.sql", import.meta.url));
const countItems = statement(new URL("./sql/count-redrive-items.sql", import.meta.url));
const pickItems = statement(new URL("./sql/pick-redrive-items.sql", import.meta.url));
const putItems = statement(new URL("./sql/put-redrive-items.sql", import.meta.url));
const putRedrive = statement(new URL("./sql/put-redrive.sql", import.meta.url));
const readInputs = statement(new URL("./sql/read-letter-inputs.sql", import.meta.url));
const redriveLetters = statement(new URL("./sql/redrive-dead-letters.sql", import.meta.url));

/** Behind whatever comes in live: a higher number waits longer. */
const bulkPriority = 10;

interface RedriveRow {
  id: string;
  workspace_id: string;
  act: "redrive" | "discard" | "reopen";
  /** Why items are discarded. */
  reason: string | null;
  /** JSON text of a change of each item's input. */
  edit: string | null;
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
  const { done, state, otherwise, problems } = await act(client, redrive, free);
  const outcomes = items.map((item) =>
    done.has(item.dead_letter_id)
      ? { ...item, state, reason: null }
      : { ...item, state: "skipped", reason: item.obstacle ?? problems?.get(item.dead_letter_id) ?? otherwise },
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
  /** Why it was not done to some, by item. */
  problems?: ReadonlyMap<string, string>;
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
  const { inputs, problems } = await edited(client, redrive, ids);
  const { rows } = await client.query<{ dead_letter_id: string }>({
    ...redriveLetters,
    values: [[...inputs.keys()], workspaceId, [...inputs.values()], bulkPriority, false],
  });
  return {
    done: new Set(rows.map((row) => row.dead_letter_id)),
    state: "running",
    otherwise: "its run cannot go on from this step",
    problems,
  };
}

/** The input of each item as JSON text, null for the one it has; and why some could not be changed as it was asked. */
async function edited(client: pg.ClientBase, { edit, now_ms: nowMs }: RedriveRow, ids: string[]) {
  const inputs = new Map<string, string | null>(ids.map((id) => [id, null]));
  const problems = new Map<string, string>();
  if (edit === null) return { inputs, problems };
  const change = JSON.parse(edit) as InputEdit; // safe because the service's schema checked it
  const { rows } = await client.query<{ id: string; input: string | null }>({ ...readInputs, values: [ids] });
  for (const { id, input } of rows) {
    const made = editInput(JSON.parse(input ?? "null") as JsonValue, change, new Date(nowMs).toISOString());
    if ("input" in made) inputs.set(id, JSON.stringify(made.input));
    else {
      inputs.delete(id);
      problems.set(id, made.problem);
    }
  }
  return { inputs, problems };
}

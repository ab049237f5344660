import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { decideRedrive, type RedriveProgress } from "#lib/policies/redrive.ts";
import { acceptEach } from "./intake.ts";
import { moveRuns } from "./move-runs.ts";
import { type ReplayItem, replayAcceptances } from "./replay-acceptances.ts";
import { inTransaction } from "./transaction.ts";

const lockBatch = statement(new URL("./sql/lock-run-batch.sql", import.meta.url));
const settleItems = statement(new URL("./sql/settle-run-batch-items.sql", import.meta.url));
const countItems = statement(new URL("./sql/count-run-batch-items.sql", import.meta.url));
const pickItems = statement(new URL("./sql/pick-run-batch-items.sql", import.meta.url));
const putItems = statement(new URL("./sql/put-run-batch-items.sql", import.meta.url));
const putBatch = statement(new URL("./sql/put-run-batch.sql", import.meta.url));
const cancelRuns = statement(new URL("./sql/cancel-runs.sql", import.meta.url));

/** So much of the events' data is in memory at a time. */
const maxBytes = 16 * 1024 * 1024;
/** Runs that wait for days are not asked after twice a second. */
const longestLookMs = 60_000;

interface BatchRow {
  id: string;
  workspace_id: string;
  action: "replay" | "cancel" | "move";
  actor_type: string;
  actor_id: string;
  version: "same" | "live";
  keys: "same" | "new";
  status: "running" | "paused" | "canceled";
  rate_per_second: number;
  stop_after_failures: number | null;
  failures_base: number;
  next_at_ms: number;
  now_ms: number;
}

interface PickedRun extends ReplayItem {
  position: number;
  obstacle: string | null;
}

interface Outcome {
  position: number;
  state: "running" | "succeeded" | "skipped";
  reason: string | null;
  newRunId: string | null;
}

/**
 * Goes on with a bulk replay, cancel or move: notes what became of the runs under way, releases the next ones, and says when to look again,
 * all in one transaction under the lock of its row. May be killed at any instant and asked by several workers at once: no run is
 * replayed twice.
 */
export async function advanceRunBatch(pool: pg.Pool, batchId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<BatchRow>({ ...lockBatch, values: [batchId] });
    const batch = rows[0];
    if (batch === undefined) return;
    await client.query({ ...settleItems, values: [batchId, batch.action] });
    const progress = await readProgress(client, batchId);
    const decision = decide(batch, progress);
    if (decision.release > 0) await release(client, batch, decision.release);
    const lookAgainAtMs =
      decision.lookAgainAtMs === null || progress.waiting > 0 ? decision.lookAgainAtMs : lookLater(batch, decision.lookAgainAtMs);
    await client.query({ ...putBatch, values: [batchId, decision.nextAtMs, decision.finished, decision.pause, lookAgainAtMs] });
  });
}

async function readProgress(client: pg.ClientBase, batchId: string): Promise<RedriveProgress> {
  const { rows } = await client.query<RedriveProgress>({ ...countItems, values: [batchId] });
  return rows[0] ?? { waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 };
}

/** Goes by the same rules as a bulk redrive, without a trial of the first few. */
function decide(batch: BatchRow, progress: RedriveProgress) {
  return decideRedrive({
    ...progress,
    status: batch.status,
    ratePerSecond: batch.rate_per_second,
    canary: 0,
    canaryPassed: true,
    stopAfterFailures: batch.stop_after_failures,
    failuresBase: batch.failures_base,
    nextAtMs: batch.next_at_ms,
    now: batch.now_ms,
  });
}

/** The longer ago the last one was released, the less often it is looked for their ends. */
function lookLater(batch: BatchRow, soonMs: number): number {
  return Math.max(soonMs, batch.now_ms + Math.min(longestLookMs, (batch.now_ms - batch.next_at_ms) / 4));
}

/** What cannot be done any more is skipped with the reason. */
async function release(client: pg.ClientBase, batch: BatchRow, count: number): Promise<void> {
  const { rows } = await client.query<PickedRun>({ ...pickItems, values: [batch.id, count, batch.action, batch.version, maxBytes] });
  const free = rows.filter((row) => row.obstacle === null);
  const done = await acts[batch.action](client, batch, free);
  const skipped = rows.filter((row) => row.obstacle !== null).map(({ position, obstacle }) => skip(position, obstacle));
  const outcomes = [...done, ...skipped];
  const columns = [
    outcomes.map((item) => item.position),
    outcomes.map((item) => item.state),
    outcomes.map((item) => item.reason),
    outcomes.map((item) => item.newRunId),
  ];
  await client.query({ ...putItems, values: [batch.id, ...columns] });
}

/** Done at once, or not at all: each run is judged where it stands now. */
async function move(client: pg.ClientBase, batch: BatchRow, picked: PickedRun[]): Promise<Outcome[]> {
  const by = { actorType: batch.actor_type, actorId: batch.actor_id, requestId: batch.id };
  const runIds = picked.map((row) => row.run_id);
  const outcomes = await moveRuns(client, { workspaceId: batch.workspace_id, runIds, version: "live", by, dryRun: false });
  const byRun = new Map(outcomes.map((outcome) => [outcome.runId, outcome]));
  return picked.map(({ position, run_id: runId }) => {
    const outcome = byRun.get(runId);
    if (outcome?.moved) return { position, state: "succeeded", reason: null, newRunId: null };
    return skip(position, outcome?.obstacles.map(({ message }) => message).join("; ") ?? "the run is not kept any more");
  });
}

function skip(position: number, reason: string | null): Outcome {
  return { position, state: "skipped", reason, newRunId: null };
}

async function replay(client: pg.ClientBase, batch: BatchRow, picked: PickedRun[]): Promise<Outcome[]> {
  const prepared = await replayAcceptances(client, { workspaceId: batch.workspace_id, keys: batch.keys, now: batch.now_ms }, picked);
  const ready = prepared.flatMap((each, index) => {
    const position = picked[index]?.position ?? 0;
    return "acceptance" in each ? [{ position, acceptance: each.acceptance }] : [];
  });
  const ids = await acceptEach(
    client,
    ready.map(({ acceptance }) => acceptance),
  );
  const started = ready.map(({ position }, index): Outcome => ({ position, state: "running", reason: null, newRunId: ids[index] ?? null }));
  const refused = prepared.flatMap((each, index) => ("obstacle" in each ? [skip(picked[index]?.position ?? 0, each.obstacle)] : []));
  return [...started, ...refused];
}

async function cancel(client: pg.ClientBase, batch: BatchRow, picked: PickedRun[]): Promise<Outcome[]> {
  const values = [picked.map((row) => row.run_id), batch.workspace_id];
  const { rows } = await client.query<{ id: string }>({ ...cancelRuns, values });
  const asked = new Set(rows.map((row) => row.id));
  return picked.map(({ position, run_id: runId }) =>
    asked.has(runId) ? { position, state: "running", reason: null, newRunId: null } : skip(position, "it has ended already"),
  );
}

const acts = { replay, cancel, move };

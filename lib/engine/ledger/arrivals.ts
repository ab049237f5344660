import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { newId } from "#lib/shared/ids.ts";
import { inlineLength } from "../stored-value.ts";
import {
  type ArrivalAnswer,
  type ArrivalPlan,
  type ArrivalRow,
  type ArrivingEvent,
  dedupeName,
  freshRows,
  type Knowledge,
  planArrivals,
  rowName,
} from "./arrival-plan.ts";
import { putRunAttributes } from "./run-attributes.ts";

const lockArrivals = statement(new URL("./sql/lock-arrivals.sql", import.meta.url));
const claimKeys = statement(new URL("./sql/claim-arrival-keys.sql", import.meta.url));
const lookAtRuns = statement(new URL("./sql/look-at-arrivals.sql", import.meta.url));
const holdGathering = statement(new URL("./sql/hold-gathering.sql", import.meta.url));
const putEvents = statement(new URL("./sql/put-arrival-events.sql", import.meta.url));
const turnGathering = statement(new URL("./sql/turn-gathering.sql", import.meta.url));
const settle = statement(new URL("./sql/settle-arrivals.sql", import.meta.url));
const release = statement(new URL("./sql/release-arrivals.sql", import.meta.url));
const releaseDue = statement(new URL("./sql/release-due-arrival.sql", import.meta.url));
const cancelRuns = statement(new URL("./sql/cancel-runs.sql", import.meta.url));
const markGivenWay = statement(new URL("./sql/mark-given-way.sql", import.meta.url));
const forget = statement(new URL("./sql/forget-arrivals.sql", import.meta.url));

/** Stores runs with their events, which have no duplicate key to be claimed any more. */
type StoreRuns<Item> = (client: pg.ClientBase, items: Item[]) => Promise<void>;

/** What a run that gathers stands behind while it is being stored; `hold-gathering.sql` puts what it really asks. */
const placeholder = "gathering";

/**
 * Accepts events whose workflow controls their arrivals, in the caller's transaction: the rows of their keys are locked, in one
 * order; only then the clock is read and the events are judged (`planArrivals`), one after another; then all that follows is
 * written. A few statements for any number of events, none of which an event without control has any part in.
 *
 * A run that gathers exists from its first event on. It is held at its workflow's gate in the state `gathering`, and the job
 * `release-arrival`, armed in the same transaction, lets it go when it is due; a full batch goes at once. What is swallowed stays
 * as an event with its reason, and repeats of it are repeats.
 */
export async function acceptArrivals<Item extends ArrivingEvent>(
  client: pg.ClientBase,
  items: readonly Item[],
  storeRuns: StoreRuns<Item>,
): Promise<ArrivalAnswer[]> {
  const known = await learn(client, items);
  const plan = planArrivals(items, known);
  await openRuns(client, plan, storeRuns);
  await storeEvents(client, plan);
  await turn(client, plan);
  await settleRows(client, items, plan, known);
  await giveWay(client, plan);
  if (plan.released.size > 0) await client.query({ ...release, values: [[...plan.released]] });
  return plan.answers;
}

/** Lets a run start that has gathered long enough. Safe to repeat, and to come too early. */
export async function releaseArrival(pool: pg.Pool, runId: string): Promise<void> {
  await pool.query({ ...releaseDue, values: [runId] });
}

/** Forgets keys nothing has come for in a long time. */
export async function forgetArrivals(pool: pg.Pool): Promise<void> {
  await pool.query(forget);
}

interface LockedRow {
  workflow_id: string;
  control: ArrivalRow["control"];
  key_hash: Buffer;
  workspace_id: string;
  run_id: string | null;
  state: string | null;
  expires_ms: number;
}

async function learn(client: pg.ClientBase, items: readonly ArrivingEvent[]): Promise<Knowledge> {
  const fresh = new Map(items.flatMap(freshRows).map((row) => [rowName(row), row]));
  const asked = [...fresh.values()];
  const { rows: locked } = await client.query<LockedRow>({
    ...lockArrivals,
    values: [
      asked.map((row) => row.workflowId),
      asked.map((row) => row.control),
      asked.map((row) => row.keyHash),
      asked.map((row) => row.workspaceId),
    ],
  });
  const rows = new Map(locked.map(toRow).map((row) => [rowName(row), row]));
  const owners = await claimDuplicateKeys(client, items);
  const cancels = new Set(items.filter(({ arrival }) => arrival?.singleton?.mode === "cancel-running").map(({ workflowId }) => workflowId));
  const [touched, named] = [new Set<string>(), new Set<string>()];
  for (const row of rows.values()) {
    if (row.runId === null || row.control === "limit") continue;
    if (row.control === "gather" || cancels.has(row.workflowId)) touched.add(row.runId);
    else named.add(row.runId);
  }
  const { rows: looked } = await client.query<{ now_ms: number; id: string | null; unfinished: boolean; gathers: boolean }>({
    ...lookAtRuns,
    values: [[...named], [...touched]],
  });
  const runs = new Map(looked.flatMap(({ id, unfinished, gathers }) => (id === null ? [] : [[id, { unfinished, gathers }] as const])));
  return { now: looked[0]?.now_ms ?? Date.now(), rows, runs, owners };
}

function toRow(row: LockedRow): ArrivalRow {
  const state = row.state === null ? null : JSON.parse(row.state);
  return {
    workflowId: row.workflow_id,
    workspaceId: row.workspace_id,
    control: row.control,
    keyHash: row.key_hash,
    runId: row.run_id,
    gathered: row.control === "gather" ? state : null,
    passed: row.control === "limit" && state !== null ? state : [],
    expiresAtMs: row.expires_ms,
  };
}

async function claimDuplicateKeys(client: pg.ClientBase, items: readonly ArrivingEvent[]): Promise<Knowledge["owners"]> {
  const first = new Map<string, ArrivingEvent>();
  for (const item of items) {
    const name = dedupeName(item);
    if (name !== null && !first.has(name)) first.set(name, item);
  }
  if (first.size === 0) return new Map();
  const keyed = [...first.values()];
  const { rows } = await client.query<{ trigger_id: string; key_hash: Buffer; run_id: string; event_id: string; body_hash: Buffer }>({
    ...claimKeys,
    values: [
      keyed.map((item) => item.triggerId ?? item.workflowId),
      keyed.map((item) => item.keyHash),
      keyed.map((item) => item.runId),
      keyed.map((item) => item.eventId),
      keyed.map((item) => item.dedupe?.bodyHash),
      keyed.map((item) => item.dedupe?.ttlMs),
    ],
  });
  return new Map(
    rows.map((row) => [
      `${row.trigger_id} ${row.key_hash.toString("hex")}`,
      { runId: row.run_id, eventId: row.event_id, bodyHash: row.body_hash },
    ]),
  );
}

async function openRuns<Item extends ArrivingEvent>(
  client: pg.ClientBase,
  plan: ArrivalPlan<Item>,
  storeRuns: StoreRuns<Item>,
): Promise<void> {
  const opened = [...plan.runs].map(([runId, run]) => ({ runId, ...run }));
  if (opened.length === 0) return;
  await storeRuns(
    client,
    opened.map(({ runId, item, eventId, gathers }) => {
      const stored = { ...item, runId, eventId, keyHash: null };
      if (gathers === null) return stored;
      const gate = { limit: item.gate?.limit ?? null, blocks: item.gate?.blocks ?? false, orderKey: placeholder };
      const runDeadlineMs = item.runDeadlineMs + (item.arrival?.gather?.timeoutMs ?? 0);
      return { ...stored, gate, runDeadlineMs, ...(gathers === "batch" ? { data: '{"items":[]}', dedupe: null } : {}) };
    }),
  );
  const gathering = opened.filter(({ gathers }) => gathers !== null);
  if (gathering.length === 0) return;
  const values = [
    gathering.map(({ runId }) => runId),
    gathering.map(({ item }) => item.gate?.orderKey ?? null),
    gathering.map(({ gathers, eventId }) => (gathers === "batch" ? eventId : null)),
    gathering.map(() => newId()),
  ];
  await client.query({ ...holdGathering, values });
}

async function storeEvents<Item extends ArrivingEvent>(client: pg.ClientBase, plan: ArrivalPlan<Item>): Promise<void> {
  const events = [...plan.events.values()];
  if (events.length === 0) return;
  const values = [
    events.map(({ id }) => id),
    events.map(({ item }) => item.workspaceId),
    events.map(({ item }) => item.workflowId),
    events.map(({ item }) => item.triggerId),
    events.map(({ outcome }) => outcome),
    events.map(({ reason }) => reason),
    events.map(({ item }) => item.dedupe?.key ?? null),
    events.map(({ runId }) => runId),
    events.map(({ item }) => item.data),
    events.map(({ item, outcome }) => (outcome !== "duplicate" && item.data.length > inlineLength ? newId() : null)),
  ];
  await client.query({ ...putEvents, values });
}

async function turn<Item extends ArrivingEvent>(client: pg.ClientBase, plan: ArrivalPlan<Item>): Promise<void> {
  if (plan.turned.size === 0) return;
  const turned = [...plan.turned].map(([runId, newer]) => ({ runId, ...newer }));
  const values = [
    turned.map(({ runId }) => runId),
    turned.map(({ eventId }) => eventId),
    turned.map(({ item }) => item.documentId),
    turned.map(({ item }) => item.version),
    turned.map(({ item }) => item.triggerId),
    turned.map(({ item }) => item.triggerType),
    turned.map(({ item }) => item.triggerNodeId),
    turned.map(({ item }) => item.gate?.orderKey ?? null),
    plan.superseded,
  ];
  await client.query({ ...turnGathering, values });
  await putRunAttributes(
    client,
    turned.map(({ runId, item }) => ({ ...item, runId })),
  );
}

async function settleRows<Item extends ArrivingEvent>(
  client: pg.ClientBase,
  items: readonly Item[],
  plan: ArrivalPlan<Item>,
  known: Knowledge,
): Promise<void> {
  const rows = [...known.rows.values()];
  const moved = items.flatMap((item, index) => {
    const answer = plan.answers[index];
    return answer && !answer.duplicate && item.keyHash !== null && answer.runId !== item.runId ? [{ item, runId: answer.runId }] : [];
  });
  const values = [
    rows.map((row) => row.workflowId),
    rows.map((row) => row.control),
    rows.map((row) => row.keyHash),
    rows.map((row) => row.runId),
    rows.map((row) => row.gathered?.dueAtMs ?? null),
    rows.map((row) => (row.control === "gather" ? toText(row.gathered) : row.control === "limit" ? JSON.stringify(row.passed) : null)),
    rows.map((row) => row.expiresAtMs),
    plan.items.map(({ runId }) => runId),
    plan.items.map(({ eventId }) => eventId),
    plan.items.map(({ place }) => place),
    moved.map(({ item }) => item.triggerId ?? item.workflowId),
    moved.map(({ item }) => item.keyHash),
    moved.map(({ runId }) => runId),
  ];
  await client.query({ ...settle, values });
}

function toText(gathered: ArrivalRow["gathered"]): string | null {
  return gathered === null ? null : JSON.stringify(gathered);
}

async function giveWay<Item extends ArrivingEvent>(client: pg.ClientBase, { canceled }: ArrivalPlan<Item>): Promise<void> {
  if (canceled.size === 0) return;
  for (const [workspaceId, runs] of Map.groupBy(canceled, ([, run]) => run.workspaceId)) {
    await client.query({ ...cancelRuns, values: [runs.map(([runId]) => runId), workspaceId] });
  }
  await client.query({ ...markGivenWay, values: [[...canceled.keys()]] });
}

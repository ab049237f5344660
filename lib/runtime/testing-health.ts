import { pino } from "pino";
import type { Db } from "#lib/db/db.ts";
import { createTestWorkspace } from "#lib/db/testing.ts";
import { bucketId } from "#lib/policies/throttle-buckets.ts";
import type { HealthKind } from "#lib/shared/health-kinds.ts";
import { newId } from "#lib/shared/ids.ts";
import { keepHealth } from "./health-keeper.ts";

/* All the trouble there can be, made by hand in the tables where the engine leaves it. */

/** Makes a kind of trouble, and ends it. */
interface Trouble {
  title: string;
  about: object;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

let db: Db;
export let workspaceId: string;
export let connectionId: string;
export let workflowId: string;
export let triggerId: string;
let documentId: string;
let breaker: string;
let budget: string;

/** From now on all is about a new workspace, with a connection and a workflow. */
export async function enterNewWorkspace(inDb: Db): Promise<void> {
  db = inDb;
  ({ workspaceId } = await createTestWorkspace(db));
  [connectionId, workflowId, documentId, triggerId, breaker, budget] = [newId(), newId(), newId(), newId(), newId(), newId()];
  await query("INSERT INTO connection (id, workspace_id, name, kind) VALUES ($1, $2, 'Acme CRM', 'none')", connectionId, workspaceId);
  await query("INSERT INTO workflow (id, workspace_id, name, draft) VALUES ($1, $2, 'Orders', '{}')", workflowId, workspaceId);
  const document = JSON.stringify({ nodes: [{ id: "call", connectionId }] });
  const put = "INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document) VALUES ($1, $2, $3, 'x', $4)";
  await query(put, documentId, workspaceId, workflowId, document);
}

export async function query(text: string, ...values: unknown[]) {
  return (await db.pool.query(text, values)).rows;
}

/** Two workers look at the same moment. */
export async function look(): Promise<void> {
  const keep = () => keepHealth({ pool: db.pool, logger: pino({ level: "silent" }) });
  await Promise.all([keep(), keep()]);
}

/** As if all that is known of the workspace's issues and schedules had been so much earlier. */
export async function pass(ms: number): Promise<void> {
  const back = "last_seen_at = last_seen_at - $2 * interval '1 ms', opened_at = opened_at - $2 * interval '1 ms'";
  await query(`UPDATE issue SET ${back} WHERE workspace_id = $1`, workspaceId, ms);
  const fired = "scheduled_for = scheduled_for - $2 * interval '1 ms', created_at = created_at - $2 * interval '1 ms'";
  await query(`UPDATE schedule_fire SET ${fired} WHERE trigger_id = $1`, triggerId, ms);
}

export async function issue() {
  const [found, ...others] = await query(
    "SELECT id, type, title, status, count, regressed, escalating, episode, workflow_id, node_id, connection_id FROM issue WHERE workspace_id = $1",
    workspaceId,
  );
  if (others.length > 0) throw new Error(`${others.length + 1} issues`);
  return found;
}

export async function told(): Promise<string[]> {
  const rows = await query("SELECT kind FROM issue_notification WHERE workspace_id = $1 ORDER BY episode, at", workspaceId);
  return rows.map((row) => row.kind);
}

export async function run(mode = "live"): Promise<string> {
  const id = newId();
  await query(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, mode, status, trigger_type, trigger_node_id, event_id)
     VALUES ($1, $2, $3, $4, $5, 'queued', 'manual', 'start', $1)`,
    id,
    workspaceId,
    workflowId,
    documentId,
    mode,
  );
  return id;
}

export const guarded = (id: string, host: string | null, connection: string | null = connectionId) =>
  query(
    "INSERT INTO guard_place VALUES ($1, $2, $3, 'call', $4, $5) ON CONFLICT DO NOTHING",
    id,
    workspaceId,
    workflowId,
    connection,
    host,
  );

/** A breaker that opened some minutes ago, and again since. */
export async function openBreaker(id: string, minutes: number): Promise<void> {
  await query(
    `INSERT INTO breaker (id, workspace_id, state, gen, opens, open_until, changed_at) VALUES ($1, $2, 'open', 4, 2, now() + interval '1 minute', now())
     ON CONFLICT (id) DO UPDATE SET state = 'open', opens = 2`,
    id,
    workspaceId,
  );
  await query("DELETE FROM breaker_opening WHERE breaker_id = $1", id);
  for (const ago of [minutes + 60, minutes, 0])
    await query("INSERT INTO breaker_opening VALUES ($1, now() - $2 * interval '1 minute') ON CONFLICT DO NOTHING", id, ago);
}

export async function waitFor(bucket: string, { minutes = 11, priority = 0, mode = "live" } = {}): Promise<string> {
  const [runId, stepId] = [await run(mode), newId()];
  await query(
    "INSERT INTO step (run_id, node_id, id, workspace_id, status, wait_reason, wake_at, created_at) VALUES ($1, 'call', $2, $3, 'waiting', 'throttle', now(), now())",
    runId,
    stepId,
    workspaceId,
  );
  await query(
    `INSERT INTO throttle_wait (holder, workspace_id, bucket_id, queued_at, wake_at, run_id, priority)
     VALUES ($1, $2, $3, now() - ($4 + 5 * $5::int) * interval '1 minute', now() + interval '1 minute', $6, $5)`,
    stepId,
    workspaceId,
    bucket,
    minutes,
    priority,
    runId,
  );
  return stepId;
}

export async function dueJob(runId: string, minutes: number): Promise<void> {
  await query(
    "SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), run_at => now() - $2 * interval '1 minute', job_key => 'run:' || $1, priority => $3)",
    runId,
    minutes,
    Math.floor(Math.random() * 3) - 1,
  );
}

export async function loseWorker(): Promise<void> {
  await query(
    "INSERT INTO worker (id, host, pid, version, concurrency, stopped_at) VALUES ($1, 'box', 1, 'x', 1, clock_timestamp())",
    newId(),
  );
}

export async function schedule(next: string): Promise<void> {
  await query(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, next_fire_at) VALUES ($1, $2, $3, 'tick', 'schedule', now() + $4::interval)`,
    triggerId,
    workspaceId,
    workflowId,
    next,
  );
}

export async function fire(outcome: string, ago: string): Promise<void> {
  await query("INSERT INTO schedule_fire VALUES ($1, now() - $3::interval, NULL, $2, now() - $3::interval)", triggerId, outcome, ago);
}

/** A webhook that expects an event that often, published so long ago, and the events there were are as old. */
export async function expectEvents(everyMs: number | null, publishedAgo: string): Promise<void> {
  await query("DELETE FROM event WHERE trigger_id = $1", triggerId);
  await query(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, updated_at)
     VALUES ($1, $2, $3, 'hook', 'webhook', $4, now() - $5::interval) ON CONFLICT DO NOTHING`,
    triggerId,
    workspaceId,
    workflowId,
    JSON.stringify(everyMs === null ? {} : { expectEveryMs: everyMs }),
    publishedAgo,
  );
}

export async function takeEvent(outcome: string): Promise<void> {
  const put = "INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome) VALUES ($1, $2, $3, $4, $5)";
  await query(put, newId(), workspaceId, workflowId, triggerId, outcome);
}

export const troubles: Record<HealthKind, Trouble> = {
  breaker_open: {
    title: "Calls to api.acme.test keep failing, and are held back",
    about: { workflow: null, node: null, connection: true },
    begin: async () => {
      await guarded(breaker, "api.acme.test");
      await openBreaker(breaker, 3);
    },
    end: () => query("UPDATE breaker SET state = 'closed', opens = 0 WHERE id = $1", breaker),
  },
  retry_budget_exhausted: {
    title: "Retries through Acme CRM wait longer than a minute: too many calls fail",
    about: { workflow: null, node: null, connection: true },
    begin: async () => {
      await guarded(budget, null);
      await query(
        "INSERT INTO retry_budget VALUES ($1, $2, -90, 5, now()) ON CONFLICT (id) DO UPDATE SET tokens = -90",
        budget,
        workspaceId,
      );
    },
    end: () => query("UPDATE retry_budget SET tokens = 3 WHERE id = $1", budget),
  },
  throttle_backlog: {
    title: "Calls through Acme CRM wait longer than 10 minutes for their limit",
    about: { workflow: null, node: null, connection: true },
    begin: () => waitFor(bucketId(workspaceId, "connection", connectionId)),
    end: () => query("DELETE FROM throttle_wait WHERE workspace_id = $1", workspaceId),
  },
  missed_schedule: {
    title: "The schedule of Orders did not start at its time",
    about: { workflow: true, node: "tick", connection: null },
    begin: async () => {
      if ((await query("SELECT FROM workflow_trigger WHERE id = $1", triggerId)).length === 0) await schedule("1 hour");
      await fire("missed", `${121 + Math.random()} seconds`);
    },
    end: () => fire("fired", `${Math.random()} seconds`),
  },
  queue_latency: {
    title: "Runs wait longer than 10 minutes for a free worker",
    about: { workflow: null, node: null, connection: null },
    begin: async () => dueJob(await run(), 11),
    end: () => query("SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker._private_jobs"),
  },
  worker_lost: {
    title: "A worker was lost, and its runs were taken over by others",
    about: { workflow: null, node: null, connection: null },
    begin: loseWorker,
    end: () => query("UPDATE worker SET stopped_at = stopped_at - interval '1 hour'"),
  },
  no_events: {
    title: "No event has come to Orders for longer than expected",
    about: { workflow: true, node: "hook", connection: null },
    begin: () => expectEvents(60_000, "3 minutes"),
    end: () => takeEvent("accepted"),
  },
};

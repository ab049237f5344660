import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { healthRules, isExhausted, isOutage, missedTimes } from "#lib/policies/health.ts";
import { budgetDefaults } from "#lib/policies/retry-budget.ts";
import { bucketId, policyBucketId } from "#lib/policies/throttle-buckets.ts";
import type { HealthKind } from "#lib/shared/health-kinds.ts";

const openBreakers = statement(new URL("./sql/open-breakers.sql", import.meta.url));
const usedUpBudgets = statement(new URL("./sql/used-up-budgets.sql", import.meta.url));
const throttleBacklogs = statement(new URL("./sql/throttle-backlogs.sql", import.meta.url));
const missedSchedules = statement(new URL("./sql/missed-schedules.sql", import.meta.url));
const lateRuns = statement(new URL("./sql/late-runs.sql", import.meta.url));
const noEvents = statement(new URL("./sql/no-events.sql", import.meta.url));
const lostWorkers = statement(new URL("./sql/lost-workers.sql", import.meta.url));

/** Something that is not as it should be. */
export interface HealthFact {
  kind: HealthKind;
  workspaceId: string;
  /** What it is about, for its fingerprint: facts of one kind about the same are one issue. */
  about: readonly string[];
  /** The same for its title. */
  subject: string;
  workflowId: string | null;
  nodeId: string | null;
  connectionId: string | null;
  /** When it was last so, Unix ms of the database. */
  seenAtMs: number;
  /** Of what happens at times: when it did. Empty for a state. */
  times: readonly number[];
}

interface PlaceRow {
  workspace_id: string;
  workflow_id: string;
  node_id: string;
  connection_id: string | null;
  connection_name: string | null;
  now_ms: number;
}

interface BreakerRow extends PlaceRow {
  host: string;
  since_ms: number;
  changed_ms: number;
  open_until_ms: number | null;
}

/** Breakers that keep calls back. */
export async function brokenRemotes(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<BreakerRow>(openBreakers);
  return rows
    .filter((row) => isOutage({ sinceMs: row.since_ms, changedAtMs: row.changed_ms, openUntilMs: row.open_until_ms, now: row.now_ms }))
    .map((row) => ({ ...placed("breaker_open", row, [row.host]), subject: row.host || "a remote" }));
}

/** Remotes whose calls fail so often that retries pile up. */
export async function exhaustedBudgets(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<PlaceRow & { workflow_name: string; tokens: number; updated_ms: number }>(usedUpBudgets);
  const { perSecond } = budgetDefaults;
  return rows
    .filter((row) => isExhausted({ tokens: row.tokens, updatedAtMs: row.updated_ms, perSecond, now: row.now_ms }))
    .map((row) => ({ ...placed("retry_budget_exhausted", row, []), subject: throughWords(row.connection_name, row.workflow_name) }));
}

interface BacklogRow {
  bucket_id: string;
  workspace_id: string;
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  document: string;
  learned: { connectionId: string; policy: string }[];
  now_ms: number;
}

/** Limits under which calls have waited for too long. */
export async function backlogs(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<BacklogRow>({ ...throttleBacklogs, values: [healthRules.throttle_backlog.opensAfterMs] });
  const limited = rows.map((row) => ({ row, connectionId: connectionOf(row) }));
  const ids = limited.flatMap(({ connectionId }) => connectionId ?? []);
  const names = new Map<string, string>();
  if (ids.length > 0) {
    const found = await pool.query<{ id: string; name: string }>("SELECT id, name FROM connection WHERE id = ANY ($1::uuid[])", [ids]);
    for (const { id, name } of found.rows) names.set(id, name);
  }
  return limited.map(({ row, connectionId }) => {
    const name = connectionId === null ? null : (names.get(connectionId) ?? null);
    const place = { ...row, connection_id: connectionId, connection_name: name };
    return { ...placed("throttle_backlog", place, []), subject: throughWords(name, row.workflow_name) };
  });
}

/** The connection whose own limit it is; null for a limit of the step, or of one key of it. */
function connectionOf({ bucket_id, workspace_id, node_id, document, learned }: BacklogRow): string | null {
  const { nodes } = JSON.parse(document) as { nodes: { id: string; connectionId?: string | null }[] }; // safe because it was published
  const connectionId = nodes.find((node) => node.id === node_id)?.connectionId ?? null;
  if (connectionId === null) return null;
  const at = { workspaceId: workspace_id, connectionId, key: null };
  const own = [
    bucketId(workspace_id, "connection", connectionId),
    bucketId(workspace_id, "connection-pool", connectionId),
    ...learned.filter((each) => each.connectionId === connectionId).map(({ policy }) => policyBucketId(at, { policy, partitioned: false })),
  ];
  return own.includes(bucket_id) ? connectionId : null;
}

interface ScheduleRow {
  id: string;
  workspace_id: string;
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  missed_ms: number[];
  overdue_ms: number | null;
  now_ms: number;
}

/** Schedules that did not start what they should have. */
export async function missedStarts(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<ScheduleRow>(missedSchedules);
  return rows.flatMap((row) => {
    const times = missedTimes({ missedAtMs: row.missed_ms, overdueMs: row.overdue_ms, now: row.now_ms });
    if (times.length === 0) return [];
    const { workspace_id: workspaceId, workflow_id: workflowId, node_id: nodeId, workflow_name: name, now_ms: seenAtMs } = row;
    const subject = `of ${name}`;
    return [
      { kind: "missed_schedule" as const, workspaceId, about: [row.id], subject, workflowId, nodeId, connectionId: null, seenAtMs, times },
    ];
  });
}

/** Triggers that were to have events and have none. */
export async function silentTriggers(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<Omit<ScheduleRow, "missed_ms" | "overdue_ms">>(noEvents);
  return rows.map((row) => ({
    kind: "no_events",
    workspaceId: row.workspace_id,
    about: [row.id],
    subject: row.workflow_name,
    workflowId: row.workflow_id,
    nodeId: row.node_id,
    connectionId: null,
    seenAtMs: row.now_ms,
    times: [],
  }));
}

/** Runs that nobody takes, of a whole workspace: what is missing is workers. */
export async function lateStarts(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<{ workspace_id: string; now_ms: number }>({
    ...lateRuns,
    values: [healthRules.queue_latency.opensAfterMs],
  });
  return rows.map((row) => ({ ...ofWorkspace("queue_latency", row.workspace_id), seenAtMs: row.now_ms, times: [] }));
}

/** Workers that died lately. */
export async function lostProcesses(pool: pg.Pool): Promise<HealthFact[]> {
  const { rows } = await pool.query<{ workspace_id: string; lost_ms: number[] }>({
    ...lostWorkers,
    values: [healthRules.worker_lost.calmMs],
  });
  return rows.map((row) => ({
    ...ofWorkspace("worker_lost", row.workspace_id),
    seenAtMs: Math.max(...row.lost_ms),
    times: row.lost_ms,
  }));
}

function ofWorkspace(kind: HealthKind, workspaceId: string): Omit<HealthFact, "seenAtMs" | "times"> {
  return { kind, workspaceId, about: [], subject: "", workflowId: null, nodeId: null, connectionId: null };
}

/** Of a connection all workflows share it, and none is to blame; else it is of one step. */
function placed(kind: HealthKind, row: PlaceRow, about: readonly string[]): Omit<HealthFact, "subject"> {
  const shared = row.connection_id !== null;
  return {
    kind,
    workspaceId: row.workspace_id,
    about: shared ? [row.connection_id ?? "", ...about] : [row.workflow_id, row.node_id, ...about],
    workflowId: shared ? null : row.workflow_id,
    nodeId: shared ? null : row.node_id,
    connectionId: row.connection_id,
    seenAtMs: row.now_ms,
    times: [],
  };
}

function throughWords(connection: string | null, workflow: string): string {
  return connection === null ? `of a step of ${workflow}` : `through ${connection}`;
}

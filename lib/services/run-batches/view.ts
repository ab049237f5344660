import type { RunBatchView } from "#lib/shared/run-batch-types.ts";
import { readJsonObject } from "../json-column.ts";

export interface RunBatchRow {
  id: string;
  action: RunBatchView["action"];
  name: string;
  selection: string;
  version: RunBatchView["version"];
  keys: RunBatchView["keys"];
  rate_per_second: number;
  item_order: RunBatchView["order"];
  stop_after_failures: number | null;
  status: RunBatchView["status"];
  status_reason: string | null;
  total: number;
  actor: string;
  created_at: Date;
  finished_at: Date | null;
  waiting: number;
  running: number;
  succeeded: number;
  failed: number;
  skipped: number;
}

/** The columns of RunBatchRow, of `run_batch b`. The counts are of its items as they stand, so they add up to the total. */
export const runBatchColumns = `b.id, b.action, b.name, b.selection, b.version, b.keys, b.rate_per_second, b.item_order, b.stop_after_failures, b.status,
  b.status_reason, b.total, coalesce(u.name, 'token ' || t.name, concat_ws(' ', b.actor_type, b.actor_id)) AS actor, b.created_at, b.finished_at,
  p.waiting, p.running, p.succeeded, p.failed, p.skipped`;

export const runBatchTables = `run_batch b
  LEFT JOIN auth_user u ON b.actor_type = 'user' AND u.id = b.actor_id
  LEFT JOIN api_token t ON b.actor_type = 'token' AND t.id::text = b.actor_id AND t.workspace_id = b.workspace_id
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE i.state = 'waiting')::int AS waiting, count(*) FILTER (WHERE i.state = 'running')::int AS running,
      count(*) FILTER (WHERE i.state = 'succeeded')::int AS succeeded, count(*) FILTER (WHERE i.state = 'failed')::int AS failed,
      count(*) FILTER (WHERE i.state = 'skipped')::int AS skipped
    FROM run_batch_item i WHERE i.batch_id = b.id) p`;

/** A bulk replay or cancel as the API shows it. */
export function toRunBatchView(row: RunBatchRow): RunBatchView {
  const { total, waiting, running, succeeded, failed, skipped } = row;
  return {
    id: row.id,
    action: row.action,
    name: row.name,
    selection: readJsonObject(row.selection),
    version: row.version,
    keys: row.keys,
    ratePerSecond: row.rate_per_second,
    order: row.item_order,
    stopAfterFailures: row.stop_after_failures,
    status: row.status,
    statusReason: row.status_reason,
    progress: { total, waiting, running, succeeded, failed, skipped },
    remainingMs: row.finished_at === null ? Math.round((waiting / row.rate_per_second) * 1_000) : 0,
    createdBy: row.actor,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

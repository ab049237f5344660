import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { readJsonObject } from "../json-column.ts";

export interface RedriveRow {
  id: string;
  act: RedriveView["act"];
  reason: string | null;
  edit: string | null;
  name: string;
  filter: string;
  rate_per_second: number;
  item_order: RedriveView["order"];
  canary: number;
  stop_after_failures: number | null;
  status: RedriveView["status"];
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

/** The columns of RedriveRow, of `redrive r`. The counts are of its items as they stand, so they add up to the total. */
export const redriveColumns = `r.id, r.act, r.reason, r.edit, r.name, r.filter, r.rate_per_second, r.item_order, r.canary, r.stop_after_failures, r.status, r.status_reason, r.total,
  coalesce(u.name, 'token ' || t.name, concat_ws(' ', r.actor_type, r.actor_id)) AS actor, r.created_at, r.finished_at,
  p.waiting, p.running, p.succeeded, p.failed, p.skipped`;

export const redriveTables = `redrive r
  LEFT JOIN auth_user u ON r.actor_type = 'user' AND u.id = r.actor_id
  LEFT JOIN api_token t ON r.actor_type = 'token' AND t.id::text = r.actor_id AND t.workspace_id = r.workspace_id
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE i.state = 'waiting')::int AS waiting, count(*) FILTER (WHERE i.state = 'running')::int AS running,
      count(*) FILTER (WHERE i.state = 'succeeded')::int AS succeeded, count(*) FILTER (WHERE i.state = 'failed')::int AS failed,
      count(*) FILTER (WHERE i.state = 'skipped')::int AS skipped
    FROM redrive_item i WHERE i.redrive_id = r.id) p`;

/** A bulk redrive as the API shows it. */
export function toRedriveView(row: RedriveRow): RedriveView {
  const leftMs = (row.waiting / row.rate_per_second) * 1_000;
  return {
    id: row.id,
    act: row.act,
    reason: row.reason,
    edit: row.edit === null ? null : (JSON.parse(row.edit) as RedriveView["edit"]), // safe because the schema checked it
    name: row.name,
    filter: readJsonObject(row.filter),
    ratePerSecond: row.rate_per_second,
    order: row.item_order,
    canary: row.canary,
    stopAfterFailures: row.stop_after_failures,
    status: row.status,
    statusReason: row.status_reason,
    progress: {
      total: row.total,
      waiting: row.waiting,
      running: row.running,
      succeeded: row.succeeded,
      failed: row.failed,
      skipped: row.skipped,
    },
    remainingMs: row.finished_at === null ? Math.round(leftMs) : 0,
    createdBy: row.actor,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

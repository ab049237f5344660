import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readRedrive } from "./get-redrive.ts";

const lock = "SELECT status FROM redrive WHERE id = $1 AND workspace_id = $2 FOR UPDATE";
const wake = `SELECT graphile_worker.add_job('redrive', json_build_object('redriveId', $1::uuid), job_key => 'redrive:' || $1::uuid),
  pg_notify('sluice_run', json_build_object('w', $2::uuid, 'k', 'redrive', 'i', json_build_array($1::uuid))::text)`;

const changes = {
  pause: {
    from: ["running"],
    to: "paused",
    sql: "UPDATE redrive SET status = 'paused', status_reason = 'by hand' WHERE id = $1",
  },
  resume: {
    from: ["paused"],
    to: "running",
    // Whoever lets it go on has seen how the canary and the failures so far turned out.
    sql: `UPDATE redrive r SET status = 'running', status_reason = NULL, next_at = greatest(next_at, clock_timestamp()),
      canary_passed = canary_passed OR status_reason IS NOT DISTINCT FROM 'canary_failed',
      failures_base = (SELECT count(*) FROM redrive_item i WHERE i.redrive_id = r.id AND i.state = 'failed') WHERE id = $1`,
  },
  cancel: {
    from: ["running", "paused"],
    to: "canceled",
    // What is under way goes on to its end and is counted; the rest stays in the inbox.
    sql: `WITH left_out AS (UPDATE redrive_item SET state = 'skipped', reason = 'aborted' WHERE redrive_id = $1 AND state = 'waiting')
      UPDATE redrive SET status = 'canceled', status_reason = 'by hand' WHERE id = $1`,
  },
} as const;

export type RedriveChange = keyof typeof changes;

/** Pauses a bulk redrive, lets it go on, or ends it. Throws `not_found`, or `conflict` when it is not in the state for it. */
export async function changeRedrive({ ctx, input }: { ctx: Context; input: { id: string; change: RedriveChange } }): Promise<RedriveView> {
  authorize(ctx.actor, "issues:write");
  const { from, to, sql } = changes[input.change];
  await inTransaction(ctx.db.pool, async (client) => {
    const before = await statusOf(client, ctx, input.id);
    if (!from.some((status) => status === before)) throw new AppError("conflict", `this bulk redrive is ${before} already`);
    await client.query(sql, [input.id]);
    await client.query(wake, [input.id, ctx.workspaceId]);
    const details = { before: { status: before }, after: { status: to } };
    await putAuditRow(client, auditRow(ctx, { action: `redrive.${to}`, entityType: "redrive", entityId: input.id, details }));
  });
  return readRedrive(ctx, input.id);
}

async function statusOf(client: pg.ClientBase, ctx: Context, id: string): Promise<string> {
  const { rows } = await client.query<{ status: string }>(lock, [id, ctx.workspaceId]);
  if (rows[0] === undefined) throw new AppError("not_found", "there is no such bulk redrive");
  return rows[0].status;
}

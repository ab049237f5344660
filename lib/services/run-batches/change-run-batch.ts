import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";
import { auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readRunBatch } from "./get-run-batch.ts";

const lock = "SELECT status FROM run_batch WHERE id = $1 AND workspace_id = $2 FOR UPDATE";
const wake = `SELECT graphile_worker.add_job('run-batch', json_build_object('batchId', $1::uuid), job_key => 'run-batch:' || $1::uuid),
  pg_notify('sluice_run', json_build_object('w', $2::uuid, 'k', 'run-batch', 'i', json_build_array($1::uuid))::text)`;

const changes = {
  pause: {
    from: ["running"],
    to: "paused",
    sql: "UPDATE run_batch SET status = 'paused', status_reason = 'by hand' WHERE id = $1",
  },
  resume: {
    from: ["paused"],
    to: "running",
    // Whoever lets it go on has seen the failures so far.
    sql: `UPDATE run_batch b SET status = 'running', status_reason = NULL, next_at = greatest(next_at, clock_timestamp()),
      failures_base = (SELECT count(*) FROM run_batch_item i WHERE i.batch_id = b.id AND i.state = 'failed') WHERE id = $1`,
  },
  cancel: {
    from: ["running", "paused"],
    to: "canceled",
    // What is under way goes on to its end and is counted; the rest is left as it is.
    sql: `WITH left_out AS (UPDATE run_batch_item SET state = 'skipped', reason = 'aborted' WHERE batch_id = $1 AND state = 'waiting')
      UPDATE run_batch SET status = 'canceled', status_reason = 'by hand' WHERE id = $1`,
  },
} as const;

export type RunBatchChange = keyof typeof changes;

/** Pauses a bulk replay or cancel, lets it go on, or ends it. Throws `not_found`, or `conflict` when it is not in the state for it. */
export async function changeRunBatch({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string; change: RunBatchChange };
}): Promise<RunBatchView> {
  authorize(ctx.actor, "runs:write");
  const { from, to, sql } = changes[input.change];
  await inTransaction(ctx.db.pool, async (client) => {
    const before = await statusOf(client, ctx, input.id);
    if (!from.some((status) => status === before)) throw new AppError("conflict", `it is ${before} already`);
    await client.query(sql, [input.id]);
    await client.query(wake, [input.id, ctx.workspaceId]);
    const details = { before: { status: before }, after: { status: to } };
    await putAuditRow(client, auditRow(ctx, { action: `run_batch.${to}`, entityType: "run_batch", entityId: input.id, details }));
  });
  return readRunBatch(ctx, input.id);
}

async function statusOf(client: pg.ClientBase, ctx: Context, id: string): Promise<string> {
  const { rows } = await client.query<{ status: string }>(lock, [id, ctx.workspaceId]);
  if (rows[0] === undefined) throw new AppError("not_found", "there is no such bulk replay or cancel");
  return rows[0].status;
}

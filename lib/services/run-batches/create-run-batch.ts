import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import type { BulkOrder } from "#lib/shared/bulk-order.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { selectRunIds } from "../runs/select-run-ids.ts";
import { orderDirections } from "../schemas.ts";
import { obstacleSql } from "./eligible.ts";
import { readRunBatch } from "./get-run-batch.ts";
import { maxItems } from "./plan-run-batch.ts";
import type { CreateRunBatchInput } from "./schemas.ts";

/** Unfinished ones, in a workspace. */
const maxLive = 10;

const countLive = "SELECT count(*)::int AS live FROM run_batch WHERE workspace_id = $1 AND finished_at IS NULL";

/** Ids sort by time. */
const insertBatch = (order: BulkOrder) => `
  WITH picked AS (
    SELECT r.id, ${obstacleSql} AS obstacle, row_number() OVER (ORDER BY r.id ${orderDirections[order]}) AS position
    FROM run r JOIN workflow w ON w.id = r.workflow_id WHERE r.id = ANY ($3::uuid[]) AND r.workspace_id = $4
  ),
  put AS (
    INSERT INTO run_batch (id, workspace_id, action, version, name, selection, keys, rate_per_second, stop_after_failures, total, actor_type, actor_id, item_order)
    SELECT $5::uuid, $4, $1, $2, $6, $7, $8, $9, $10, (SELECT count(*) FROM picked), $11, $12, $13
    WHERE EXISTS (SELECT FROM picked WHERE obstacle IS NULL)
    RETURNING id
  ),
  items AS (
    INSERT INTO run_batch_item (batch_id, position, run_id, state, reason)
    SELECT put.id, p.position, p.id, CASE WHEN p.obstacle IS NULL THEN 'waiting' ELSE 'skipped' END, p.obstacle FROM picked p, put
    RETURNING state
  ),
  enqueued AS (
    SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
      SELECT ('run-batch', json_build_object('batchId', id), NULL, NULL, NULL, 'run-batch:' || id, NULL, NULL)::graphile_worker.job_spec FROM put))
  )
  SELECT (SELECT count(*)::int FROM picked) AS total, (SELECT count(*)::int FROM items WHERE state = 'waiting') AS waiting FROM enqueued`;

/**
 * Starts a bulk replay or cancel of the runs that match now; what arrives later is not of it. Items, state and job are stored
 * together; workers do the rest.
 */
export async function createRunBatch({ ctx, input }: { ctx: Context; input: CreateRunBatchInput }): Promise<RunBatchView> {
  authorize(ctx.actor, "runs:write");
  const runIds = await selectRunIds(ctx, input.selection, maxItems + 1);
  if (runIds.length > maxItems) throw refused(`more than ${maxItems} runs match; narrow the filter, for example by time`);
  const id = newId();
  await inTransaction(ctx.db.pool, async (client) => {
    // Whoever makes another one at the same moment waits here, so that the limit holds.
    await client.query("SELECT FROM workspace WHERE id = $1 FOR NO KEY UPDATE", [ctx.workspaceId]);
    const { rows: live } = await client.query<{ live: number }>(countLive, [ctx.workspaceId]);
    if ((live[0]?.live ?? 0) >= maxLive)
      throw new AppError("conflict", `${maxLive} bulk replays and cancels are under way; wait for one or abort it`);
    const { total, waiting } = await insert(client, ctx, id, input, runIds);
    if (waiting === 0) throw refused(total === 0 ? "no run matches" : `none of these ${total} runs can be ${past[input.action]}`);
    const after = { total, waiting, ...input };
    const entry = {
      action: "run_batch.created",
      entityType: "run_batch",
      entityId: id,
      details: JSON.parse(JSON.stringify({ before: null, after })),
    };
    await putAuditRow(client, auditRow(ctx, entry));
  });
  return readRunBatch(ctx, id);
}

const past = { replay: "replayed", cancel: "canceled", move: "moved" } as const;

function refused(message: string): AppError {
  return new AppError("invalid_input", message, { problems: [{ path: "selection", message }] });
}

async function insert(client: pg.ClientBase, ctx: Context, id: string, input: CreateRunBatchInput, runIds: readonly string[]) {
  const { action, keys, name = "", ratePerSecond, order, stopAfterFailures = null, selection } = input;
  const version = action === "move" ? "live" : input.version;
  const { actorType, actorId } = actorColumns(ctx.actor);
  const own = [id, name, JSON.stringify(selection), keys, ratePerSecond, stopAfterFailures, actorType, actorId, order];
  const values = [action, version, runIds, ctx.workspaceId, ...own];
  const { rows } = await client.query<{ total: number; waiting: number }>(insertBatch(order), values);
  return rows[0] ?? { total: 0, waiting: 0 };
}

import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { orderDirections } from "../schemas.ts";
import { readRedrive } from "./get-redrive.ts";
import { type CreateRedriveInput, ownRate, type RedriveAct } from "./schemas.ts";
import { lettersOf } from "./select-letters.ts";

/** Unfinished ones, in a workspace. */
const maxLive = 10;
/** More would make every look at the progress slow. */
export const maxItems = 100_000;

const countLive = "SELECT count(*)::int AS live FROM redrive WHERE workspace_id = $1 AND status IN ('running', 'paused')";
const touchedIssues = `
  SELECT l.issue_id, count(*)::int AS items FROM redrive_item i JOIN dead_letter l ON l.id = i.dead_letter_id
  WHERE i.redrive_id = $1 AND i.state = 'waiting' GROUP BY l.issue_id`;
const logActivities = `
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT id, issue_id, $3, $4, $5, $7, details FROM unnest($1::uuid[], $2::uuid[], $6::text[]) AS t (id, issue_id, details)`;

const activities: Record<RedriveAct, string> = { redrive: "bulk_redriven", discard: "bulk_discarded", reopen: "bulk_brought_back" };

/**
 * Starts a bulk act on the items that match now; what arrives later is not of it. Items, state and job are stored together;
 * workers do the rest. Unknown outcomes are not redriven but listed as skipped: only a person may decide them.
 */
export async function createRedrive({ ctx, input }: { ctx: Context; input: CreateRedriveInput }): Promise<RedriveView> {
  authorize(ctx.actor, "issues:write");
  const id = newId();
  await inTransaction(ctx.db.pool, async (client) => {
    // Whoever makes another one at the same moment waits here, so that the limit holds.
    await client.query("SELECT FROM workspace WHERE id = $1 FOR NO KEY UPDATE", [ctx.workspaceId]);
    const { rows: live } = await client.query<{ live: number }>(countLive, [ctx.workspaceId]);
    if ((live[0]?.live ?? 0) >= maxLive)
      throw new AppError("conflict", `${maxLive} bulk redrives are under way; wait for one or cancel it`);
    const total = await insertRedrive(client, ctx, id, input);
    if (total === 0) throw nothingMatches(input.act);
    if (total > maxItems) throw new AppError("invalid_input", tooMany(total), { problems: [{ path: "filter", message: tooMany(total) }] });
    await logOnIssues(client, ctx, id, input);
    const details = { before: null, after: { ...input, total } };
    const entry = { action: "redrive.created", entityType: "redrive", entityId: id, details: JSON.parse(JSON.stringify(details)) };
    await putAuditRow(client, auditRow(ctx, entry));
  });
  return readRedrive(ctx, id);
}

function nothingMatches(act: RedriveAct): AppError {
  const message = act === "reopen" ? "no discarded item matches" : "no open item matches";
  return new AppError("invalid_input", message, { problems: [{ path: "filter", message }] });
}

function tooMany(total: number): string {
  return `${total} items match; one bulk redrive takes at most ${maxItems}: narrow the filter, for example by time`;
}

async function insertRedrive(client: pg.ClientBase, ctx: Context, id: string, input: CreateRedriveInput): Promise<number> {
  const where = lettersOf(ctx.workspaceId, input.filter, input.act);
  const n = where.values.length;
  const { actorType, actorId } = actorColumns(ctx.actor);
  const direction = orderDirections[input.order];
  const text = `
    WITH picked AS (
      SELECT l.id, l.kind = 'unknown_outcome' AND ${input.act === "redrive"} AS undecided, row_number() OVER (ORDER BY l.event_at ${direction}, l.id ${direction}) AS position
      FROM dead_letter l WHERE ${where.sql} LIMIT ${maxItems + 1}
    ),
    put AS (
      INSERT INTO redrive (id, workspace_id, name, filter, rate_per_second, canary, stop_after_failures, total, actor_type, actor_id, act, reason, edit, item_order)
      SELECT $${n + 1}::uuid, $1::uuid, $${n + 2}, $${n + 3}, $${n + 4}, $${n + 5}, $${n + 6}, (SELECT count(*) FROM picked), $${n + 7}, $${n + 8}, $${n + 9}, $${n + 10}, $${n + 11}, $${n + 12}
      RETURNING id, total
    ),
    items AS (
      INSERT INTO redrive_item (redrive_id, position, dead_letter_id, state, reason)
      SELECT put.id, p.position, p.id, CASE WHEN p.undecided THEN 'skipped' ELSE 'waiting' END,
        CASE WHEN p.undecided THEN 'its outcome is unknown: decide it' END
      FROM picked p, put
    ),
    enqueued AS (
      SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
        SELECT ('redrive', json_build_object('redriveId', id), NULL, NULL, NULL, 'redrive:' || id, NULL, NULL)::graphile_worker.job_spec FROM put))
    )
    SELECT put.total FROM put, enqueued`;
  const filter = JSON.stringify(input.filter);
  const edit = input.edit === undefined ? null : JSON.stringify(input.edit);
  const { act, name = "", ratePerSecond = ownRate, canary, stopAfterFailures = null, reason = null } = input;
  const own = [id, name, filter, ratePerSecond, canary, stopAfterFailures, actorType, actorId, act, reason, edit, input.order];
  const { rows } = await client.query<{ total: number }>(text, [...where.values, ...own]);
  return rows[0]?.total ?? 0;
}

async function logOnIssues(client: pg.ClientBase, ctx: Context, id: string, { act, reason, edit }: CreateRedriveInput): Promise<void> {
  const { rows } = await client.query<{ issue_id: string; items: number }>(touchedIssues, [id]);
  const { actorType, actorId } = actorColumns(ctx.actor);
  const details = rows.map((row) => JSON.stringify({ redriveId: id, items: row.items, reason, edited: edit?.path }));
  await client.query(logActivities, [
    rows.map(() => newId()),
    rows.map((row) => row.issue_id),
    ctx.workspaceId,
    actorType,
    actorId,
    details,
    activities[act],
  ]);
}

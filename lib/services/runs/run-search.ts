import { createHash } from "node:crypto";
import { isId } from "#lib/shared/ids.ts";
import type { Context } from "../context.ts";
import type { Conditions } from "../list-query.ts";
import type { ListRunsInput } from "./schemas.ts";

type Search = Pick<ListRunsInput, "node" | "error" | "key" | "q">;

/** The literal statuses make the small index of failed runs, and that of unfinished ones, fit. */
const failedRuns = "r.status IN ('failed', 'canceled')";
const unfinishedRuns = "r.status IN ('running', 'waiting')";

/**
 * The ways in which a run can match what is searched for, each as one whole condition. Parts are searched by position, not by pattern,
 * so that %, _ and \ mean themselves; keys and ids match as a whole. None: nothing can match.
 */
export async function alternativesOf(ctx: Context, input: Search, where: Conditions): Promise<string[]> {
  const groups: string[][] = [];
  if (input.node !== undefined) groups.push(failedNode(where, input.node));
  if (input.error !== undefined) groups.push([failedWith(where, input.error)]);
  if (input.key !== undefined) groups.push(withKey(ctx, where, input.key));
  if (input.q !== undefined) groups.push(await anywhere(ctx, where, input.q));
  return groups.reduce((branches, group) => branches.flatMap((branch) => group.map((way) => `${branch} AND (${way})`)), [where.sql]);
}

async function anywhere(ctx: Context, where: Conditions, q: string): Promise<string[]> {
  const ways = [failedWith(where, q), ...withKey(ctx, where, q)];
  if (isId(q.toLowerCase())) ways.push(`r.id = ${where.value(q.toLowerCase())}::uuid`);
  const named = await workflowsNamed(ctx, q);
  if (named.length > 0) ways.push(`r.workflow_id = ANY (${where.value(named)}::uuid[])`);
  return ways;
}

async function workflowsNamed(ctx: Context, q: string): Promise<string[]> {
  const text = "SELECT id FROM workflow WHERE workspace_id = $1 AND strpos(lower(name), lower($2)) > 0 LIMIT 1000";
  const { rows } = await ctx.db.pool.query<{ id: string }>(text, [ctx.workspaceId, q]);
  return rows.map((row) => row.id);
}

function failedWith(where: Conditions, part: string): string {
  return `${failedRuns} AND strpos(lower(r.error), lower(${where.value(part)})) > 0`;
}

function failedNode(where: Conditions, nodeId: string): string[] {
  const failed = `EXISTS (SELECT FROM step s WHERE s.run_id = r.id AND s.node_id = ${where.value(nodeId)} AND s.status = 'failed')`;
  return [`${failedRuns} AND ${failed}`, `${unfinishedRuns} AND ${failed}`];
}

/** An idempotency key of a step, or the key its delivery was deduplicated by, as long as that is remembered. */
function withKey(ctx: Context, where: Conditions, key: string): string[] {
  // Keys given by callers of the API are kept apart from those of triggers by a word before them.
  const hashes = [key, `api:${key}`].map((text) => createHash("sha256").update(text).digest());
  const workspace = where.value(ctx.workspaceId);
  return [
    `r.id IN (SELECT s.run_id FROM step s WHERE s.idempotency_key = ${where.value(key)} AND s.workspace_id = ${workspace}::uuid)`,
    `r.id IN (
      SELECT d.run_id FROM (
        SELECT t.id FROM workflow_trigger t WHERE t.workspace_id = ${workspace}::uuid UNION ALL SELECT w.id FROM workflow w WHERE w.workspace_id = ${workspace}::uuid
      ) owner JOIN event_dedup d ON d.trigger_id = owner.id AND d.key_hash = ANY (${where.value(hashes)}::bytea[]))`,
  ];
}

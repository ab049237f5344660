import { AppError } from "#lib/shared/errors.ts";
import type { IssuePresence } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import type { PresenceInput } from "./schemas.ts";

/** Twice as long as a screen takes to say it again, and a little more. */
const awayMs = 45_000;

const findIssue = "SELECT FROM issue WHERE id = $1 AND workspace_id = $2";

/** Whoever comes tidies up after all who have gone, so that the table holds no more than who was somewhere lately. */
const tidy = `
  DELETE FROM issue_presence WHERE (issue_id, user_id) IN (
    SELECT issue_id, user_id FROM issue_presence WHERE seen_at <= clock_timestamp() - $1 * interval '1 ms' FOR UPDATE SKIP LOCKED)`;

const put = `
  WITH before AS (
    SELECT doing FROM issue_presence WHERE issue_id = $1 AND user_id = $3 AND seen_at > clock_timestamp() - $5 * interval '1 ms'
  ),
  left_it AS (
    DELETE FROM issue_presence WHERE $4 = 'gone' AND issue_id = $1 AND user_id = $3
  ),
  came AS (
    INSERT INTO issue_presence (issue_id, user_id, workspace_id, doing) SELECT $1::uuid, $3::text, $2::uuid, $4::text WHERE $4 <> 'gone'
    ON CONFLICT (issue_id, user_id) DO UPDATE SET doing = excluded.doing, seen_at = clock_timestamp()
  )
  SELECT pg_notify('sluice_run', json_build_object('w', $2::uuid, 'k', 'presence', 'i', json_build_array($1::uuid))::text)
  WHERE coalesce((SELECT doing FROM before), 'gone') <> $4`;

const listOthers = `
  SELECT p.user_id AS "userId", u.name, p.doing
  FROM issue_presence p JOIN auth_user u ON u.id = p.user_id JOIN member m ON m.user_id = p.user_id AND m.workspace_id = p.workspace_id
  WHERE p.issue_id = $1 AND p.workspace_id = $2 AND p.user_id <> $3 AND p.seen_at > clock_timestamp() - $4 * interval '1 ms'
  ORDER BY p.doing = 'looking', u.name LIMIT 20`;

/** Tells the others that the caller is at an issue, and the caller who else is. An API token is nobody: it only hears. */
export async function beAtIssue({ ctx, input }: { ctx: Context; input: PresenceInput }): Promise<IssuePresence> {
  authorize(ctx.actor, "issues:read");
  const { pool } = ctx.db;
  const key = [input.id, ctx.workspaceId];
  const { rowCount } = await pool.query(findIssue, key);
  if (rowCount === 0) throw new AppError("not_found", "there is no such issue");
  const me = ctx.actor.type === "user" ? ctx.actor.userId : "";
  await pool.query(tidy, [awayMs]);
  if (me !== "") await pool.query(put, [...key, me, input.doing, awayMs]);
  const { rows } = await pool.query<IssuePresence["others"][number]>(listOthers, [...key, me, awayMs]);
  return { others: rows };
}

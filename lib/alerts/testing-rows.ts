import type { Db } from "#lib/db/db.ts";
import { newId } from "#lib/shared/ids.ts";

/** A workspace's channel whose address is kept as plain text, and a rule that tells it of everything. */
export async function insertChannel(db: Db, workspaceId: string, address: object): Promise<{ channelId: string; ruleId: string }> {
  const [channelId, ruleId] = [newId(), newId()];
  const { pool } = db;
  await pool.query("INSERT INTO alert_channel (id, workspace_id, name, kind, target, sealed) VALUES ($1, $2, $4, 'webhook', 'test', $3)", [
    channelId,
    workspaceId,
    JSON.stringify(address),
    channelId,
  ]);
  await pool.query(
    `INSERT INTO alert_rule (id, workspace_id, name, kinds, channel_ids)
     VALUES ($1, $2, $4, '{opened,regressed,escalating,unsnoozed}', ARRAY[$3::uuid])`,
    [ruleId, workspaceId, channelId, ruleId],
  );
  return { channelId, ruleId };
}

/** An issue that has just opened, as the statements of the engine leave it. */
export async function insertNews(
  db: Db,
  at: { workspaceId: string; workflowId: string },
  title = "PUT api.test answered 404",
): Promise<string> {
  const issueId = newId();
  await db.pool.query(
    `INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at)
     VALUES ($1, $2, $3, 'call', 'delivery', $5, $4, 1, now(), now(), now())`,
    [issueId, at.workspaceId, at.workflowId, title, issueId],
  );
  await db.pool.query("INSERT INTO issue_notification (issue_id, episode, kind, workspace_id) VALUES ($1, 1, 'opened', $2)", [
    issueId,
    at.workspaceId,
  ]);
  return issueId;
}

import type { AlertKind, AlertState, AlertView, ChannelKind } from "#lib/shared/alert-types.ts";
import type { Page } from "#lib/shared/api-types.ts";
import type { Context } from "../context.ts";
import { decodeIdCursor, toPage } from "../cursor.ts";
import { Conditions, listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import type { ListAlertsInput } from "./schemas.ts";

interface AlertRow {
  id: string;
  kind: AlertKind;
  state: AlertState;
  attempts: number;
  next_at: Date;
  answer: string | null;
  message_size: number;
  created_at: Date;
  sent_at: Date | null;
  rule_id: string;
  rule_name: string;
  channel_id: string;
  channel_name: string;
  channel_kind: ChannelKind;
  issue_id: string;
  issue_title: string;
  issue_type: string;
  workflow_name: string | null;
}

const columns = `a.id, a.kind, a.state, a.attempts, greatest(a.next_at, c.resume_at) AS next_at, a.answer, a.created_at, a.sent_at,
  CASE WHEN a.message_id IS NULL THEN 1 ELSE
    (SELECT count(*)::int FROM alert m WHERE m.channel_id = a.channel_id AND m.message_id = a.message_id) END AS message_size,
  r.id AS rule_id, r.name AS rule_name, c.id AS channel_id, c.name AS channel_name, c.kind AS channel_kind,
  i.id AS issue_id, i.title AS issue_title, i.type AS issue_type, w.name AS workflow_name`;
/** An issue may be of no workflow. */
const tables = `alert a
  JOIN alert_rule r ON r.id = a.rule_id
  JOIN alert_channel c ON c.id = a.channel_id
  JOIN issue i ON i.id = a.issue_id
  LEFT JOIN workflow w ON w.id = i.workflow_id`;

/** Lists what people were told, what waits to be told, and what was not told and why; the latest first. */
export async function listAlerts({ ctx, input }: { ctx: Context; input: ListAlertsInput }): Promise<Page<AlertView>> {
  authorize(ctx.actor, "alerts:read");
  const where = new Conditions()
    .add("a.workspace_id = ?", ctx.workspaceId)
    .add("a.state = ANY (?)", input.state)
    .add("a.rule_id = ?", input.ruleId)
    .add("a.channel_id = ?", input.channelId)
    .add("a.issue_id = ?", input.issueId)
    .add("a.id < ?", decodeIdCursor(input.cursor));
  const text = `SELECT ${columns} FROM ${tables} WHERE ${where.sql} ORDER BY a.id DESC LIMIT ${input.limit + 1}`;
  const rows = await listQuery<AlertRow>(ctx, text, where.values);
  return toPage(rows, input.limit, toAlertView, (row) => row.id);
}

function toAlertView(row: AlertRow): AlertView {
  const { id, kind, state, attempts, answer } = row;
  return {
    ...{ id, kind, state, attempts, answer },
    nextAt: state === "pending" ? row.next_at.toISOString() : null,
    messageSize: row.message_size,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    rule: { id: row.rule_id, name: row.rule_name },
    channel: { id: row.channel_id, name: row.channel_name, kind: row.channel_kind },
    issue: { id: row.issue_id, title: row.issue_title, type: row.issue_type, workflowName: row.workflow_name },
  };
}

import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { actorColumns, auditRow } from "../audit.ts";
import type { Context } from "../context.ts";
import type { IssueChange } from "./schemas.ts";

/** The part of an issue that people change, and that an undo brings back. */
export interface IssueState {
  status: string;
  assigneeId: string | null;
  snooze: string | null;
  regressed: boolean;
  resolvedInVersion: number | null;
  note: string;
}

interface LockedIssue extends IssueState {
  id: string;
  type: string;
  count: number;
  liveVersion: number | null;
  mergedInto: string | null;
}

const lock = `
  SELECT i.id, i.type, i.status, i.assignee_id AS "assigneeId", i.snooze, i.regressed, i.resolved_in_version AS "resolvedInVersion", i.note, i.count,
    i.merged_into AS "mergedInto", (SELECT w.live_version FROM workflow w WHERE w.id = i.workflow_id) AS "liveVersion"
  FROM issue i WHERE i.id = $1 AND i.workspace_id = $2 FOR UPDATE`;
const put = `
  UPDATE issue SET status = $2, assignee_id = $3, snooze = $4, regressed = $5, resolved_in_version = $6, note = $7,
    opened_at = CASE WHEN $2 = 'open' AND status <> 'open' THEN clock_timestamp() ELSE opened_at END,
    resolved_at = CASE WHEN $2 = 'resolved' THEN coalesce(resolved_at, clock_timestamp()) END,
    resolved_by_itself = resolved_by_itself AND $2 = 'resolved',
    escalating = escalating AND $2 IN ('open', 'acknowledged')
  WHERE id = $1`;
const logActivity =
  "INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const notify = "SELECT pg_notify('sluice_run', json_build_object('w', $1::uuid, 'k', 'issue', 'i', json_build_array($2::uuid))::text)";

/** Locks an issue of the caller's workspace. Throws `not_found`, or `conflict` when it is now part of another one. */
export async function lockIssue(client: pg.ClientBase, ctx: Context, id: string): Promise<LockedIssue> {
  const { rows } = await client.query<LockedIssue>(lock, [id, ctx.workspaceId]);
  const issue = rows[0];
  if (issue === undefined) throw new AppError("not_found", "there is no such issue");
  if (issue.mergedInto !== null) throw new AppError("conflict", `this issue was merged into ${issue.mergedInto}`);
  return issue;
}

/** Changes one issue in the caller's transaction: state, line of activity and audit row together. Nothing different: nothing done. */
export async function changeIssue(client: pg.ClientBase, ctx: Context, id: string, change: IssueChange): Promise<void> {
  const issue = await lockIssue(client, ctx, id);
  const before = stateOf(issue);
  const after = applied(issue, change);
  const lines = activities(before, after, change);
  if (lines.length === 0) return;
  await putState(client, ctx, id, after);
  for (const [index, line] of lines.entries()) {
    // The first line of a change knows how things were: what an undo brings back.
    await log(client, ctx, id, line.action, index === 0 ? { ...line.details, undo: { ...before } } : line.details);
  }
  const details = { before: { ...before }, after: { ...after } };
  await putAuditRow(client, auditRow(ctx, { action: "issue.updated", entityType: "issue", entityId: id, details }));
}

/** Writes the state of a locked issue and tells open screens. */
export async function putState(client: pg.ClientBase, ctx: Context, id: string, state: IssueState): Promise<void> {
  const { status, assigneeId, snooze, regressed, resolvedInVersion, note } = state;
  await client.query(put, [id, status, assigneeId, snooze, regressed, resolvedInVersion, note]);
  await client.query(notify, [ctx.workspaceId, id]);
}

/** Adds a line to an issue's activity. */
export async function log(client: pg.ClientBase, ctx: Context, issueId: string, action: string, details: JsonObject): Promise<void> {
  const { actorType, actorId } = actorColumns(ctx.actor);
  await client.query(logActivity, [newId(), issueId, ctx.workspaceId, actorType, actorId, action, JSON.stringify(details)]);
}

export function stateOf({ status, assigneeId, snooze, regressed, resolvedInVersion, note }: LockedIssue): IssueState {
  return { status, assigneeId, snooze, regressed, resolvedInVersion, note };
}

function applied(issue: LockedIssue, change: IssueChange): IssueState {
  const status = change.status ?? issue.status;
  const stays = change.status === undefined;
  return {
    status,
    assigneeId: change.assigneeId === undefined ? issue.assigneeId : change.assigneeId,
    snooze: stays ? issue.snooze : snoozeOf(issue, change),
    regressed: issue.regressed && (stays || status !== "resolved"),
    resolvedInVersion: stays ? issue.resolvedInVersion : change.inNextVersion === true ? (issue.liveVersion ?? 0) : null,
    note: change.note ?? issue.note,
  };
}

/** With how things stand now, against which its ends are measured. */
function snoozeOf(issue: LockedIssue, { snooze }: IssueChange): string | null {
  return snooze === undefined ? null : JSON.stringify({ ...snooze, countAt: issue.count, versionAt: issue.liveVersion });
}

/** What of the change is worth a line: only what is different from before. */
function activities(before: IssueState, after: IssueState, change: IssueChange): { action: string; details: JsonObject }[] {
  const lines: { action: string; details: JsonObject }[] = [];
  if (after.status !== before.status || (change.status !== undefined && after.snooze !== before.snooze)) {
    const next = change.inNextVersion === true ? { after: after.resolvedInVersion } : {};
    const snooze: JsonObject = change.snooze === undefined ? {} : JSON.parse(JSON.stringify(change.snooze));
    lines.push({ action: after.status === "open" ? "reopened" : after.status, details: { from: before.status, ...snooze, ...next } });
  }
  if (after.assigneeId !== before.assigneeId) lines.push({ action: "assigned", details: { to: after.assigneeId } });
  if (after.note !== before.note) lines.push({ action: "noted", details: {} });
  return lines;
}

import type { ApprovalView } from "#lib/shared/approval-types.ts";
import { readJsonObject } from "../json-column.ts";
import { type Actor, may } from "../permissions.ts";

export interface ApprovalRow {
  id: string;
  workflow_id: string;
  workflow_name: string;
  run_id: string;
  node_id: string;
  iteration: string;
  message: string;
  assignees: string[];
  requested_at: Date;
  expires_at: Date;
  status: ApprovalView["status"];
  payload: string | null;
  received_at: Date | null;
}

/** By what came for the step, else by what became of its run. */
export const shownStatus = `CASE WHEN g.kind = 'approval' THEN g.payload::json ->> 'decision' WHEN g.kind IS NOT NULL THEN 'expired'
  WHEN r.status IN ('queued', 'running', 'waiting') THEN 'pending' ELSE 'canceled' END`;

/** The columns of ApprovalRow. */
export const approvalColumns = `a.id, a.workflow_id, w.name AS workflow_name, a.run_id, a.node_id, a.iteration, a.message, a.assignees,
  a.requested_at, a.expires_at, ${shownStatus} AS status, CASE WHEN g.kind = 'approval' THEN g.payload END AS payload, g.received_at`;

export const approvalTables = `approval a JOIN workflow w ON w.id = a.workflow_id LEFT JOIN run r ON r.id = a.run_id
  LEFT JOIN signal g ON g.step_id = a.id`;

/** Whether somebody is among those who are asked. A token is nobody: it decides only what anybody may. */
export function isAsked(actor: Actor, assignees: readonly string[]): boolean {
  if (assignees.length === 0 || actor.type === "system") return true;
  return actor.type === "user" && (assignees.includes(actor.email.toLowerCase()) || assignees.includes(actor.role));
}

/** The names under which an actor may be asked, for a query. */
export function namesOf(actor: Actor): string[] {
  return actor.type === "user" ? [actor.email.toLowerCase(), actor.role] : [];
}

/** An approval as the one who asks sees it. */
export function toApprovalView(row: ApprovalRow, actor: Actor): ApprovalView {
  return {
    id: row.id,
    status: row.status,
    message: row.message,
    assignees: row.assignees,
    mayDecide: row.status === "pending" && may(actor, "approvals:write") && isAsked(actor, row.assignees),
    workflowId: row.workflow_id,
    workflowName: row.workflow_name,
    runId: row.run_id,
    nodeId: row.node_id,
    iteration: row.iteration,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decision: toDecision(row),
  };
}

function toDecision(row: ApprovalRow): ApprovalView["decision"] {
  if (row.payload === null || row.received_at === null) return null;
  const { decision, by, comment } = readJsonObject(row.payload);
  return {
    decision: decision === "approved" ? "approved" : "rejected",
    by: typeof by === "string" ? by : "",
    at: row.received_at.toISOString(),
    comment: typeof comment === "string" ? comment : "",
  };
}

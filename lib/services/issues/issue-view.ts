import type { IssueSummary } from "#lib/shared/api-types.ts";
import type { IssueStatus } from "#lib/shared/statuses.ts";
import { readNodes } from "../node-names.ts";

export interface IssueRow {
  id: string;
  type: string;
  title: string;
  status: IssueStatus;
  regressed: boolean;
  escalating: boolean;
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  assignee_id: string | null;
  assignee_name: string | null;
  count: number;
  first_seen_at: Date;
  last_seen_at: Date;
  note: string;
  /** What is live, or the draft. */
  document: string;
  open_count: number;
}

/** One line of the inbox. */
export function toIssueSummary(row: IssueRow): IssueSummary {
  return {
    id: row.id,
    type: row.type,
    title: row.title,
    status: row.status,
    regressed: row.regressed,
    escalating: row.escalating,
    workflowId: row.workflow_id,
    workflowName: row.workflow_name,
    nodeId: row.node_id,
    nodeName: readNodes(row.document).get(row.node_id)?.name ?? row.node_id,
    assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name ?? "" },
    count: row.count,
    openCount: row.open_count,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}

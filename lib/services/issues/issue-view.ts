import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import type { IssueStatus } from "#lib/shared/statuses.ts";
import { readJsonObject } from "../json-column.ts";
import { readNodes } from "../node-names.ts";

export interface IssueRow {
  id: string;
  type: string;
  title: string;
  status: IssueStatus;
  regressed: boolean;
  escalating: boolean;
  critical: boolean;
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  assignee_id: string | null;
  assignee_name: string | null;
  count: number;
  first_version: number | null;
  last_version: number | null;
  merged_into: string | null;
  snooze: string | null;
  resolved_in_version: number | null;
  first_seen_at: Date;
  last_seen_at: Date;
  note: string;
  /** What is live, or the draft. */
  document: string;
  open_count: number;
  resolved_by_itself: boolean;
  arrivals: number[];
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
    critical: row.critical,
    workflowId: row.workflow_id,
    workflowName: row.workflow_name,
    nodeId: row.node_id,
    nodeName: readNodes(row.document).get(row.node_id)?.name ?? row.node_id,
    assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name ?? "" },
    count: row.count,
    firstVersion: row.first_version,
    lastVersion: row.last_version,
    mergedInto: row.merged_into,
    snooze: row.status === "snoozed" && row.snooze !== null ? readJsonObject(row.snooze) : null,
    resolvedInVersion: row.resolved_in_version,
    resolvedByItself: row.status === "resolved" && row.resolved_by_itself,
    openCount: row.open_count,
    arrivals: row.arrivals,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}

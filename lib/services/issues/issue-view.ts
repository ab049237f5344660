import type { IssueSummary } from "#lib/shared/inbox-types.ts";
import type { IssueStatus } from "#lib/shared/statuses.ts";
import { readJsonObject } from "../json-column.ts";
import { type NodeInfo, readNodes } from "../node-names.ts";

export interface IssueRow {
  id: string;
  type: string;
  title: string;
  status: IssueStatus;
  regressed: boolean;
  escalating: boolean;
  critical: boolean;
  workflow_id: string | null;
  workflow_name: string | null;
  node_id: string | null;
  connection_id: string | null;
  connection_name: string | null;
  assignee_id: string | null;
  assignee_name: string | null;
  count: number;
  first_version: number | null;
  last_version: number | null;
  merged_into: string | null;
  snooze: string | null;
  resolved_in_version: number | null;
  first_seen_at: Date;
  opened_at: Date;
  last_seen_at: Date;
  note: string;
  /** Of the workflow, what is live, or the draft. */
  document: string | null;
  open_count: number;
  resolved_by_itself: boolean;
  arrivals: number[];
}

/** The node it is about, if it is about one that is still there. */
export function nodeOf({ document, node_id }: Pick<IssueRow, "document" | "node_id">): NodeInfo | undefined {
  return document === null || node_id === null ? undefined : readNodes(document).get(node_id);
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
    nodeName: nodeOf(row)?.name ?? row.node_id,
    connection: row.connection_id === null || row.connection_name === null ? null : { id: row.connection_id, name: row.connection_name },
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
    openedAt: row.opened_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}

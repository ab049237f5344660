import { firstIdAt } from "../id-range.ts";
import { Conditions } from "../list-query.ts";
import type { RedriveFilter } from "./schemas.ts";

/** The conditions for the open items a filter means, of `dead_letter l`. */
export function lettersOf(workspaceId: string, filter: RedriveFilter): Conditions {
  return new Conditions()
    .add("l.workspace_id = ? AND l.status = 'open'", workspaceId)
    .add("l.issue_id = ANY (?::uuid[])", filter.issueIds)
    .add("l.id = ANY (?::uuid[])", filter.deadLetterIds)
    .add("l.workflow_id = ?", filter.workflowId)
    .add("l.node_id = ?", filter.nodeId)
    .add("l.kind = ?", filter.kind)
    .add("l.version = ?", filter.version)
    .add("l.id >= ?", firstIdAt(filter.from))
    .add("l.id < ?", firstIdAt(filter.to))
    .add("strpos(lower(l.error), lower(?)) > 0", filter.q);
}

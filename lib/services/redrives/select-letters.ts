import { firstIdAt } from "../id-range.ts";
import { Conditions } from "../list-query.ts";
import type { RedriveAct, RedriveFilter } from "./schemas.ts";

/** The conditions for the items a filter means, of `dead_letter l`: the open ones, or, to bring them back, the discarded ones. */
export function lettersOf(workspaceId: string, filter: RedriveFilter, act: RedriveAct): Conditions {
  const status = act === "reopen" ? "discarded" : "open";
  return new Conditions()
    .add(`l.workspace_id = ? AND l.status = '${status}'`, workspaceId)
    .add("l.id IN (SELECT dead_letter_id FROM redrive_item WHERE redrive_id = ? AND state = 'succeeded')", filter.redriveId)
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

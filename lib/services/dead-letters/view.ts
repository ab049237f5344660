import type { DeadLetterSummary } from "#lib/shared/inbox-types.ts";
import type { DeadLetterStatus } from "#lib/shared/statuses.ts";
import type { Context } from "../context.ts";
import { nodesOfDocuments } from "../node-names.ts";
import { toStepError } from "../runs/run-view.ts";

export interface LetterRow {
  id: string;
  issue_id: string;
  workflow_id: string;
  workflow_name: string;
  version: number | null;
  run_id: string;
  step_id: string;
  node_id: string;
  kind: string;
  error: string;
  status: DeadLetterStatus;
  event_at: Date;
  dead_at: Date;
  closed_at: Date | null;
  close_reason: string | null;
  iteration: string;
  dedupe_key: string | null;
  idempotency_key: string | null;
  /** Null once the run is gone. */
  document_id: string | null;
}

/** The columns of LetterRow, of `dead_letter l`, `workflow w` and `run r`. */
export const letterColumns = `l.id, l.issue_id, l.workflow_id, w.name AS workflow_name, l.version, l.run_id, l.step_id, l.node_id, l.kind, l.error,
  l.status, l.event_at, l.dead_at, l.closed_at, l.close_reason, l.iteration, r.document_id,
  (SELECT e.dedupe_key FROM event e WHERE e.id = r.event_id) AS dedupe_key,
  (SELECT s.idempotency_key FROM step s WHERE s.run_id = l.run_id AND s.id = l.step_id) AS idempotency_key`;

/** Items outlive their runs, hence the outer join. */
export const letterTables = "dead_letter l JOIN workflow w ON w.id = l.workflow_id LEFT JOIN run r ON r.id = l.run_id";

/** Shows rows with the names their nodes had in the version that ran. */
export async function toLetterSummaries(ctx: Context, rows: LetterRow[]): Promise<DeadLetterSummary[]> {
  const nodes = await nodesOfDocuments(
    ctx,
    rows.flatMap((row) => (row.document_id === null ? [] : [row.document_id])),
  );
  return rows.map((row) => ({
    id: row.id,
    issueId: row.issue_id,
    workflowId: row.workflow_id,
    workflowName: row.workflow_name,
    version: row.version,
    runId: row.run_id,
    stepId: row.step_id,
    nodeId: row.node_id,
    nodeName: nodes.get(row.document_id ?? "")?.get(row.node_id)?.name ?? row.node_id,
    kind: row.kind,
    error: toStepError(row.error),
    status: row.status,
    eventAt: row.event_at.toISOString(),
    deadAt: row.dead_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    closeReason: row.close_reason,
    iteration: row.iteration,
    eventKey: row.dedupe_key,
    stepKey: row.idempotency_key,
  }));
}

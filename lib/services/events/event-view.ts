import type { EventView } from "#lib/shared/api-types.ts";
import { readJson } from "../json-column.ts";

export interface EventRow {
  id: string;
  workflow_id: string;
  trigger_id: string | null;
  outcome: EventView["outcome"];
  reason: string | null;
  dedupe_key: string | null;
  run_id: string | null;
  data: string | null;
  size: number;
  received_at: Date;
}

/** What a query of events begins with; large data lies in a payload of its own. */
export const selectEvents = `
  SELECT e.id, e.workflow_id, e.trigger_id, e.outcome, e.reason, e.dedupe_key, e.run_id, coalesce(e.data, p.body) AS data, e.size, e.received_at
  FROM event e LEFT JOIN payload p ON p.id = e.data_ref`;

/** A row of `selectEvents` as the API shows it. */
export function toEventView(row: EventRow): EventView {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    triggerId: row.trigger_id,
    outcome: row.outcome,
    reason: row.reason,
    dedupeKey: row.dedupe_key,
    runId: row.run_id,
    data: readJson(row.data),
    size: row.size,
    receivedAt: row.received_at.toISOString(),
  };
}

import type { RunError, RunSummary, StepError } from "#lib/shared/api-types.ts";
import { type FailureClass, failureClasses, type RunStatus } from "#lib/shared/statuses.ts";
import { readJsonObject } from "../json-column.ts";

export interface RunRow {
  id: string;
  workflow_id: string;
  workflow_name: string;
  version: number | null;
  mode: "live" | "test";
  status: RunStatus;
  retried: boolean;
  partial: boolean;
  trigger_type: string;
  error: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  attempts: number;
  dedupe_key: string | null;
  gathers_until: Date | null;
}

/** The columns of RunRow, of `run r` and `workflow w`. */
export const runColumns = `r.id, r.workflow_id, w.name AS workflow_name, r.version, r.mode, r.status, r.retried, r.partial, r.trigger_type,
  r.error, r.created_at, r.started_at, r.finished_at,
  (SELECT coalesce(sum(t.attempts), 0)::int FROM step t WHERE t.run_id = r.id) AS attempts,
  (SELECT e.dedupe_key FROM event e WHERE e.id = r.event_id) AS dedupe_key,
  CASE WHEN r.gated AND r.status = 'queued'
    THEN (SELECT a.due_at FROM arrival a WHERE a.run_id = r.id AND a.control = 'gather') END AS gathers_until`;

/** One line of the run list. */
export function toRunSummary(row: RunRow): RunSummary {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    workflowName: row.workflow_name,
    version: row.version,
    mode: row.mode,
    status: row.status,
    retried: row.retried,
    partial: row.partial,
    triggerType: row.trigger_type,
    error: toRunError(row.error),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    durationMs: between(row.started_at, row.finished_at),
    queueMs: between(row.created_at, row.started_at),
    attempts: row.attempts,
    dedupeKey: row.dedupe_key,
    ...(row.gathers_until === null ? {} : { gathersUntil: row.gathers_until.toISOString() }),
  };
}

/** Milliseconds from one moment to another; null while one is missing. */
export function between(from: Date | null, to: Date | null): number | null {
  return from === null || to === null ? null : Math.max(0, to.getTime() - from.getTime());
}

function toClass(value: unknown): FailureClass {
  return failureClasses.find((known) => known === value) ?? "code";
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function toRunError(text: string | null): RunError | null {
  if (text === null) return null;
  const error = readJsonObject(text);
  return { nodeId: toText(error.nodeId), class: toClass(error.class), code: toText(error.code), message: toText(error.message) };
}

/** The error of a step, an attempt or a dead letter. */
export function toStepError(text: string): StepError {
  const error = readJsonObject(text);
  return { class: toClass(error.class), code: toText(error.code), message: toText(error.message), details: error.details ?? null };
}

/** The same for a column that may be empty. */
export function toStepErrorOrNull(text: string | null): StepError | null {
  return text === null ? null : toStepError(text);
}

import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { AttemptView, RecordedRequest, RecordedResponse, StepSummary } from "#lib/shared/api-types.ts";
import type { AttemptState, FailureClass, StepStatus, WaitReason } from "#lib/shared/statuses.ts";
import { between, toStepErrorOrNull } from "./run-view.ts";

export interface StepRow {
  id: string;
  node_id: string;
  iteration: string;
  status: StepStatus;
  wait_reason: WaitReason | null;
  wake_at: Date | null;
  port: string | null;
  error: string | null;
  attempts: number;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export const stepColumns = `s.id, s.node_id, s.iteration, s.status, s.wait_reason, s.wake_at, s.port, s.error, s.attempts,
  s.created_at, s.started_at, s.finished_at`;

export interface AttemptRow {
  step_id: string;
  no: number;
  state: AttemptState;
  class: FailureClass | null;
  http_status: number | null;
  asked_at: Date | null;
  created_at: Date;
  ended_at: Date | null;
}

export interface FullAttemptRow extends AttemptRow {
  kind: "call" | "lookup";
  request: string | null;
  response: string | null;
  error: string | null;
  sent_at: Date | null;
}

export const attemptColumns = "a.step_id, a.no, a.state, a.class, a.http_status, a.asked_at, a.created_at, a.ended_at";
export const fullAttemptColumns = `${attemptColumns}, a.request, a.response, a.error, a.sent_at, a.kind`;

/** A step as the run page lists it. Its name and type are those of the version that ran. */
export function toStepSummary(
  row: StepRow,
  context: { document: WorkflowDocument; attempts: AttemptRow[]; deadLettered: boolean },
): StepSummary {
  const node = context.document.nodes.find((candidate) => candidate.id === row.node_id);
  return {
    id: row.id,
    nodeId: row.node_id,
    iteration: row.iteration,
    name: node?.name ?? row.node_id,
    type: node?.type ?? "",
    status: row.status,
    waitReason: row.wait_reason,
    wakeAt: row.wake_at?.toISOString() ?? null,
    port: row.port,
    deadLettered: context.deadLettered,
    attempts: row.attempts,
    retried: row.attempts > 1,
    error: toStepErrorOrNull(row.error),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    durationMs: between(row.started_at, row.finished_at),
    attemptSummaries: context.attempts.map((attempt) => ({
      no: attempt.no,
      state: attempt.state,
      class: attempt.class,
      httpStatus: attempt.http_status,
      askedAt: attempt.asked_at?.toISOString() ?? null,
      startedAt: attempt.created_at.toISOString(),
      endedAt: attempt.ended_at?.toISOString() ?? null,
    })),
  };
}

/** Safe because the ledger wrote these columns with JSON.stringify of that type, masked. */
function readRecorded<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** One try of a step, with what was sent and what came back. */
export function toAttemptView(row: FullAttemptRow): AttemptView {
  return {
    no: row.no,
    kind: row.kind,
    state: row.state,
    class: row.class,
    httpStatus: row.http_status,
    request: readRecorded<RecordedRequest>(row.request),
    response: readRecorded<RecordedResponse>(row.response),
    error: toStepErrorOrNull(row.error),
    askedAt: row.asked_at?.toISOString() ?? null,
    startedAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

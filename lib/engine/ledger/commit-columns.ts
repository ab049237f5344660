import type { AttemptRecord, StepState, StoredValue } from "../run-state.ts";
import type { RunChanges } from "./run-changes.ts";

/** The arrays of commit-runs.sql, in its order. */
export function commitColumns(batch: RunChanges[], workerId: string): unknown[] {
  const steps = batch.flatMap((change) => change.steps.map((step) => ({ change, step })));
  const attempts = batch.flatMap((change) => change.attempts.map((attempt) => ({ change, attempt })));
  return [
    batch.map((change) => change.run.id),
    batch.map((change) => change.run.fence),
    batch.map((change) => change.status),
    batch.map((change) => at(change.wakeAtMs)),
    batch.map((change) => text(change.error)),
    batch.map((change) => change.run.retried),
    batch.map((change) => change.run.partial),
    batch.map((change) => change.answer),
    batch.map((change) => change.release),
    ...stepColumns(steps),
    workerId,
    ...attemptColumns(attempts),
    announcements(batch),
    batch.map((change) => change.run.redriveCount),
    attempts.map(({ attempt }) => at(attempt.askedAtMs)),
  ];
}

function stepColumns(rows: { change: RunChanges; step: StepState }[]): unknown[] {
  return [
    rows.map((row) => row.change.run.id),
    rows.map((row) => row.step.nodeId),
    rows.map((row) => row.step.iteration),
    rows.map((row) => row.step.id),
    rows.map((row) => row.change.run.workspaceId),
    rows.map((row) => row.step.status),
    rows.map((row) => row.step.waitReason),
    rows.map((row) => at(row.step.wakeAtMs)),
    rows.map((row) => row.step.port),
    rows.map((row) => row.step.effect),
    rows.map((row) => inline(row.step.input)),
    rows.map((row) => reference(row.step.input)),
    rows.map((row) => inline(row.step.output)),
    rows.map((row) => reference(row.step.output)),
    rows.map((row) => text(row.step.error)),
    rows.map((row) => row.step.attempts),
    rows.map((row) => row.step.attemptsBase),
    rows.map((row) => row.step.throttledAttempts),
    rows.map((row) => row.step.lostCount),
    rows.map((row) => row.step.idempotencyKey),
    rows.map((row) => at(row.step.createdAtMs)),
    rows.map((row) => at(row.step.startedAtMs)),
    rows.map((row) => at(row.step.finishedAtMs)),
    rows.map((row) => at(row.step.deadlineAtMs)),
  ];
}

function attemptColumns(rows: { change: RunChanges; attempt: AttemptRecord }[]): unknown[] {
  return [
    rows.map((row) => row.change.run.id),
    rows.map((row) => row.attempt.stepId),
    rows.map((row) => row.attempt.no),
    rows.map((row) => row.change.run.workspaceId),
    rows.map((row) => row.change.run.fence),
    rows.map((row) => row.attempt.state),
    rows.map((row) => row.attempt.class),
    rows.map((row) => row.attempt.httpStatus),
    rows.map((row) => row.attempt.request),
    rows.map((row) => row.attempt.response),
    rows.map((row) => text(row.attempt.error)),
    rows.map((row) => at(row.attempt.createdAtMs)),
    rows.map((row) => at(row.attempt.sentAtMs)),
    rows.map((row) => at(row.attempt.endedAtMs)),
  ];
}

/** One message a workspace and at most 100 runs: a NOTIFY payload may hold 8,000 bytes. */
function announcements(batch: RunChanges[]): string[] {
  const byWorkspace = new Map<string, string[]>();
  for (const change of batch) {
    if (!change.announce) continue;
    const ids = byWorkspace.get(change.run.workspaceId) ?? [];
    ids.push(change.run.id);
    byWorkspace.set(change.run.workspaceId, ids);
  }
  const messages: string[] = [];
  for (const [workspaceId, ids] of byWorkspace) {
    for (let start = 0; start < ids.length; start += 100) {
      messages.push(JSON.stringify({ w: workspaceId, k: "run", i: ids.slice(start, start + 100) }));
    }
  }
  return messages;
}

/** ISO text rather than a Date: node-postgres writes a Date in local time, slower and with the zone of the machine. */
function at(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function text(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Null keeps what the row has. */
function inline(value: StoredValue | null): string | null {
  return value && !value.saved && value.ref === null ? value.text : null;
}

function reference(value: StoredValue | null): string | null {
  return value && !value.saved ? value.ref : null;
}

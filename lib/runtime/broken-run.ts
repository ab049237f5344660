import { fingerprintOf } from "#lib/engine/failure.ts";
import type { ClaimedRun } from "#lib/engine/ledger/claim.ts";
import type { RunChanges } from "#lib/engine/ledger/run-changes.ts";
import { newStep } from "#lib/engine/new-step.ts";
import type { Failure } from "#lib/engine/run-state.ts";

/** A claimed run of which nothing has changed. */
export function noChanges(claimed: ClaimedRun): RunChanges {
  return {
    run: claimed.run,
    status: "running",
    wakeAtMs: null,
    error: null,
    answer: null,
    release: false,
    steps: [],
    attempts: [],
    deadLetters: [],
    resolvedStepIds: [],
    records: [],
    abandoned: [],
    undoBegun: false,
    effects: [],
    asked: [],
    unasked: [],
    announce: false,
  };
}

/**
 * The end of a run that could not be executed: a fault of ours, or a document this release cannot read. Which step is to blame
 * is not known, so the item in the inbox is about the trigger: redriven, the run goes on from what is on disk. Those that wait for
 * its keys go on without it.
 */
export function brokenRun(claimed: ClaimedRun, error: Error, now: number): RunChanges {
  const { run } = claimed;
  const failure: Failure = { class: "code", code: "engine_fault", message: error.message, details: null };
  const at = { nodeId: run.triggerNodeId, iteration: "" };
  const found = claimed.steps.find((step) => step.nodeId === at.nodeId);
  const step = { ...(found ?? newStep(run.id, at, "none", now)), status: "failed" as const, error: failure, finishedAtMs: now };
  const fingerprint = fingerprintOf({ workflowId: run.workflowId, nodeId: at.nodeId, kind: "fault" }, failure);
  const letter = { step, kind: "fault", failure, fingerprint, title: failure.message, deadAtMs: now, critical: true };
  const ended = { status: "failed" as const, error: { ...failure, nodeId: at.nodeId }, release: true, announce: true, leavesKeys: true };
  // People watch their test runs; nobody else is asked about them.
  return { ...noChanges(claimed), ...ended, ...(run.mode === "test" ? {} : { steps: [step], deadLetters: [letter] }) };
}

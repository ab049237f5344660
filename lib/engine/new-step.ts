import { derivedId } from "#lib/shared/ids.ts";
import type { StepRef, StepState } from "./run-state.ts";

/** A step whose turn has come. */
export function newStep(runId: string, { nodeId, iteration }: StepRef, effect: StepState["effect"], now: number): StepState {
  return {
    // Derived, so that a step begun anew after a crash is the owner of the key it had claimed, although nothing else of it was stored.
    id: derivedId(runId, nodeId, iteration),
    nodeId,
    iteration,
    status: "running",
    waitReason: null,
    wakeAtMs: null,
    port: null,
    effect,
    input: null,
    output: null,
    error: null,
    attempts: 0,
    attemptsBase: 0,
    throttledAttempts: 0,
    lostCount: 0,
    idempotencyKey: null,
    createdAtMs: now,
    startedAtMs: now,
    finishedAtMs: null,
    deadlineAtMs: null,
    deadLetterId: null,
    unsettled: null,
    keyGeneration: 1,
    undoSeq: null,
  };
}

import type { Unsettled } from "#lib/policies/reconcile.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { AttemptState, EffectClass, FailureClass, RunStatus, StepStatus, WaitReason } from "#lib/shared/statuses.ts";

/** Why a step or run failed, as it is stored and shown. */
export interface Failure {
  class: FailureClass;
  code: string;
  message: string;
  details: JsonValue;
  /** A batch was refused as a whole; its items are tried in smaller ones, so that nobody need be asked about it. */
  divided?: true;
}

/** A claimed run, as the worker that holds it sees it. */
export interface RunState {
  id: string;
  workspaceId: string;
  workflowId: string;
  documentId: string;
  version: number | null;
  mode: "live" | "test";
  triggerType: string;
  triggerNodeId: string;
  eventId: string;
  /** The run whose idempotency keys this replay uses; itself: keys of a new generation. Null: an ordinary run. */
  keysOf: string | null;
  /** What makes a write of a former holder void (engine.md 1.11). */
  fence: number;
  redriveCount: number;
  /** How often a worker died while holding this run. */
  lostCount: number;
  /** As jobs are ordered: lower is sooner, 0 is usual. */
  priority: number;
  /** How many runs called one another down to this one. */
  depth: number;
  /** The failed run that this one, or the one that called it, deals with. */
  failureOf: string | null;
  cancelRequested: boolean;
  /** What the run did is being undone. */
  undoing: boolean;
  retried: boolean;
  partial: boolean;
  createdAtMs: number;
  startedAtMs: number;
  deadlineAtMs: number;
}

/** A JSON value and its text. What is longer than 64 KiB is stored in `payload` under `ref`. */
export interface StoredValue {
  value: JsonValue;
  text: string;
  ref: string | null;
  saved: boolean;
}

/** What tells a step of a run from all others. */
export interface StepRef {
  nodeId: string;
  /** Path inside a for-each (lib/shared/iteration.ts); empty outside. */
  iteration: string;
}

/** One node in one run, and in one iteration inside a for-each. Times are Unix ms of the database clock. */
export interface StepState extends StepRef {
  id: string;
  status: StepStatus;
  waitReason: WaitReason | null;
  wakeAtMs: number | null;
  /** The port taken, once the step has succeeded. */
  port: string | null;
  effect: EffectClass | "none";
  /** Frozen before the first attempt; absent until then. */
  input: StoredValue | null;
  output: StoredValue | null;
  error: Failure | null;
  /** All attempts ever made, and how many of them were made before the last redrive. */
  attempts: number;
  attemptsBase: number;
  /** Attempts since the redrive that a rate limit ended; they do not count against maxAttempts. */
  throttledAttempts: number;
  lostCount: number;
  idempotencyKey: string | null;
  createdAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  deadlineAtMs: number | null;
  /** The open dead letter this step is being redriven from. */
  deadLetterId: string | null;
  /** Calls that may have been applied, and of which that is not known yet. */
  unsettled: Unsettled | null;
  /** Part of the outbound key of a step without a key of its author's. */
  keyGeneration: number;
  /** The place of an action among those of its run that can be undone; 0 until it is read back. Null: not sent, or not to be undone. */
  undoSeq: number | null;
}

/** One try that may touch the outside. */
export interface AttemptRecord {
  stepId: string;
  no: number;
  /** A look asks whether an earlier call was applied, and is no try of the call. */
  kind: "call" | "lookup";
  state: AttemptState;
  class: FailureClass | null;
  httpStatus: number | null;
  /** JSON texts, masked. */
  request: string | null;
  response: string | null;
  error: Failure | null;
  /** When it asked for its place under a limit; null: nothing limits it. */
  askedAtMs: number | null;
  createdAtMs: number;
  sentAtMs: number | null;
  endedAtMs: number | null;
}

/** How a run ends. */
export interface RunEnd {
  status: Extract<RunStatus, "succeeded" | "failed" | "canceled">;
  error: (Failure & { nodeId: string }) | null;
}

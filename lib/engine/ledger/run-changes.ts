import type { RunStatus } from "#lib/shared/statuses.ts";
import type { Forget } from "../history.ts";
import type { AttemptRecord, Failure, RunState, StepState } from "../run-state.ts";

/** A dead letter about to be written. */
export interface DeadLetterDraft {
  step: StepState;
  /** `exhausted`, `permanent`, `deadline`, `unknown_outcome`, `poison`, `validation`, `stopped`: why a person is asked. */
  kind: string;
  failure: Failure;
  /** The same for failures with one cause. */
  fingerprint: string;
  title: string;
  deadAtMs: number;
  /** False: counted, and nobody is told. */
  critical: boolean;
}

/** The idempotency record a step holds: over all its attempts and waits (engine.md 1.1, stage 4). */
export interface HeldRecord {
  scope: string;
  /** Normalized. */
  key: string;
  keyHash: Buffer;
  fence: number;
  generation: number;
  /** What the remote is told; the same over attempts, restarts and redrives. */
  outboundKey: string;
  /** Earlier calls under this key may have been applied, which no later refusal undoes: the key must not become free. */
  sentBefore: { firstAtMs: number; lastAtMs: number } | null;
  /** From the next call on the remote is told a key of the next generation. */
  renew: boolean;
}

/** One move of an idempotency record; `fence` is that of the claim. */
export interface RecordChange {
  scope: string;
  keyHash: Buffer;
  fence: number;
  stepId: string;
  state: "sent" | "claimed" | "succeeded" | "failed_final" | "released" | "unknown_outcome";
  /** JSON text of {port, output}, of `failed_final` of the failure. */
  result: string | null;
  /** Of the next generation; null keeps the one the record has. */
  renewedKey: string | null;
}

/** A step that ends without a result lets go of its key, as its owner or as one that waits for it. */
export interface AbandonedKey {
  stepId: string;
  scope: string;
  keyHash: Buffer;
  /** A person is asked what became of the call. */
  unknown: boolean;
}

/** A question to people, whose answer a step waits for. */
export interface ApprovalDraft {
  step: StepState;
  message: string;
  /** E-mail addresses and roles; empty for everybody who may. */
  assignees: string[];
  requestedAtMs: number;
  expiresAtMs: number;
}

/** Everything that changed in one run since its last commit. */
export interface RunChanges {
  run: RunState;
  status: RunStatus;
  wakeAtMs: number | null;
  error: (Failure & { nodeId: string }) | null;
  /** JSON text of a HookAnswer. */
  answer: string | null;
  /** The worker lets go of the run: parked or ended. */
  release: boolean;
  steps: StepState[];
  attempts: AttemptRecord[];
  deadLetters: DeadLetterDraft[];
  /** Redriven steps that have now succeeded. */
  resolvedStepIds: string[];
  records: RecordChange[];
  abandoned: AbandonedKey[];
  /** From now on the run only goes backward. */
  undoBegun: boolean;
  /** Of these steps it changed what is known of their calls. */
  effects: StepState[];
  /** What people are asked to decide from now on, and the steps they need not decide any more. */
  asked: ApprovalDraft[];
  unasked: string[];
  /** What is not to be kept of it now that it ends. */
  forget?: Forget;
  /** It ends without moving the keys it holds: who waits for them must look again. */
  leavesKeys?: boolean;
  /** Tell those who watch or wait for this run. */
  announce: boolean;
}

/** What holds changes of a run, and gives them up once for each commit. */
export interface ChangeSource {
  takeChanges(): RunChanges;
}

/** Whether the changes were written, or refused because another worker has claimed the run since. */
export interface Committed {
  owned: boolean;
  /** Steps whose idempotency record could not be moved: it belongs to somebody else. */
  recordsLost: ReadonlySet<string>;
}

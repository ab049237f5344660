/** The statuses of contract.md. Everything that stores or shows one imports it from here. */
export const runStatuses = ["queued", "running", "waiting", "succeeded", "failed", "canceled"] as const;
export type RunStatus = (typeof runStatuses)[number];

export const stepStatuses = ["pending", "running", "waiting", "succeeded", "failed", "skipped", "deduplicated"] as const;
export type StepStatus = (typeof stepStatuses)[number];

export const waitReasons = ["throttle", "retry", "breaker", "delay", "callback", "approval", "poll", "duplicate", "child"] as const;
export type WaitReason = (typeof waitReasons)[number];

export const attemptStates = ["claimed", "sent", "succeeded", "failed", "lost", "void"] as const;
export type AttemptState = (typeof attemptStates)[number];

/** What became of an event. `superseded`, `batched` and `dropped`: by the control of arrivals of its workflow. */
export const eventOutcomes = ["accepted", "duplicate", "rejected", "superseded", "batched", "dropped"] as const;
export type EventOutcome = (typeof eventOutcomes)[number];

export const deadLetterStatuses = ["open", "redriving", "resolved", "discarded"] as const;
export type DeadLetterStatus = (typeof deadLetterStatuses)[number];

export const issueStatuses = ["open", "acknowledged", "snoozed", "resolved", "ignored"] as const;
export type IssueStatus = (typeof issueStatuses)[number];

/** `expired`: nobody decided in time. `canceled`: the run ended, so that there is nothing to decide any more. */
export const approvalStatuses = ["pending", "approved", "rejected", "expired", "canceled"] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** engine.md 1.3: what a repeat of the call would do. */
export const effectClasses = ["read", "natural", "keyed", "reconcilable", "unsafe"] as const;
export type EffectClass = (typeof effectClasses)[number];

/** engine.md 1.4: why an attempt failed, which decides what may follow. */
export const failureClasses = [
  "throttled",
  "unavailable",
  "transient",
  "timeout",
  "conflict",
  "auth",
  "permanent",
  "validation",
  "output_invalid",
  "code",
  "cancelled",
  "lost",
  "unknown_outcome",
] as const;
export type FailureClass = (typeof failureClasses)[number];

export function isFinalRun(status: RunStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "canceled";
}

export function isFinalStep(status: StepStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "skipped" || status === "deduplicated";
}

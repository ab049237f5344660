import {
  Ban,
  BellOff,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CircleX,
  CopyCheck,
  Eye,
  FilterX,
  GitBranch,
  Hourglass,
  Inbox,
  Layers,
  LoaderCircle,
  type LucideIcon,
  Minus,
  MoonStar,
  Replace,
  RotateCw,
  ShieldX,
  Trash2,
  Unplug,
} from "lucide-react";
import type { EventView, RunSummary, StepSummary } from "#lib/shared/api-types.ts";
import type { AttemptState, DeadLetterStatus, IssueStatus, WaitReason } from "#lib/shared/statuses.ts";

export type StatusTone =
  | "succeeded"
  | "failed"
  | "dead"
  | "retrying"
  | "running"
  | "waiting"
  | "queued"
  | "duplicate"
  | "canceled"
  | "canary";

/** How a status looks: icon, word and colour, never colour alone. */
export interface StatusLook {
  label: string;
  /** One line on hover. */
  meaning: string;
  icon: LucideIcon;
  tone: StatusTone;
  /** The icon moves. */
  moving?: boolean;
}

const waits: Record<WaitReason, StatusLook> = {
  throttle: { label: "Throttled", meaning: "Waits for its turn under a rate limit", icon: Hourglass, tone: "waiting" },
  retry: { label: "Retrying", meaning: "An attempt failed; the next one is scheduled", icon: RotateCw, tone: "retrying" },
  breaker: { label: "Held by breaker", meaning: "Waits because the remote system keeps failing", icon: Unplug, tone: "waiting" },
  delay: { label: "Delayed", meaning: "Waits as the workflow says", icon: Hourglass, tone: "waiting" },
  callback: { label: "Waiting for callback", meaning: "Waits for the other side to call back", icon: Hourglass, tone: "waiting" },
  approval: { label: "Waiting for approval", meaning: "Waits for a person's decision", icon: Hourglass, tone: "waiting" },
  poll: { label: "Polling", meaning: "Asks again later whether it is done", icon: Hourglass, tone: "waiting" },
  duplicate: { label: "Waiting for twin", meaning: "Another run with the same key is at it", icon: Hourglass, tone: "waiting" },
  child: {
    label: "Waiting for what it started",
    meaning: "Waits for the run it called, or for the items it goes through",
    icon: Hourglass,
    tone: "waiting",
  },
};

export const runLooks = {
  queued: { label: "Queued", meaning: "Accepted and stored; not started yet", icon: CircleDashed, tone: "queued" },
  pending: { label: "Not started", meaning: "Its turn has not come yet", icon: CircleDashed, tone: "queued" },
  running: { label: "Running", meaning: "A worker is at it", icon: LoaderCircle, tone: "running", moving: true },
  waiting: { label: "Waiting", meaning: "Holds no worker; goes on by itself", icon: Hourglass, tone: "waiting" },
  succeeded: { label: "Succeeded", meaning: "Everything worked at the first try", icon: CircleCheck, tone: "succeeded" },
  "succeeded-after-retries": {
    label: "Succeeded after retries",
    meaning: "It worked in the end, after failed attempts",
    icon: CircleCheck,
    tone: "succeeded",
  },
  failed: { label: "Failed", meaning: "It ended with an error", icon: CircleX, tone: "failed" },
  "dead-lettered": { label: "Dead-lettered", meaning: "It failed for good and waits in the inbox", icon: Inbox, tone: "dead" },
  skipped: { label: "Skipped", meaning: "Its branch was not taken", icon: Minus, tone: "canceled" },
  duplicate: {
    label: "Duplicate",
    meaning: "Done before with the same key; the stored result was used",
    icon: CopyCheck,
    tone: "duplicate",
  },
  canceled: { label: "Canceled", meaning: "A person stopped it", icon: Ban, tone: "canceled" },
  canary: { label: "Canary", meaning: "Ran on a version that gets a part of the traffic", icon: GitBranch, tone: "canary" },
} as const satisfies Record<string, StatusLook>;

export const deadLetterLooks: Record<DeadLetterStatus, StatusLook> = {
  open: { label: "Open", meaning: "Waits for a decision", icon: Inbox, tone: "dead" },
  redriving: { label: "Redriving", meaning: "The step runs again", icon: RotateCw, tone: "running", moving: true },
  resolved: { label: "Resolved", meaning: "A redrive succeeded, or a person said it is done", icon: CircleCheck, tone: "succeeded" },
  discarded: { label: "Discarded", meaning: "Given up, with a reason", icon: Trash2, tone: "canceled" },
};

/** How an item stands. One that nobody knows the outcome of is not open as the others are: it is decided before anything is sent. */
export function letterLook({ status, kind }: { status: DeadLetterStatus; kind: string }): StatusLook {
  return status === "open" && kind === "unknown_outcome" ? unknownOutcome : deadLetterLooks[status];
}

const unknownOutcome: StatusLook = {
  label: "Outcome unknown",
  meaning: "The request left and no answer came back",
  icon: CircleHelp,
  tone: "retrying",
};

export const issueLooks: Record<IssueStatus, StatusLook> = {
  open: { label: "Open", meaning: "Needs somebody", icon: CircleDot, tone: "dead" },
  acknowledged: { label: "Acknowledged", meaning: "Somebody is at it", icon: Eye, tone: "running" },
  snoozed: { label: "Snoozed", meaning: "Comes back later", icon: MoonStar, tone: "waiting" },
  resolved: { label: "Resolved", meaning: "Comes back as regressed when it happens again", icon: CircleCheck, tone: "succeeded" },
  ignored: { label: "Ignored", meaning: "Nobody will be told again", icon: BellOff, tone: "canceled" },
};

/** What became of something that was delivered to a trigger. */
export const deliveryLooks: Record<EventView["outcome"], StatusLook> = {
  accepted: { label: "Accepted", meaning: "Stored; it started a run", icon: CircleCheck, tone: "succeeded" },
  duplicate: { label: "Duplicate", meaning: "Its key came before; no second run was started", icon: CopyCheck, tone: "duplicate" },
  superseded: { label: "Superseded", meaning: "A later event of its key took its place (debounce)", icon: Replace, tone: "queued" },
  batched: { label: "Batched", meaning: "It went into a run together with others", icon: Layers, tone: "running" },
  dropped: { label: "Dropped", meaning: "More came than the workflow's settings let through", icon: FilterX, tone: "canceled" },
  rejected: { label: "Rejected", meaning: "Not taken, for the reason given; no run was started", icon: ShieldX, tone: "failed" },
};

export const attemptLooks: Record<AttemptState, StatusLook> = {
  claimed: { label: "Claimed", meaning: "A worker is about to send it", icon: LoaderCircle, tone: "running", moving: true },
  sent: { label: "Sent", meaning: "The request left; no answer yet", icon: LoaderCircle, tone: "running", moving: true },
  succeeded: { label: "Succeeded", meaning: "The answer was good", icon: CircleCheck, tone: "succeeded" },
  failed: { label: "Failed", meaning: "It ended with an error", icon: CircleX, tone: "failed" },
  lost: { label: "Lost", meaning: "The worker died meanwhile; what happened is not known", icon: Unplug, tone: "retrying" },
  void: { label: "Void", meaning: "Never sent", icon: Minus, tone: "canceled" },
};

/** How a run should look: retries have a look of their own. */
export function lookOfRun(run: Pick<RunSummary, "status" | "retried">): StatusLook {
  if (run.status === "succeeded" && run.retried) return runLooks["succeeded-after-retries"];
  return runLooks[run.status];
}

/** How a step should look: what it waits for, whether it was retried, dead-lettered or a duplicate. */
export function lookOfStep(step: Pick<StepSummary, "status" | "waitReason" | "deadLettered" | "retried">): StatusLook {
  if (step.status === "waiting") return step.waitReason ? waits[step.waitReason] : runLooks.waiting;
  if (step.status === "failed") return step.deadLettered ? runLooks["dead-lettered"] : runLooks.failed;
  if (step.status === "succeeded" && step.retried) return runLooks["succeeded-after-retries"];
  if (step.status === "deduplicated") return runLooks.duplicate;
  return runLooks[step.status];
}

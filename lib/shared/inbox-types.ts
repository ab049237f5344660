import type { AttemptView, StepError } from "./api-types.ts";
import type { BulkOrder } from "./bulk-order.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { DeadLetterStatus, IssueStatus, RunStatus } from "./statuses.ts";

/* What /api/v1 answers about the way from a failure to its mending; beside api-types.ts. */

/** A group of dead letters with one cause; or something else that is not as it should be, which has no items. */
export interface IssueSummary {
  id: string;
  type: string;
  title: string;
  status: IssueStatus;
  regressed: boolean;
  escalating: boolean;
  /** False: of a node whose failures are counted and notify nobody. */
  critical: boolean;
  /** Null: it is about no workflow alone, but a connection that several share, or the workspace. */
  workflowId: string | null;
  workflowName: string | null;
  nodeId: string | null;
  nodeName: string | null;
  /** What it is about, where that is a connection. */
  connection: { id: string; name: string } | null;
  assignee: { id: string; name: string } | null;
  count: number;
  openCount: number;
  /** The versions it was seen in. */
  firstVersion: number | null;
  lastVersion: number | null;
  /** The issue that took over what this one counted. */
  mergedInto: string | null;
  /** When it comes back: until, moreItems, ratePerMinute, newerVersion. */
  snooze: JsonObject | null;
  /** Resolved in the next version: what comes of this one or older does not bring it back. */
  resolvedInVersion: number | null;
  /** Resolved because its step works again; items of it may still wait. */
  resolvedByItself: boolean;
  /** Items by hour of the last 24, oldest first. */
  arrivals: number[];
  firstSeenAt: string;
  /** When it opened, or came back last. */
  openedAt: string;
  lastSeenAt: string;
}

export interface IssueView extends IssueSummary {
  note: string;
  runbook: string;
  /** What was done, newest first; the newest 200 of it. */
  activity: { at: string; actor: string; action: string; details: JsonObject }[];
  /** How many older lines there are. */
  moreActivity: number;
}

/** What the inbox and the history behind it take on the disk of this instance, all workspaces together. */
export interface InboxStorage {
  /** The items with their frozen inputs. */
  itemsBytes: number;
  /** Events, runs, steps, attempts and payloads. */
  historyBytes: number;
  /** Of the history: weeks past the retention, kept because an item of them waits or a run of them goes on. */
  heldBytes: number;
  heldFrom: string | null;
  /** Of this workspace. */
  oldestOpenAt: string | null;
  retentionDays: number;
}

/** What somebody is at on an issue; `gone`: not any more. */
export const presences = ["looking", "writing", "redriving", "gone"] as const;
export type Presence = (typeof presences)[number];

/** Who else is at an issue now. */
export interface IssuePresence {
  others: { userId: string; name: string; doing: Exclude<Presence, "gone"> }[];
}

export interface IssueCounts {
  review: number;
  mine: number;
  snoozed: number;
  resolved: number;
  all: number;
}

export interface DeadLetterSummary {
  id: string;
  issueId: string;
  workflowId: string;
  workflowName: string;
  version: number | null;
  runId: string;
  stepId: string;
  nodeId: string;
  nodeName: string;
  kind: string;
  error: StepError;
  status: DeadLetterStatus;
  eventAt: string;
  deadAt: string;
  closedAt: string | null;
  closeReason: string | null;
  /** Where it stood inside loops, as `lib/shared/iteration.ts` writes it. */
  iteration: string;
  /** What the trigger tells events apart by; null without one, and once the run is gone. */
  eventKey: string | null;
  /** The idempotency key its author gave the step; null without one, and once the run is gone. */
  stepKey: string | null;
}

export interface DeadLetterView extends DeadLetterSummary {
  input: JsonValue;
  editedInput: JsonValue | null;
  event: JsonValue;
  attemptList: AttemptView[];
  runStatus: RunStatus;
  /** How many runs with the same order key wait for this one to be settled. */
  blocks: number;
  /** The new run it was last redriven as; null when its own run went on. */
  replayRunId: string | null;
  /** The key its author gave the step, and how it stands now; null without one. */
  idempotency: {
    key: string;
    /** Null: nothing is known of it, or no longer. */
    state: "claimed" | "sent" | "succeeded" | "failed_final" | "released" | "unknown_outcome" | null;
    /** The run that used it last. */
    heldBy: string | null;
    lastSentAt: string | null;
    expiresAt: string | null;
  } | null;
  /** Its outcome is unknown, and its remote can be asked. */
  canLookUp: boolean;
}

export interface RedriveProgressView {
  total: number;
  waiting: number;
  running: number;
  succeeded: number;
  /** Failed again: open in the inbox. */
  failed: number;
  skipped: number;
}

/** A bulk act on items: to redrive them, discard them, or take their discarding back. `total` is always the sum of the other counts of its progress. */
export interface RedriveView {
  id: string;
  act: "redrive" | "discard" | "reopen";
  /** Why items are discarded. */
  reason: string | null;
  /** A change made to the frozen input of each item. */
  edit: { path: string; value: JsonValue } | null;
  name: string;
  filter: JsonObject;
  ratePerSecond: number;
  order: BulkOrder;
  canary: number;
  stopAfterFailures: number | null;
  status: "running" | "paused" | "canceled" | "completed";
  /** Why it is paused or canceled: `by hand`, `canary_failed`, `too_many_failures`. */
  statusReason: string | null;
  progress: RedriveProgressView;
  /** For what waits, at its rate. */
  remainingMs: number;
  createdBy: string;
  createdAt: string;
  finishedAt: string | null;
}

export interface RedriveDetail extends RedriveView {
  /** The first 200 that failed again or were skipped. */
  notable: { deadLetterId: string; issueId: string; state: "failed" | "skipped"; reason: string | null; runId: string }[];
}

export interface RedrivePlan {
  total: number;
  redrivable: number;
  oldestEventAt: string | null;
  newestEventAt: string | null;
  estimatedMs: number;
  limitedBy: "rate" | "limits";
  order: BulkOrder;
  groups: { workflowId: string; workflowName: string; nodeId: string; kind: string; items: number }[];
  /** Which items cannot be redriven, and why. */
  obstacles: { reason: string; items: number }[];
  /** With an edit: what it makes of the first three items. */
  samples: { deadLetterId: string; before: JsonValue; after: JsonValue; problem: string | null }[];
}

/** What a replay or redrive would do. */
export interface ReplayPlan {
  /** `redrive`: the same run goes on; `rerun`: a new run from a step on; `replay`: a new run from the event. */
  as: "redrive" | "rerun" | "replay";
  runId: string;
  /** Null: a snapshot of the draft. */
  version: number | null;
  liveVersion: number | null;
  /** Empty: the start. */
  from: { nodeId: string; name: string }[];
  /** Steps whose results are kept. */
  keeps: { nodeId: string; name: string }[];
  /** Steps that run, or may run, in order. */
  runs: {
    nodeId: string;
    name: string;
    type: string;
    effect: string;
    ranBefore: boolean;
    /** When the result was stored that will be returned instead of a call. */
    resultOf: string | null;
    verdict: "harmless" | "acts" | "acts_again" | "skipped" | "may_be_skipped" | "waits" | "refused";
    note: string;
  }[];
  /** Why it cannot be done. */
  problems: string[];
}

/** One step run against nothing real. */
export interface DryRun {
  /** What would have been sent; answered by an echo of itself. */
  requests: { method: string; url: string; headers: Record<string, string>; body: string | null }[];
  port: string | null;
  output: JsonValue;
  error: { class: string; code: string; message: string; details: JsonValue } | null;
}

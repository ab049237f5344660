import type { RolloutSummary } from "./api-rollouts.ts";
import type { ConnectionLimitState } from "./connection-limits.ts";
import type { Problem } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { LoopView } from "./loop-types.ts";
import type { RunAttributeView } from "./run-attribute-types.ts";
import type { RunTies } from "./run-ties.ts";
import type { AttemptState, DeadLetterStatus, EventOutcome, FailureClass, RunStatus, StepStatus, WaitReason } from "./statuses.ts";
import type { WaitingFor } from "./waiting-types.ts";

/*
 * What /api/v1 answers, shared by the services that make it and the screens that show it.
 * All times are ISO 8601 UTC strings; durations are ms in fields ending in `Ms`. A `document` is a WorkflowDocument of lib/graph.
 */

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface ApiError {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  problems?: Problem[];
}

export interface SessionView {
  user: { id: string; name: string; email: string };
  role: "owner" | "builder" | "operator" | "viewer";
  permissions: string[];
  workspace: { id: string; name: string };
  baseUrl: string;
  /** After so many days runs are removed. */
  retentionDays: number;
}

/** `severity: "error"` blocks publishing. `path` is dotted into the document; `nodeId` is set when one node is meant. */
export interface DocumentProblem extends Problem {
  severity: "error" | "warning";
  nodeId: string | null;
  /** The reliability rule that found it. */
  rule?: string | undefined;
}

export interface TriggerView {
  id: string;
  nodeId: string;
  type: string;
  enabled: boolean;
  /** Webhooks only. */
  url: string | null;
  /** Schedules only. */
  nextFireAt: string | null;
  /** Poll triggers only. */
  poll: PollStatus | null;
}

/** How a poll trigger fares. */
export interface PollStatus {
  lastPolledAt: string | null;
  /** When the list was last read to its end. */
  lastOkAt: string | null;
  /** Null while the trigger is switched off. */
  nextPollAt: string | null;
  /** In a row. */
  failures: number;
  /** Why the last poll did not come to its end: it failed, or was put off. */
  lastError: { code: string; message: string } | null;
  /** How far the list is read. */
  cursor: JsonValue;
  /** False until the first poll has taken note of what was there. */
  begun: boolean;
}

/** What one poll of the draft would see. Nothing is kept of it. */
export interface PollSample {
  /** The first of the page, each as a run would see it, with its key; null: the key cannot be worked out. */
  items: { item: JsonValue; key: string | null }[];
  /** All on the page. */
  count: number;
  hasMore: boolean;
  /** Why there is nothing to see. */
  error: { code: string; message: string } | null;
}

export type WorkflowState = "draft" | "live" | "paused" | "archived";

export interface WorkflowSummary {
  id: string;
  name: string;
  state: WorkflowState;
  pausedReason: string | null;
  liveVersion: number | null;
  rollout: RolloutSummary | null;
  hasUnpublishedChanges: boolean;
  /** In words: "Webhook", "Every weekday at 09:00 (Europe/Paris)". */
  trigger: string;
  nextFireAt: string | null;
  lastRun: { id: string; status: RunStatus; at: string } | null;
  runs24h: { total: number; failed: number; byHour: number[] };
  openDeadLetters: number;
  createdAt: string;
  updatedAt: string;
}

export interface WorkflowView {
  id: string;
  name: string;
  state: WorkflowState;
  pausedReason: string | null;
  liveVersion: number | null;
  /** The version that takes a share of the events beside the live one. */
  rollout: RolloutSummary | null;
  /** What is published last, live or under trial: the draft's changes are counted from it. */
  latestDocument: JsonValue | null;
  liveDocument: JsonValue | null;
  draft: { document: JsonValue; revision: number; updatedAt: string };
  problems: DocumentProblem[];
  triggers: TriggerView[];
  createdAt: string;
  updatedAt: string;
}

export interface DraftSaved {
  revision: number;
  savedAt: string;
  problems: DocumentProblem[];
}

export interface VersionView {
  version: number;
  note: string;
  publishedBy: string | null;
  publishedAt: string;
  live: boolean;
  /** Runs that have not ended; the list tells them, up to 10,000 of the workflow. */
  openRuns?: number | undefined;
  document?: JsonValue;
}

export interface Published {
  version: number;
  triggers: TriggerView[];
}

/** A ready-made workflow, shipped as a file. */
export interface TemplateView {
  id: string;
  name: string;
  description: string;
  document: JsonValue;
  sampleInput: JsonValue;
}

export interface RunStarted {
  runId: string;
  statusUrl: string;
  /** No run was started, by the workflow's control of arrivals: `runId` is the one that goes, or the last that was let through. */
  dropped?: "limit" | "singleton" | undefined;
}

export interface RunSummary {
  id: string;
  workflowId: string;
  workflowName: string;
  version: number | null;
  mode: "live" | "test";
  status: RunStatus;
  retried: boolean;
  partial: boolean;
  triggerType: string;
  error: RunError | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  durationMs: number | null;
  queueMs: number | null;
  /** Of all its steps together. */
  attempts: number;
  /** By which its event was told from a repeat. */
  dedupeKey: string | null;
  /** It has not started, for it waits for more events until then at the latest. */
  gathersUntil?: string | undefined;
}

export interface RunError {
  nodeId: string;
  class: FailureClass;
  code: string;
  message: string;
}

export interface StepError extends Omit<RunError, "nodeId"> {
  details: JsonValue;
}

export interface StepSummary {
  id: string;
  nodeId: string;
  iteration: string;
  name: string;
  type: string;
  status: StepStatus;
  waitReason: WaitReason | null;
  wakeAt: string | null;
  port: string | null;
  deadLettered: boolean;
  attempts: number;
  retried: boolean;
  error: StepError | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  durationMs: number | null;
  attemptSummaries: {
    no: number;
    state: AttemptState;
    class: FailureClass | null;
    httpStatus: number | null;
    askedAt: string | null;
    startedAt: string;
    endedAt: string | null;
  }[];
}

export interface RunView extends RunSummary, RunTies {
  triggerNodeId: string;
  /** By what it is found. */
  attributes: RunAttributeView[];
  event: { id: string; data: JsonValue; receivedAt: string } | null;
  replayOf: string | null;
  redriveCount: number;
  wakeAt: string | null;
  document: JsonValue;
  /** Those inside of loops may be too many to be shown: `moreSteps` are not. */
  steps: StepSummary[];
  /** How many steps of each node inside a loop there are, by their status. */
  iterations: { nodeId: string; status: StepStatus; count: number }[];
  moreSteps: number;
  deadLetters: { id: string; stepId: string; status: DeadLetterStatus; issueId: string }[];
}

export interface RecordedRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface RecordedResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Of the whole body; `body` is cut to 64 KiB. */
  sizeBytes: number;
  durationMs: number;
}

export interface AttemptView {
  no: number;
  /** `lookup`: it only asked whether an earlier call was applied. */
  kind: "call" | "lookup";
  state: AttemptState;
  class: FailureClass | null;
  httpStatus: number | null;
  request: RecordedRequest | null;
  response: RecordedResponse | null;
  error: StepError | null;
  /** When it asked for its place under a limit; null: nothing limited it. */
  askedAt: string | null;
  startedAt: string;
  sentAt: string | null;
  endedAt: string | null;
}

export interface StepView extends StepSummary {
  effect: string;
  idempotencyKey: string | null;
  input: JsonValue;
  output: JsonValue;
  attemptList: AttemptView[];
  /** Of a loop under way. */
  loop: LoopView | null;
  waitingFor: WaitingFor | null;
}

export interface EventView {
  id: string;
  workflowId: string;
  triggerId: string | null;
  outcome: EventOutcome;
  reason: string | null;
  dedupeKey: string | null;
  runId: string | null;
  data: JsonValue;
  size: number;
  receivedAt: string;
}

export interface ConnectionView {
  id: string;
  name: string;
  kind: string;
  baseUrl: string | null;
  allowedHosts: string[];
  /** Non-secret fields. */
  fields: JsonObject;
  /** Throttle windows and concurrency shared by everything that uses the connection. */
  limits: JsonObject;
  /** How those limits stand at the moment. */
  limitState: ConnectionLimitState;
  /** Names and last characters only; values are write-only. */
  secrets: { field: string; hint: string; version: number }[];
  status: "untested" | "ok" | "failing" | "isolated";
  /** Why a person took it out of service; null when nobody did. */
  isolatedReason: string | null;
  /** Since when its credential is known to be refused; steps wait until it is replaced, or a test succeeds. */
  authFailedAt: string | null;
  /** How many runs wait for it because of that. */
  waitingRuns: number;
  /** Below the base URL; asked when only calls wait that must not be repeated. */
  healthPath: string | null;
  usedBy: { workflowId: string; name: string }[];
  createdAt: string;
  updatedAt: string;
  lastUsedAt: string | null;
  lastTestedAt: string | null;
}

export interface ConnectionTest {
  ok: boolean;
  status: number | null;
  message: string;
}

export interface TokenView {
  id: string;
  name: string;
  hint: string;
  scopes: string[];
  createdBy: string | null;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export interface TokenCreated extends TokenView {
  /** Shown once. */
  token: string;
}

export interface MemberView {
  userId: string;
  name: string;
  email: string;
  role: "owner" | "builder" | "operator" | "viewer";
  createdAt: string;
}

export interface AuditEntry {
  id: string;
  at: string;
  actor: string;
  action: string;
  entityType: string;
  entityId: string;
  /** What it is called now; null for what bears no name, and once it is gone. */
  entityName: string | null;
  /** Of a dead letter: where it is found. */
  issueId: string | null;
  details: JsonObject;
}

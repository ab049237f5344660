import * as z from "zod";
import { bulkOrders } from "#lib/shared/bulk-order.ts";
import type {
  DeadLetterSummary,
  DeadLetterView,
  DryRun,
  InboxStorage,
  IssueCounts,
  IssuePresence,
  IssueSummary,
  IssueView,
  RedriveDetail,
  RedrivePlan,
  RedriveView,
  ReplayPlan,
} from "#lib/shared/inbox-types.ts";
import { deadLetterStatuses, issueStatuses } from "#lib/shared/statuses.ts";
import { id, json, jsonObject, runStatus, time } from "./common.ts";
import { attemptView, stepError } from "./runs.ts";

const issueFields = {
  id,
  type: z.string(),
  title: z.string(),
  status: z.enum(issueStatuses),
  regressed: z.boolean(),
  escalating: z.boolean(),
  critical: z.boolean(),
  workflowId: id.nullable(),
  workflowName: z.string().nullable(),
  nodeId: z.string().nullable(),
  nodeName: z.string().nullable(),
  connection: z.object({ id, name: z.string() }).nullable(),
  assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
  count: z.int(),
  openCount: z.int(),
  firstVersion: z.int().nullable(),
  lastVersion: z.int().nullable(),
  mergedInto: id.nullable(),
  snooze: jsonObject.nullable(),
  resolvedInVersion: z.int().nullable(),
  resolvedByItself: z.boolean(),
  arrivals: z.array(z.int().min(0)),
  firstSeenAt: time,
  openedAt: time,
  lastSeenAt: time,
};
export const issueSummary: z.ZodType<IssueSummary> = z.object(issueFields).meta({ id: "IssueSummary" });

export const issueView: z.ZodType<IssueView> = z
  .object({
    ...issueFields,
    note: z.string(),
    runbook: z.string(),
    activity: z.array(z.object({ at: time, actor: z.string(), action: z.string(), details: jsonObject })),
    moreActivity: z.int().min(0),
  })
  .meta({ id: "Issue" });

export const issueCounts: z.ZodType<IssueCounts> = z
  .object({ review: z.int(), mine: z.int(), snoozed: z.int(), resolved: z.int(), all: z.int() })
  .meta({ id: "IssueCounts" });

export const inboxStorage: z.ZodType<InboxStorage> = z
  .object({
    itemsBytes: z.number(),
    historyBytes: z.number(),
    heldBytes: z.number(),
    heldFrom: time.nullable(),
    oldestOpenAt: time.nullable(),
    retentionDays: z.int(),
  })
  .meta({ id: "InboxStorage" });

export const issuePresence: z.ZodType<IssuePresence> = z
  .object({ others: z.array(z.object({ userId: z.string(), name: z.string(), doing: z.enum(["looking", "writing", "redriving"]) })) })
  .meta({ id: "IssuePresence" });

const letterFields = {
  id,
  issueId: id,
  workflowId: id,
  workflowName: z.string(),
  version: z.int().nullable(),
  runId: id,
  stepId: id,
  nodeId: z.string(),
  nodeName: z.string(),
  kind: z.string(),
  error: stepError,
  status: z.enum(deadLetterStatuses),
  eventAt: time,
  deadAt: time,
  closedAt: time.nullable(),
  closeReason: z.string().nullable(),
  iteration: z.string(),
  eventKey: z.string().nullable(),
  stepKey: z.string().nullable(),
};
export const deadLetterSummary: z.ZodType<DeadLetterSummary> = z.object(letterFields).meta({ id: "DeadLetterSummary" });

export const deadLetterView: z.ZodType<DeadLetterView> = z
  .object({
    ...letterFields,
    input: json,
    editedInput: json.nullable(),
    event: json,
    attemptList: z.array(attemptView),
    runStatus,
    blocks: z.int().min(0),
    replayRunId: id.nullable(),
    idempotency: z
      .object({
        key: z.string(),
        state: z.enum(["claimed", "sent", "succeeded", "failed_final", "released", "unknown_outcome"]).nullable(),
        heldBy: id.nullable(),
        lastSentAt: time.nullable(),
        expiresAt: time.nullable(),
      })
      .nullable(),
    canLookUp: z.boolean(),
  })
  .meta({ id: "DeadLetter" });

const count = z.int().min(0);

const redriveFields = {
  id,
  act: z.enum(["redrive", "discard", "reopen"]),
  reason: z.string().nullable(),
  edit: z.object({ path: z.string(), value: json }).nullable(),
  name: z.string(),
  filter: jsonObject,
  ratePerSecond: z.number(),
  order: z.enum(bulkOrders),
  canary: count,
  stopAfterFailures: z.int().nullable(),
  status: z.enum(["running", "paused", "canceled", "completed"]),
  statusReason: z.string().nullable(),
  progress: z.object({ total: count, waiting: count, running: count, succeeded: count, failed: count, skipped: count }),
  remainingMs: z.number(),
  createdBy: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
};
export const redriveView: z.ZodType<RedriveView> = z.object(redriveFields).meta({ id: "Redrive" });

export const redriveDetail: z.ZodType<RedriveDetail> = z
  .object({
    ...redriveFields,
    notable: z.array(
      z.object({ deadLetterId: id, issueId: id, state: z.enum(["failed", "skipped"]), reason: z.string().nullable(), runId: id }),
    ),
  })
  .meta({ id: "RedriveDetail" });

export const redrivePlan: z.ZodType<RedrivePlan> = z
  .object({
    total: count,
    redrivable: count,
    oldestEventAt: time.nullable(),
    newestEventAt: time.nullable(),
    estimatedMs: z.number(),
    limitedBy: z.enum(["rate", "limits"]),
    order: z.enum(bulkOrders),
    groups: z.array(z.object({ workflowId: id, workflowName: z.string(), nodeId: z.string(), kind: z.string(), items: count })),
    obstacles: z.array(z.object({ reason: z.string(), items: count })),
    samples: z.array(z.object({ deadLetterId: id, before: json, after: json, problem: z.string().nullable() })),
  })
  .meta({ id: "RedrivePlan" });

const nodeRef = z.object({ nodeId: z.string(), name: z.string() });

export const replayPlan: z.ZodType<ReplayPlan> = z
  .object({
    as: z.enum(["redrive", "rerun", "replay"]),
    runId: id,
    version: z.int().nullable(),
    liveVersion: z.int().nullable(),
    from: z.array(nodeRef),
    keeps: z.array(nodeRef),
    runs: z.array(
      z.object({
        nodeId: z.string(),
        name: z.string(),
        type: z.string(),
        effect: z.string(),
        ranBefore: z.boolean(),
        resultOf: time.nullable(),
        verdict: z.enum(["harmless", "acts", "acts_again", "skipped", "may_be_skipped", "waits", "refused"]),
        note: z.string(),
      }),
    ),
    problems: z.array(z.string()),
  })
  .meta({ id: "ReplayPlan" });

export const dryRun: z.ZodType<DryRun> = z
  .object({
    requests: z.array(
      z.object({ method: z.string(), url: z.string(), headers: z.record(z.string(), z.string()), body: z.string().nullable() }),
    ),
    port: z.string().nullable(),
    output: json,
    error: z.object({ class: z.string(), code: z.string(), message: z.string(), details: json }).nullable(),
  })
  .meta({ id: "DryRun" });

export const issuesChanged = z.object({ changed: count }).meta({ id: "IssuesChanged" });

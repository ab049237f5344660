import * as z from "zod";
import { attributeTypes } from "#lib/graph/attributes.ts";
import type { AttemptView, EventView, RunStarted, RunSummary, RunView, StepSummary, StepView } from "#lib/shared/api-types.ts";
import type { LoopPaceView } from "#lib/shared/loop-types.ts";
import type { RunChart } from "#lib/shared/run-chart.ts";
import type { RunMoveOutcome } from "#lib/shared/run-ties.ts";
import { attemptStates, deadLetterStatuses, eventOutcomes, stepStatuses, waitReasons } from "#lib/shared/statuses.ts";
import { failureClass, id, json, runStatus, time } from "./common.ts";

const headers = z.record(z.string(), z.string());
const errorFields = { class: failureClass, code: z.string(), message: z.string() };
const runError = z.object({ nodeId: z.string(), ...errorFields });
export const stepError = z.object({ ...errorFields, details: json });

export const runStarted: z.ZodType<RunStarted> = z
  .object({ runId: id, statusUrl: z.string(), dropped: z.enum(["limit", "singleton"]).optional() })
  .meta({ id: "RunStarted" });

const runSummaryFields = {
  id,
  workflowId: id,
  workflowName: z.string(),
  version: z.int().nullable(),
  mode: z.enum(["live", "test"]),
  status: runStatus,
  retried: z.boolean(),
  partial: z.boolean(),
  triggerType: z.string(),
  error: runError.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  durationMs: z.number().nullable(),
  queueMs: z.number().nullable(),
  attempts: z.int(),
  dedupeKey: z.string().nullable(),
  gathersUntil: time.optional(),
};
export const runSummary: z.ZodType<RunSummary> = z.object(runSummaryFields).meta({ id: "RunSummary" });

export const runChart: z.ZodType<RunChart> = z
  .object({
    from: time,
    to: time,
    bucketMs: z.int(),
    buckets: z.array(z.object({ at: time, status: runStatus, count: z.int() })),
    totals: z.array(z.object({ status: runStatus, count: z.int() })),
    total: z.int(),
    complete: z.boolean(),
  })
  .meta({ id: "RunChart" });

const attemptSummaryFields = {
  no: z.int(),
  state: z.enum(attemptStates),
  class: failureClass.nullable(),
  httpStatus: z.int().nullable(),
  askedAt: time.nullable(),
  startedAt: time,
  endedAt: time.nullable(),
};

export const attemptView: z.ZodType<AttemptView> = z
  .object({
    ...attemptSummaryFields,
    kind: z.enum(["call", "lookup"]),
    request: z.object({ method: z.string(), url: z.string(), headers, body: z.string().nullable() }).nullable(),
    response: z.object({ status: z.int(), headers, body: z.string(), sizeBytes: z.int(), durationMs: z.number() }).nullable(),
    error: stepError.nullable(),
    sentAt: time.nullable(),
  })
  .meta({ id: "Attempt" });

const stepFields = {
  id,
  nodeId: z.string(),
  iteration: z.string(),
  name: z.string(),
  type: z.string(),
  status: z.enum(stepStatuses),
  waitReason: z.enum(waitReasons).nullable(),
  wakeAt: time.nullable(),
  port: z.string().nullable(),
  deadLettered: z.boolean(),
  attempts: z.int(),
  retried: z.boolean(),
  error: stepError.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  durationMs: z.number().nullable(),
  attemptSummaries: z.array(z.object(attemptSummaryFields)),
};
export const stepSummary: z.ZodType<StepSummary> = z.object(stepFields).meta({ id: "StepSummary" });

export const runView: z.ZodType<RunView> = z
  .object({
    ...runSummaryFields,
    triggerNodeId: z.string(),
    attributes: z.array(
      z.object({
        name: z.string(),
        type: z.enum(attributeTypes),
        value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
        problem: z.string().nullable(),
      }),
    ),
    event: z.object({ id, data: json, receivedAt: time }).nullable(),
    replayOf: id.nullable(),
    redriveCount: z.int(),
    wakeAt: time.nullable(),
    held: z
      .object({
        reason: z.enum(["concurrency", "order", "share", "arrivals"]),
        behindRunId: id.nullable(),
        deadLetter: z.object({ id, issueId: id }).nullable(),
        gathers: z.object({ until: time, events: z.int() }).optional(),
      })
      .nullable(),
    parent: z.object({ runId: id, stepId: id.nullable() }).nullable(),
    failureOf: id.nullable(),
    replays: z.array(z.object({ runId: id, status: runStatus, createdAt: time })),
    moves: z.array(z.object({ at: time, fromVersion: z.int().nullable(), toVersion: z.int().nullable(), by: z.string() })),
    children: z.array(z.object({ runId: id, stepId: id.nullable(), workflowName: z.string(), status: runStatus })),
    document: json,
    steps: z.array(stepSummary),
    iterations: z.array(z.object({ nodeId: z.string(), status: z.enum(stepStatuses), count: z.int() })),
    moreSteps: z.int(),
    deadLetters: z.array(z.object({ id, stepId: id, status: z.enum(deadLetterStatuses), issueId: id })),
  })
  .meta({ id: "Run" });

export const attributeNames = z.object({ items: z.array(z.object({ name: z.string(), type: z.string() })) }).meta({ id: "AttributeNames" });

export const runMoveOutcome: z.ZodType<RunMoveOutcome> = z
  .object({
    runId: id,
    fromVersion: z.int().nullable(),
    toVersion: z.int().nullable(),
    moved: z.boolean(),
    obstacles: z.array(z.object({ nodeId: z.string().nullable(), message: z.string() })),
  })
  .meta({ id: "RunMoveOutcome" });

const loopPaceFields = {
  concurrency: z.int(),
  tolerate: z.object({ count: z.int().optional(), percent: z.number().optional() }),
};
export const loopPace: z.ZodType<LoopPaceView> = z.object(loopPaceFields).meta({ id: "LoopPace" });

export const stepView: z.ZodType<StepView> = z
  .object({
    ...stepFields,
    effect: z.string(),
    idempotencyKey: z.string().nullable(),
    input: json,
    output: json,
    attemptList: z.array(attemptView),
    loop: z.object({ ...loopPaceFields, total: z.int(), succeeded: z.int(), failed: z.int(), underWay: z.int() }).nullable(),
    waitingFor: z
      .object({
        callbackUrl: z.string().nullable(),
        approval: z.object({ id, message: z.string(), assignees: z.array(z.string()) }).nullable(),
        polls: z.object({ made: z.int(), failed: z.int() }).nullable(),
      })
      .nullable(),
  })
  .meta({ id: "Step" });

export const eventView: z.ZodType<EventView> = z
  .object({
    id,
    workflowId: id,
    triggerId: id.nullable(),
    outcome: z.enum(eventOutcomes),
    reason: z.string().nullable(),
    dedupeKey: z.string().nullable(),
    runId: id.nullable(),
    data: json,
    size: z.int(),
    receivedAt: time,
  })
  .meta({ id: "Event" });

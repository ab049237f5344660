import * as z from "zod";
import type { RolloutView } from "#lib/shared/api-rollouts.ts";
import type {
  DraftSaved,
  PollSample,
  Published,
  TemplateView,
  TriggerView,
  VersionView,
  WorkflowSummary,
  WorkflowView,
} from "#lib/shared/api-types.ts";
import { documentProblemSchema, id, json, runStatus, time } from "./common.ts";

const count = z.int().min(0);
const state = z.enum(["draft", "live", "paused", "archived"]);
const rollout = z.object({ version: z.int(), percent: z.int(), paused: z.boolean(), reason: z.string().nullable() }).nullable();

const fault = z.object({ code: z.string(), message: z.string() });

export const pollSample: z.ZodType<PollSample> = z
  .object({
    items: z.array(z.object({ item: json, key: z.string().nullable() })),
    count,
    hasMore: z.boolean(),
    error: fault.nullable(),
  })
  .meta({ id: "PollSample" });

export const triggerView: z.ZodType<TriggerView> = z
  .object({
    id,
    nodeId: z.string(),
    type: z.string(),
    enabled: z.boolean(),
    url: z.string().nullable(),
    nextFireAt: time.nullable(),
    poll: z
      .object({
        lastPolledAt: time.nullable(),
        lastOkAt: time.nullable(),
        nextPollAt: time.nullable(),
        failures: count,
        lastError: fault.nullable(),
        cursor: json,
        begun: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: "Trigger" });

export const workflowSummary: z.ZodType<WorkflowSummary> = z
  .object({
    id,
    name: z.string(),
    state,
    pausedReason: z.string().nullable(),
    liveVersion: z.int().nullable(),
    rollout,
    hasUnpublishedChanges: z.boolean(),
    trigger: z.string(),
    nextFireAt: time.nullable(),
    lastRun: z.object({ id, status: runStatus, at: time }).nullable(),
    runs24h: z.object({ total: count, failed: count, byHour: z.array(count).length(24) }),
    openDeadLetters: count,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "WorkflowSummary" });

export const workflowView: z.ZodType<WorkflowView> = z
  .object({
    id,
    name: z.string(),
    state,
    pausedReason: z.string().nullable(),
    liveVersion: z.int().nullable(),
    rollout,
    liveDocument: json.nullable(),
    latestDocument: json.nullable(),
    draft: z.object({ document: json, revision: z.int(), updatedAt: time }),
    problems: z.array(documentProblemSchema),
    triggers: z.array(triggerView),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "Workflow" });

export const draftSaved: z.ZodType<DraftSaved> = z
  .object({ revision: z.int(), savedAt: time, problems: z.array(documentProblemSchema) })
  .meta({ id: "DraftSaved" });

export const validated = z.object({ problems: z.array(documentProblemSchema) });

export const published: z.ZodType<Published> = z.object({ version: z.int(), triggers: z.array(triggerView) }).meta({ id: "Published" });

const versionFields = {
  version: z.int(),
  note: z.string(),
  publishedBy: z.string().nullable(),
  publishedAt: time,
  live: z.boolean(),
};
export const versionSummary: z.ZodType<VersionView> = z
  .object({ ...versionFields, openRuns: z.int().optional() })
  .meta({ id: "VersionSummary" });
export const versionView: z.ZodType<VersionView> = z.object({ ...versionFields, document: json }).meta({ id: "Version" });

const figure = z.number().nullable();

export const rolloutView: z.ZodType<RolloutView> = z
  .object({
    version: z.int(),
    baselineVersion: z.int(),
    percent: z.int(),
    state: z.enum(["ramping", "paused", "promoted", "aborted"]),
    guard: z.object({ enabled: z.boolean(), minRuns: z.int(), maxExcess: z.int() }),
    reason: z.string().nullable(),
    startedBy: z.string().nullable(),
    startedAt: time,
    endedAt: time.nullable(),
    runs: z.object({ live: count, canary: count }),
    comparison: z.array(
      z.object({
        metric: z.enum(["failureRate", "deadLetterRate", "retryRate", "p95DurationMs", "p95WaitMs"]),
        live: figure,
        canary: figure,
        allowed: figure,
        verdict: z.enum(["pass", "over", "not_enough_data"]),
      }),
    ),
  })
  .meta({ id: "Rollout" });

export const templateView: z.ZodType<TemplateView> = z
  .object({ id: z.string(), name: z.string(), description: z.string(), document: json, sampleInput: json })
  .meta({ id: "Template" });

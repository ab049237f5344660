import * as z from "zod";
import type {
  DraftSaved,
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

export const triggerView: z.ZodType<TriggerView> = z
  .object({ id, nodeId: z.string(), type: z.string(), enabled: z.boolean(), url: z.string().nullable(), nextFireAt: time.nullable() })
  .meta({ id: "Trigger" });

export const workflowSummary: z.ZodType<WorkflowSummary> = z
  .object({
    id,
    name: z.string(),
    state,
    pausedReason: z.string().nullable(),
    liveVersion: z.int().nullable(),
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
    liveDocument: json.nullable(),
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
export const versionSummary: z.ZodType<VersionView> = z.object(versionFields).meta({ id: "VersionSummary" });
export const versionView: z.ZodType<VersionView> = z.object({ ...versionFields, document: json }).meta({ id: "Version" });

export const templateView: z.ZodType<TemplateView> = z
  .object({ id: z.string(), name: z.string(), description: z.string(), document: json, sampleInput: json })
  .meta({ id: "Template" });

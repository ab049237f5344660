import * as z from "zod";
import { elementIdSchema, pinsSchema, testedItemsSchema } from "#lib/graph/document.ts";
import { concurrencySchema, toleranceSchema } from "#lib/nodes/for-each/definition.ts";
import { runStatuses, stepStatuses } from "#lib/shared/statuses.ts";
import { idSchema, listOf, pageFields, searchSchema, timeSchema } from "../schemas.ts";
import { attributeFilterSchema } from "./attribute-filter.ts";

const maxDurationMs = 366 * 24 * 3_600_000;
const versionNumber = z.int().min(1).max(2_147_483_647);

/** Of the Idempotency-Key header. */
export const idempotencyKeySchema = z.string().trim().min(1).max(255);

export const startRunSchema = z.strictObject({
  /** What the run sees as `trigger.body`; for a webhook, the whole delivery when it has a `body`. */
  input: z.json().optional(),
  mode: z.enum(["live", "test"]).default("live"),
  /** Absent: the live version, or the draft for a test. */
  version: versionNumber.optional(),
  /** Which trigger to start from; absent: the manual one, or else the first. */
  triggerNodeId: z.string().max(64).optional(),
  /** Who goes first where calls wait for a limit. Absent: normal. Added to the `priority` in the workflow's settings. */
  priority: z.enum(["high", "normal", "low"]).optional(),
  /** Of a test: run this node and what it needs, nothing else. */
  until: elementIdSchema.optional(),
  /** Of a test: what nodes give instead of running, by their ids. Absent: those pinned in the draft. */
  pins: pinsSchema.optional(),
  /** Of a test: the one item that each of these loops goes through, counted from 0. Absent: all items. */
  items: testedItemsSchema.optional(),
});
export type StartRunInput = z.output<typeof startRunSchema> & { id: string; idempotencyKey?: string | undefined };

const fieldSchema = z
  .string()
  .max(500)
  .regex(/^[^=.]+(?:[.][^=.]+)*=/, "must be path=value, for example body.order.id=42")
  .transform((text) => {
    const at = text.indexOf("=");
    return { path: text.slice(0, at).split("."), value: text.slice(at + 1) };
  });

export const listRunsSchema = z.strictObject({
  ...pageFields,
  status: listOf(z.enum(runStatuses)).optional(),
  workflowId: idSchema.optional(),
  version: z.coerce.number().pipe(versionNumber).optional(),
  /** What started it: `webhook`, `schedule`, `manual`, `api`. */
  trigger: listOf(z.string().max(64)).optional(),
  mode: z.enum(["live", "test"]).optional(),
  /** Runs in which this node failed. */
  node: z.string().max(64).optional(),
  /** Which time `from` and `to` are of. */
  by: z.enum(["received", "started", "ended"]).default("received"),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  /** Runs that took at least so long, from start to end. */
  minDurationMs: z.coerce.number().int().min(0).max(maxDurationMs).optional(),
  /** Runs with a step that was tried at least so often. */
  minAttempts: z.coerce.number().int().min(1).max(1_000).optional(),
  /** Whether a replay was made of it. */
  replayed: z.stringbool().optional(),
  /** Part of the error. */
  error: searchSchema.optional(),
  /** A whole idempotency key of a step, or deduplication key of the event. */
  key: z.string().min(1).max(1_000).optional(),
  /** A value of the event by its path, `body.order.id=42`. Pages may be short: payloads are looked through a stretch at a time. */
  field: fieldSchema.optional(),
  /** Attributes of the run, all of them: `customer:42,amount:>100`. */
  attr: attributeFilterSchema.optional(),
  /** Part of the workflow's name or of the error; or a whole run id, deduplication key or idempotency key. */
  q: searchSchema.optional(),
});
export type ListRunsInput = z.output<typeof listRunsSchema>;

/** A place inside a loop: `17`, `0-99`, `17/3`, with all that lies inside it. */
const iterationSchema = z
  .string()
  .max(200)
  .regex(/^(\d+(-\d+)?(\/\d+(-\d+)?)*)?$/, "an iteration is written like 17, 0-99 or 17/3");

export const getRunSchema = z.strictObject({
  /** Of the steps inside loops, only those of this iteration. */
  iteration: iterationSchema.min(1).optional(),
});
export type GetRunInput = z.output<typeof getRunSchema> & { id: string };

export const listStepsSchema = z.strictObject({
  ...pageFields,
  /** Empty: outside of loops. */
  iteration: iterationSchema.optional(),
  node: z.string().max(64).optional(),
  status: listOf(z.enum(stepStatuses)).optional(),
});
export type ListStepsInput = z.output<typeof listStepsSchema> & { id: string };

/** The filters of the list; an export has no pages. */
export const exportRunsSchema = listRunsSchema
  .omit({ cursor: true, limit: true })
  .extend({ format: z.enum(["csv", "jsonl"]).default("csv") });
export type ExportRunsInput = z.output<typeof exportRunsSchema>;

export const listAttributesSchema = z.strictObject({ workflowId: idSchema.optional() });
export type ListAttributesInput = z.output<typeof listAttributesSchema>;

/** The filters of the list but for the payload's, which has no index to count by. */
export const chartRunsSchema = listRunsSchema.omit({ cursor: true, limit: true, field: true });
export type ChartRunsInput = z.output<typeof chartRunsSchema>;

export const stepParamsSchema = z.strictObject({ id: idSchema, stepId: idSchema });

/** What is left out stays as it is; `tolerate: {}` tolerates no failure. */
export const repaceLoopSchema = z.strictObject({ concurrency: concurrencySchema.optional(), tolerate: toleranceSchema.optional() });
export type RepaceLoopInput = z.output<typeof repaceLoopSchema>;

/** Where a replay begins: at the start, at what failed, or at a node. */
export const replayFromSchema = z.union([z.enum(["start", "failed"]), z.string().min(1).max(64)]);
export const replayVersionSchema = z.union([z.enum(["same", "live"]), versionNumber]);
/** `same`: what took effect before is not done again. `new`: every effect is done once more. */
export const replayKeysSchema = z.enum(["same", "new"]);

/** To the live version, or to one by its number. */
export const moveRunSchema = z.strictObject({
  version: z.union([z.literal("live"), versionNumber]).default("live"),
  /** Only tells whether the run can be moved, and why not. */
  dryRun: z.boolean().default(false),
});
export type MoveRunInput = z.output<typeof moveRunSchema> & { id: string };

export const replayRunSchema = z.strictObject({
  from: replayFromSchema.default("start"),
  version: replayVersionSchema.default("same"),
  keys: replayKeysSchema.default("same"),
  /** From the start: replaces the event's data. Else: the input of the step it begins at. */
  input: z.json().optional(),
});
export type ReplayRunInput = z.output<typeof replayRunSchema> & { id: string };

import * as z from "zod";
import { effectClasses, failureClasses } from "#lib/shared/statuses.ts";
import { checkedFieldSchema } from "./field-steps/schema.ts";

const durationMs = (max: number) => z.int().min(0).max(max);
const dayMs = 86_400_000;

export const retrySchema = z.strictObject({
  maxAttempts: z.int().min(1).max(100).optional(),
  initialMs: durationMs(dayMs).optional(),
  factor: z.number().min(1).max(10).optional(),
  maxMs: durationMs(dayMs).optional(),
  jitter: z.enum(["full", "none"]).optional(),
  on: z.array(z.enum(failureClasses)).optional(),
  /** Looked through in order; the first that names the failure's class decides, over the settings above. */
  rules: z
    .array(
      z.strictObject({
        on: z.array(z.enum(failureClasses)).min(1),
        /** 0: not retried. */
        maxAttempts: z.int().min(0).max(100).optional(),
        initialMs: durationMs(dayMs).optional(),
        factor: z.number().min(1).max(10).optional(),
        maxMs: durationMs(dayMs).optional(),
        jitter: z.enum(["full", "none"]).optional(),
      }),
    )
    .max(20)
    .optional(),
});

export const throttleSchema = z.strictObject({
  windows: z
    .array(
      z.strictObject({
        limit: z.int().min(1).max(1_000_000),
        perMs: z
          .int()
          .min(100)
          .max(31 * dayMs),
      }),
    )
    .max(5)
    .optional(),
  key: z.string().max(2_000).optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
  onExceed: z.enum(["queue", "drop", "fail", "fallback"]).optional(),
  maxWaitMs: durationMs(30 * dayMs)
    .nullable()
    .optional(),
  /** What one call takes of every window: a number, or a template. */
  cost: z.union([z.int().min(1).max(1_000), z.string().min(1).max(2_000)]).optional(),
  /** Whom a pause binds that the remote asks for without naming a limit: calls of the same key, or all of the connection. */
  retryAfterScope: z.enum(["key", "connection"]).optional(),
});

export const idempotencySchema = z.strictObject({
  key: z.string().min(1).max(2_000).optional(),
  ttlMs: z
    .int()
    .min(60_000)
    .max(400 * dayMs)
    .optional(),
  scope: z.enum(["node", "workflow", "connection"]).optional(),
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .optional(),
  effect: z.enum(effectClasses).optional(),
  lookup: z
    .strictObject({
      request: z.record(z.string(), z.json()),
      found: z.string(),
      result: z.string(),
      settleDelayMs: durationMs(dayMs).optional(),
    })
    .optional(),
  remoteKeyTtlMs: z
    .int()
    .min(60_000)
    .max(400 * dayMs)
    .optional(),
  replaysErrors: z.boolean().optional(),
  storeFailures: z.boolean().optional(),
});

export const breakerSchema = z.strictObject({
  enabled: z.boolean().optional(),
  windowMs: durationMs(3_600_000).optional(),
  minCalls: z.int().min(1).max(10_000).optional(),
  failureRatio: z.number().gt(0).max(1).optional(),
  openMs: durationMs(3_600_000).optional(),
});

/** A JSON Schema (interpreted by @cfworker/json-schema). */
export const checkSchema = z.strictObject({ schema: z.record(z.string(), z.json()) });

/** An input may be checked field by field as well, or instead. */
export const inputCheckSchema = z
  .strictObject({
    schema: z.record(z.string(), z.json()).optional(),
    fields: z.array(checkedFieldSchema).min(1).max(200).optional().meta({ label: "Fields", widget: "list" }),
  })
  .refine(({ schema, fields }) => schema !== undefined || fields !== undefined, "say what is checked: a schema, or fields");

/** The reliability settings of one node (contract.md, Policy). Absent keys take the default of the node type and effect class. */
export const policySchema = z.strictObject({
  timeoutMs: z.int().min(1).max(900_000).optional(),
  deadlineMs: z
    .int()
    .min(1)
    .max(400 * dayMs)
    .optional(),
  retry: retrySchema.optional(),
  throttle: throttleSchema.optional(),
  idempotency: idempotencySchema.optional(),
  breaker: breakerSchema.optional(),
  validateInput: inputCheckSchema.optional(),
  validateOutput: checkSchema.optional(),
  onFailure: z.enum(["dead-letter", "continue", "fallback", "stop"]).optional(),
  compensate: z
    .strictObject({
      request: z.record(z.string(), z.json()),
      effect: z.enum(effectClasses).optional(),
      maxAttempts: z.int().min(1).max(100).optional(),
    })
    .optional(),
});
export type Policy = z.infer<typeof policySchema>;

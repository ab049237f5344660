import * as z from "zod";
import { deadLetterStatuses } from "#lib/shared/statuses.ts";
import { replayFromSchema, replayKeysSchema, replayVersionSchema } from "../runs/schemas.ts";
import { idSchema, listOf, pageFields, searchSchema, timeSchema } from "../schemas.ts";

export const listDeadLettersSchema = z.strictObject({
  ...pageFields,
  issueId: idSchema.optional(),
  workflowId: idSchema.optional(),
  status: listOf(z.enum(deadLetterStatuses)).optional(),
  nodeId: z.string().min(1).max(64).optional(),
  /** `permanent`, `exhausted`, `unknown_outcome`, … */
  kind: listOf(z.string().max(64)).optional(),
  version: z.coerce.number().pipe(z.int().min(1).max(2_147_483_647)).optional(),
  /** When they died. */
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  /** Part of the error. */
  q: searchSchema.optional(),
});
export type ListDeadLettersInput = z.output<typeof listDeadLettersSchema>;

export const redriveSchema = z.strictObject({
  /** Replaces the step's frozen input; the original is kept beside it. */
  input: z.json().optional(),
  /** `failed`, on the same version: the same run goes on. Anything else is a new run, whose success settles the item. */
  from: replayFromSchema.default("failed"),
  version: replayVersionSchema.default("same"),
  keys: replayKeysSchema.default("same"),
  /** Why, for the activity of the issue. */
  note: z.string().trim().max(500).optional(),
});
export type RedriveInput = z.output<typeof redriveSchema> & { id: string };

export const dryRunSchema = z.strictObject({
  /** Instead of the frozen one. */
  input: z.json().optional(),
});

export const discardSchema = z.strictObject({ reason: z.string().trim().min(1, "say why").max(500) });
export type DiscardInput = z.output<typeof discardSchema> & { id: string };

export const decideSchema = z.strictObject({
  /** `look-up`: the step's look-up is made once more, and settles it unless the remote cannot say. */
  as: z.enum(["done", "repeat", "failed", "look-up"]),
  /** With `done`: what the call gave, as the step's output. */
  result: z.json().optional(),
});
export type DecideInput = z.output<typeof decideSchema> & { id: string };

import * as z from "zod";
import { deadLetterStatuses } from "#lib/shared/statuses.ts";
import { idSchema, listOf, pageFields } from "../schemas.ts";

export const listDeadLettersSchema = z.strictObject({
  ...pageFields,
  issueId: idSchema.optional(),
  workflowId: idSchema.optional(),
  status: listOf(z.enum(deadLetterStatuses)).optional(),
});
export type ListDeadLettersInput = z.output<typeof listDeadLettersSchema>;

export const redriveSchema = z.strictObject({
  /** Replaces the step's frozen input; the original is kept beside it. */
  input: z.json().optional(),
  from: z.literal("failed", "only `failed` is supported; replay the run to begin at its start").default("failed"),
  version: z.literal("same", "only `same` is supported; replay the run to use another version").default("same"),
  keys: z.literal("same", "only `same` is supported; decide an unknown outcome as `repeat` to send under a new key").default("same"),
});
export type RedriveInput = z.output<typeof redriveSchema> & { id: string };

export const discardSchema = z.strictObject({ reason: z.string().trim().min(1, "say why").max(500) });
export type DiscardInput = z.output<typeof discardSchema> & { id: string };

export const decideSchema = z.strictObject({
  as: z.enum(["done", "repeat", "failed"]),
  /** With `done`: what the call gave, as the step's output. */
  result: z.json().optional(),
});
export type DecideInput = z.output<typeof decideSchema> & { id: string };

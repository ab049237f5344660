import * as z from "zod";
import { idSchema, nameSchema, pageFields, searchSchema, timeSchema } from "../schemas.ts";

/** Which open items of the inbox; what is left out does not narrow. */
export const redriveFilterSchema = z.strictObject({
  issueIds: z.array(idSchema).min(1).max(500).optional(),
  deadLetterIds: z.array(idSchema).min(1).max(5_000).optional(),
  workflowId: idSchema.optional(),
  nodeId: z.string().min(1).max(64).optional(),
  kind: z.string().min(1).max(64).optional(),
  version: z.int().min(1).max(2_147_483_647).optional(),
  /** When they died. */
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  /** Part of the error. */
  q: searchSchema.optional(),
});
export type RedriveFilter = z.output<typeof redriveFilterSchema>;

const rateSchema = z.number().min(0.01, "at least 0.01 a second").max(1_000, "at most 1,000 a second");

export const planRedriveSchema = z.strictObject({ filter: redriveFilterSchema, ratePerSecond: rateSchema.default(10) });
export type PlanRedriveInput = z.output<typeof planRedriveSchema>;

export const createRedriveSchema = z.strictObject({
  /** What people call it: the incident, say. */
  name: nameSchema.optional(),
  filter: redriveFilterSchema,
  ratePerSecond: rateSchema,
  /** The outcome of the first so many is awaited; if one of them fails, it pauses and asks. */
  canary: z.int().min(0).max(1_000).default(0),
  /** Pauses and asks when so many have failed again. */
  stopAfterFailures: z.int().min(1).max(1_000_000).optional(),
});
export type CreateRedriveInput = z.output<typeof createRedriveSchema>;

export const listRedrivesSchema = z.strictObject(pageFields);
export type ListRedrivesInput = z.output<typeof listRedrivesSchema>;

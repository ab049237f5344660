import * as z from "zod";
import { idSchema, nameSchema, orderSchema, pageFields, searchSchema, timeSchema } from "../schemas.ts";

/** What is done to the items: they run again, they leave the inbox for good, or their discarding is taken back. */
const actSchema = z.enum(["redrive", "discard", "reopen"]).default("redrive");

/** Which open items of the inbox (which discarded ones, to bring them back); what is left out does not narrow. */
export const redriveFilterSchema = z.strictObject({
  /** The items an earlier bulk act was done to. */
  redriveId: idSchema.optional(),
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

/** How many a second are discarded or brought back: nothing but the database is kept busy. */
export const ownRate = 500;

/** A change made to the frozen input of each item. */
const editSchema = z.strictObject({
  /** Where: `body.order`, `body.lines.0.price`. */
  path: z
    .string()
    .trim()
    .max(500)
    .regex(/^[^.\s]+(\.[^.\s]+)*$/, "names joined by dots, such as body.order"),
  /** What stands there then; in templates `item` is the input as it failed. */
  value: z.json(),
});

const rateSchema = z.number().min(0.01, "at least 0.01 a second").max(1_000, "at most 1,000 a second");

export const planRedriveSchema = z.strictObject({
  act: actSchema,
  filter: redriveFilterSchema,
  ratePerSecond: rateSchema.default(10),
  order: orderSchema,
  /** Shown on the first items. */
  edit: editSchema.optional(),
});
export type PlanRedriveInput = z.output<typeof planRedriveSchema>;

export const createRedriveSchema = z
  .strictObject({
    act: actSchema,
    /** What people call it: the incident, say. */
    name: nameSchema.optional(),
    filter: redriveFilterSchema,
    /** Needed to redrive; discarding and bringing back have no rate. */
    ratePerSecond: rateSchema.optional(),
    /** By the time of their events. */
    order: orderSchema,
    /** The outcome of the first so many is awaited; if one of them fails, it pauses and asks. */
    canary: z.int().min(0).max(1_000).default(0),
    /** Pauses and asks when so many have failed again. */
    stopAfterFailures: z.int().min(1).max(1_000_000).optional(),
    /** A change of each item's input; the originals are kept. */
    edit: editSchema.optional(),
    /** Needed to discard: why. */
    reason: z.string().trim().min(1, "say why").max(500).optional(),
  })
  .refine(({ act, ratePerSecond }) => (act === "redrive") === (ratePerSecond !== undefined), {
    path: ["ratePerSecond"],
    error: "say how many a second are redriven; only a redrive has a rate",
  })
  .refine(({ act, edit }) => act === "redrive" || edit === undefined, { path: ["edit"], error: "goes with a redrive" })
  .refine(({ act, reason }) => (act === "discard") === (reason !== undefined), {
    path: ["reason"],
    error: "say why they are discarded; only a discard has a reason",
  });
export type RedriveAct = z.output<typeof actSchema>;
export type CreateRedriveInput = z.output<typeof createRedriveSchema>;

export const listRedrivesSchema = z.strictObject(pageFields);
export type ListRedrivesInput = z.output<typeof listRedrivesSchema>;

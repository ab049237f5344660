import * as z from "zod";
import { listRunsSchema } from "../runs/schemas.ts";
import { idSchema, nameSchema, orderSchema, pageFields } from "../schemas.ts";

/** Which runs: some by their ids, or all that a list of runs would show. */
const selectionSchema = z.union([
  z.strictObject({ runIds: z.array(idSchema).min(1).max(5_000) }),
  z.strictObject({ filter: listRunsSchema.omit({ cursor: true, limit: true }) }),
]);

const actionFields = {
  action: z.enum(["replay", "cancel", "move"]),
  selection: selectionSchema,
  /** Of a replay: the version each run had, or the live one. Runs are moved to the live one. */
  version: z.enum(["same", "live"]).default("same"),
  /** Of a replay: `same`: what took effect before is not done again. `new`: every effect is done once more. */
  keys: z.enum(["same", "new"]).default("same"),
  ratePerSecond: z.number().min(0.01, "at least 0.01 a second").max(1_000, "at most 1,000 a second").default(10),
  order: orderSchema,
};

export const planRunBatchSchema = z.strictObject(actionFields);
export type PlanRunBatchInput = z.output<typeof planRunBatchSchema>;

export const createRunBatchSchema = z.strictObject({
  ...actionFields,
  /** What people call it: the incident, say. */
  name: nameSchema.optional(),
  /** Pauses and asks when so many have failed. */
  stopAfterFailures: z.int().min(1).max(1_000_000).optional(),
});
export type CreateRunBatchInput = z.output<typeof createRunBatchSchema>;

export const listRunBatchesSchema = z.strictObject(pageFields);
export type ListRunBatchesInput = z.output<typeof listRunBatchesSchema>;

import * as z from "zod";
import { idSchema, listOf, pageFields } from "../schemas.ts";

export const listEventsSchema = z.strictObject({
  ...pageFields,
  triggerId: listOf(idSchema).optional(),
  workflowId: idSchema.optional(),
  outcome: listOf(z.enum(["accepted", "duplicate", "rejected"])).optional(),
});
export type ListEventsInput = z.output<typeof listEventsSchema>;

import * as z from "zod";
import { eventOutcomes } from "#lib/shared/statuses.ts";
import { idSchema, listOf, pageFields } from "../schemas.ts";

export const listEventsSchema = z.strictObject({
  ...pageFields,
  triggerId: listOf(idSchema).optional(),
  workflowId: idSchema.optional(),
  outcome: listOf(z.enum(eventOutcomes)).optional(),
});
export type ListEventsInput = z.output<typeof listEventsSchema>;

import * as z from "zod";
import { issueStatuses } from "#lib/shared/statuses.ts";
import { idSchema, listOf, pageFields, searchSchema, timeSchema } from "../schemas.ts";

export const listIssuesSchema = z.strictObject({
  ...pageFields,
  status: listOf(z.enum(issueStatuses)).optional(),
  /** `me`, `none`, or the id of a member. */
  assignee: z.string().max(64).optional(),
  workflowId: idSchema.optional(),
  q: searchSchema.optional(),
  sort: z.enum(["lastSeen", "firstSeen", "count"]).default("lastSeen"),
});
export type ListIssuesInput = z.output<typeof listIssuesSchema>;

export const updateIssueSchema = z
  .strictObject({
    status: z.enum(issueStatuses).optional(),
    /** Null: nobody. */
    assigneeId: z.string().max(64).nullable().optional(),
    /** Needed with the status `snoozed`: when it comes back. */
    snooze: z.strictObject({ until: timeSchema }).optional(),
    note: z.string().max(20_000).optional(),
  })
  .refine((change) => (change.status === "snoozed") === (change.snooze !== undefined), {
    path: ["snooze"],
    error: "goes together with the status snoozed",
  });
export type UpdateIssueInput = z.output<typeof updateIssueSchema> & { id: string };

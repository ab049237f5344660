import * as z from "zod";
import { approvalStatuses } from "#lib/shared/statuses.ts";
import { idSchema, listOf, pageFields } from "../schemas.ts";

export const listApprovalsSchema = z.strictObject({
  ...pageFields,
  status: listOf(z.enum(approvalStatuses)).optional(),
  runId: idSchema.optional(),
  /** Only those the one who asks may decide. */
  mine: z.stringbool().optional(),
});
export type ListApprovalsInput = z.output<typeof listApprovalsSchema>;

export const decideApprovalSchema = z.strictObject({
  decision: z.enum(["approved", "rejected"]),
  comment: z.string().trim().max(2_000).default(""),
});
export type DecideApprovalInput = z.output<typeof decideApprovalSchema> & { id: string };

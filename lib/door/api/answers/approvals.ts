import * as z from "zod";
import type { ApprovalCounts, ApprovalView } from "#lib/shared/approval-types.ts";
import { approvalStatuses } from "#lib/shared/statuses.ts";
import { id, time } from "./common.ts";

export const approvalView: z.ZodType<ApprovalView> = z
  .object({
    id,
    status: z.enum(approvalStatuses),
    message: z.string(),
    assignees: z.array(z.string()),
    mayDecide: z.boolean(),
    workflowId: id,
    workflowName: z.string(),
    runId: id,
    nodeId: z.string(),
    iteration: z.string(),
    requestedAt: time,
    expiresAt: time,
    decision: z.object({ decision: z.enum(["approved", "rejected"]), by: z.string(), at: time, comment: z.string() }).nullable(),
  })
  .meta({ id: "Approval" });

export const approvalCounts: z.ZodType<ApprovalCounts> = z.object({ pending: z.int(), mine: z.int() }).meta({ id: "ApprovalCounts" });

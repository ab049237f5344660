import * as z from "zod";
import { bulkOrders } from "#lib/shared/bulk-order.ts";
import type { RunBatchDetail, RunBatchPlan, RunBatchView } from "#lib/shared/run-batch-types.ts";
import { id, jsonObject, time } from "./common.ts";

const count = z.int().min(0);

const fields = {
  id,
  action: z.enum(["replay", "cancel", "move"]),
  name: z.string(),
  selection: jsonObject,
  version: z.enum(["same", "live"]),
  keys: z.enum(["same", "new"]),
  ratePerSecond: z.number(),
  order: z.enum(bulkOrders),
  stopAfterFailures: z.int().nullable(),
  status: z.enum(["running", "paused", "canceled", "completed"]),
  statusReason: z.string().nullable(),
  progress: z.object({ total: count, waiting: count, running: count, succeeded: count, failed: count, skipped: count }),
  remainingMs: z.number(),
  createdBy: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
};
export const runBatchView: z.ZodType<RunBatchView> = z.object(fields).meta({ id: "RunBatch" });

export const runBatchDetail: z.ZodType<RunBatchDetail> = z
  .object({
    ...fields,
    notable: z.array(z.object({ runId: id, newRunId: id.nullable(), state: z.enum(["failed", "skipped"]), reason: z.string().nullable() })),
  })
  .meta({ id: "RunBatchDetail" });

export const runBatchPlan: z.ZodType<RunBatchPlan> = z
  .object({
    total: count,
    complete: z.boolean(),
    eligible: count,
    order: z.enum(bulkOrders),
    oldestAt: time.nullable(),
    newestAt: time.nullable(),
    estimatedMs: z.number(),
    workflows: z.array(z.object({ workflowId: id, workflowName: z.string(), runs: count })),
    obstacles: z.array(z.object({ reason: z.string(), runs: count })),
  })
  .meta({ id: "RunBatchPlan" });

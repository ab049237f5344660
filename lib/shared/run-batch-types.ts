import type { BulkOrder } from "./bulk-order.ts";
import type { RedriveProgressView } from "./inbox-types.ts";
import type { JsonObject } from "./json.ts";

/* What /api/v1 answers about bulk replays and cancels of runs; beside api-types.ts. */

/** A bulk replay or cancel. `total` is always the sum of the other counts of its progress. */
export interface RunBatchView {
  id: string;
  action: "replay" | "cancel" | "move";
  name: string;
  selection: JsonObject;
  version: "same" | "live";
  keys: "same" | "new";
  ratePerSecond: number;
  order: BulkOrder;
  stopAfterFailures: number | null;
  status: "running" | "paused" | "canceled" | "completed";
  /** Why it is paused or canceled: `by hand`, `too_many_failures`. */
  statusReason: string | null;
  progress: RedriveProgressView;
  /** For what waits, at its rate. */
  remainingMs: number;
  createdBy: string;
  createdAt: string;
  finishedAt: string | null;
}

export interface RunBatchDetail extends RunBatchView {
  /** The first 200 that did not go well or were skipped. */
  notable: { runId: string; newRunId: string | null; state: "failed" | "skipped"; reason: string | null }[];
}

export interface RunBatchPlan {
  /** How many match; at most 100,000 are counted. */
  total: number;
  complete: boolean;
  eligible: number;
  order: BulkOrder;
  /** When the first and the last of those that can be done came. */
  oldestAt: string | null;
  newestAt: string | null;
  estimatedMs: number;
  workflows: { workflowId: string; workflowName: string; runs: number }[];
  /** Which runs it passes over, and why. */
  obstacles: { reason: string; runs: number }[];
}

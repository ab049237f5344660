import type { JsonObject } from "./json.ts";

/* What /api/v1 answers about the way from a failure to its mending; beside api-types.ts. */

export interface RedriveProgressView {
  total: number;
  waiting: number;
  running: number;
  succeeded: number;
  /** Failed again: open in the inbox. */
  failed: number;
  skipped: number;
}

/** A bulk redrive. `total` is always the sum of the other counts of its progress. */
export interface RedriveView {
  id: string;
  name: string;
  filter: JsonObject;
  ratePerSecond: number;
  canary: number;
  stopAfterFailures: number | null;
  status: "running" | "paused" | "canceled" | "completed";
  /** Why it is paused or canceled: `by hand`, `canary_failed`, `too_many_failures`. */
  statusReason: string | null;
  progress: RedriveProgressView;
  /** For what waits, at its rate. */
  remainingMs: number;
  createdBy: string;
  createdAt: string;
  finishedAt: string | null;
}

export interface RedriveDetail extends RedriveView {
  /** The first 200 that failed again or were skipped. */
  notable: { deadLetterId: string; state: "failed" | "skipped"; reason: string | null; runId: string }[];
}

export interface RedrivePlan {
  total: number;
  redrivable: number;
  oldestEventAt: string | null;
  newestEventAt: string | null;
  estimatedMs: number;
  limitedBy: "rate" | "limits";
  groups: { workflowId: string; workflowName: string; nodeId: string; kind: string; items: number }[];
  /** Which items cannot be redriven, and why. */
  obstacles: { reason: string; items: number }[];
}

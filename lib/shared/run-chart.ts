import type { RunStatus } from "./statuses.ts";

/** How many runs of a list there are, by status and over time. Stretches without runs are left out. */
export interface RunChart {
  from: string;
  to: string;
  /** The length of one stretch, ms. */
  bucketMs: number;
  buckets: { at: string; status: RunStatus; count: number }[];
  totals: { status: RunStatus; count: number }[];
  total: number;
  /** False: only the newest are counted; `from` is the oldest of them. */
  complete: boolean;
}

import type { RunStatus } from "./statuses.ts";

/** The run went on by another version from then on. */
export interface RunMove {
  at: string;
  fromVersion: number | null;
  toVersion: number | null;
  by: string;
}

/** What became, or would become, of moving a run. `obstacles` are the reasons against it, with the node each is about. */
export interface RunMoveOutcome {
  runId: string;
  fromVersion: number | null;
  /** Null: the workflow has no such version. */
  toVersion: number | null;
  moved: boolean;
  obstacles: { nodeId: string | null; message: string }[];
}

/** What ties a run to others. */
export interface RunTies {
  /** Why it has been received and not started; null when nothing but a free worker is missing. */
  held: {
    /** `concurrency`, `order` and `arrivals`: the workflow's settings; `share`: others wait too. */
    reason: "concurrency" | "order" | "share" | "arrivals";
    /** The run of the same order key that comes first, and the dead letter with which it holds the key. */
    behindRunId: string | null;
    deadLetter: { id: string; issueId: string } | null;
    /** Of `arrivals`: until when it waits for more events, and how many it has taken in. */
    gathers?: { until: string; events: number } | undefined;
  } | null;
  /** The run that called it; `stepId` when a step waits for its end. */
  parent: { runId: string; stepId: string | null } | null;
  /** The failed run it was started to deal with. */
  failureOf: string | null;
  /** The replays that were made of it, oldest first. */
  replays: { runId: string; status: RunStatus; createdAt: string }[];
  /** Oldest first. */
  moves: RunMove[];
  children: { runId: string; stepId: string | null; workflowName: string; status: RunStatus }[];
}

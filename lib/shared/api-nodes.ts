/* What /api/v1 answers about single steps of a workflow; see api-types.ts. */

/** What the reliability settings of a step did in the live runs that began in the last 24 hours. */
export interface NodeFigures {
  from: string;
  /** Runs looked through, and how often they came by the step. */
  runs: number;
  steps: number;
  /** False: there were more, and only the latest are counted. */
  complete: boolean;
  /** Refused by the step's own checks: of its input, of its output, or field by field. */
  invalid: number;
  /** The first call came more than a second late: under a limit, or behind a breaker. */
  waited: number;
  /** In the queue of a limit now, and since when the first of them. */
  waiting: number;
  waitingSince: string | null;
  /** The remote answered at least once that there are too many calls. */
  turnedAway: number;
  retried: number;
  /** Skipped as duplicates. */
  duplicates: number;
  breakerOpened: number;
  breakerOpenUntil: string | null;
  deadLettered: number;
}

/** Whether a step would take an item for a duplicate now. `problem`: the key cannot be used at all. */
export type DuplicateCheck = { problem: string } | { problem: null; key: string; earlier: EarlierCall | null };

/** The call that was made first under a key. */
export interface EarlierCall {
  /** `under-way` and `unknown`: a second one waits for the first, or for the person who decides. `free`: it would be made. */
  state: "done" | "failed" | "under-way" | "unknown" | "free";
  runId: string;
  firstSeenAt: string;
  expiresAt: string;
}

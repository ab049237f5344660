/** How a loop goes on: what of it may be changed meanwhile. */
export interface LoopPaceView {
  /** Items, or batches, under way at the same time. */
  concurrency: number;
  /** How many items may fail, as a number and as a share of all. With neither, none. */
  tolerate: { count?: number | undefined; percent?: number | undefined };
}

/** A loop under way, in items. */
export interface LoopView extends LoopPaceView {
  total: number;
  succeeded: number;
  failed: number;
  /** Items, or batches. */
  underWay: number;
}

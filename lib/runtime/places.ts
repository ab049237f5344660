/**
 * A workflow that frees a place at least this often is let wait for its next: a run of another gets in as soon, and holding runs
 * back costs the database as much again as driving them. Slow runs that end one by one are no harm; that none ends is. A busy
 * database alone may let none end for a quarter of a second.
 */
const patienceMs = 750;
/** After a workflow had to be held back, its next runs are held back without waiting for as long. */
const fullForMs = 5_000;
const share = 0.75;

/**
 * The places of a worker, by workflow. No workflow gets more than three quarters of them for runs that are only to start, so
 * that there is always one for the first run of another, however slow the runs are.
 */
export class Places {
  readonly #most: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, ((got: boolean) => void)[]>();
  readonly #freedAt = new Map<string, number>();
  readonly #fullUntil = new Map<string, number>();
  readonly #now: () => number;

  constructor(options: { concurrency: number; now?: () => number }) {
    this.#most = Math.max(1, Math.floor(options.concurrency * share));
    this.#now = options.now ?? (() => performance.now());
  }

  /** A place for a run that is to start; false when the workflow has its share, and keeps it. */
  async take(workflowId: string): Promise<boolean> {
    if ((this.#taken.get(workflowId) ?? 0) < this.#most) {
      this.add(workflowId);
      return true;
    }
    const got = (this.#fullUntil.get(workflowId) ?? 0) <= this.#now() && (await this.#wait(workflowId));
    if (!got) this.#fullUntil.set(workflowId, this.#now() + fullForMs);
    return got;
  }

  /** Counts a run that goes on, which is never held back. */
  add(workflowId: string): void {
    this.#taken.set(workflowId, (this.#taken.get(workflowId) ?? 0) + 1);
  }

  /** Gives a place back, to a run of the same workflow that waits for it if there is one. */
  leave(workflowId: string): void {
    const left = (this.#taken.get(workflowId) ?? 1) - 1;
    if (left > 0) this.#taken.set(workflowId, left);
    else this.#taken.delete(workflowId);
    if (left >= this.#most) return;
    const next = this.#waiting.get(workflowId)?.shift();
    if (!next) return void this.#fullUntil.delete(workflowId);
    this.#freedAt.set(workflowId, this.#now());
    this.add(workflowId);
    next(true);
  }

  #wait(workflowId: string): Promise<boolean> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(workflowId) ?? [];
      this.#waiting.set(workflowId, queue);
      let timer: NodeJS.Timeout;
      const settle = (got: boolean) => {
        clearTimeout(timer);
        if (queue.length === 0) {
          this.#waiting.delete(workflowId);
          this.#freedAt.delete(workflowId);
        }
        resolve(got);
      };
      const look = () => {
        const leftMs = (this.#freedAt.get(workflowId) ?? Number.NEGATIVE_INFINITY) + patienceMs - this.#now();
        if (leftMs > 0) {
          timer = setTimeout(look, leftMs);
          return;
        }
        queue.splice(queue.indexOf(settle), 1);
        settle(false);
      };
      timer = setTimeout(look, patienceMs);
      queue.push(settle);
    });
  }
}

/**
 * Gathers items that arrive while the last flush runs, and hands them to `flush` together: one round trip and one
 * commit for many. One flush at a time, so two items of the same run are never in two transactions at once.
 *
 * `flush` returns one result an item, in order. When it throws, every item of the batch is rejected with that error.
 */
export class GroupCommit<Item, Result> {
  readonly #flush: (items: Item[]) => Promise<Result[]>;
  readonly #maxBatch: number;
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  #running: Promise<void> | null = null;

  constructor(options: { flush: (items: Item[]) => Promise<Result[]>; maxBatch?: number }) {
    this.#flush = options.flush;
    this.#maxBatch = options.maxBatch ?? 500;
  }

  /** Resolves when the batch that holds the item is committed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Items not yet handed to a flush: the measure for back-pressure. */
  get depth(): number {
    return this.#waiting.length;
  }

  /** Resolves when nothing waits and nothing is being flushed. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop (a socket's worth of requests) belongs in one batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#maxBatch);
      try {
        const results = await this.#flush(batch.map((entry) => entry.item));
        batch.forEach((entry, index) => {
          entry.resolve(results[index] as Result); // safe because flush returns one result an item
        });
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.#running = null;
  }
}

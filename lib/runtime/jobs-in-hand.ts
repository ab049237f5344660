import type { WorkerEvents } from "graphile-worker";
import type pg from "pg";
import { statement } from "#lib/db/statement.ts";

const freeStrayJobs = statement(new URL("./sql/free-stray-jobs.sql", import.meta.url));

/** Longer than an answer takes from the database to here. A job freed too early is only advanced twice, which changes nothing. */
const onTheWayMs = 10_000;

/**
 * The jobs this worker was given and has not finished. Where a connection breaks after jobs were locked and before the answer came,
 * the database takes them for ours, and as this worker lives nobody else would take them.
 */
export class JobsInHand {
  readonly #ids = new Set<string>();

  constructor(events: WorkerEvents) {
    events.on("localQueue:getJobs:complete", ({ jobs }) => {
      for (const { id } of jobs) this.#ids.add(id);
    });
    events.on("localQueue:returnJobs", ({ jobs }) => {
      for (const { id } of jobs) this.#ids.delete(id);
    });
    events.on("job:complete", ({ job }) => this.#ids.delete(job.id));
  }

  /** Gives back to all workers what these pools of ours hold without our knowing. Returns how many. */
  async freeStrays(pool: pg.Pool, poolIds: readonly string[]): Promise<number> {
    const { rowCount } = await pool.query({ ...freeStrayJobs, values: [poolIds, [...this.#ids], onTheWayMs] });
    return rowCount ?? 0;
  }
}

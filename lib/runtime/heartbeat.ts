import { hostname } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Logger } from "#lib/telemetry/logger.ts";

const registerWorker = statement(new URL("./sql/register-worker.sql", import.meta.url));
const heartbeat = statement(new URL("./sql/heartbeat.sql", import.meta.url));
const retireWorker = statement(new URL("./sql/retire-worker.sql", import.meta.url));

const beatMs = 5_000;
/** A worker silent for this long is declared dead and its runs go to others. */
export const silentMs = 30_000;

/** Keeps one row alive that says "this worker lives", and with each beat learns what the database's clock says. */
export class Heartbeat {
  readonly #pool: pg.Pool;
  readonly #workerId: string;
  readonly #logger: Logger;
  readonly #onDeclaredDead: () => void;
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 20 });
  #graphileIds: string[] = [];
  #draining = false;
  /** Database clock minus this process's monotonic clock, in ms. */
  #offsetMs = 0;
  #confirmedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { pool: pg.Pool; workerId: string; logger: Logger; onDeclaredDead: () => void }) {
    this.#pool = options.pool;
    this.#workerId = options.workerId;
    this.#logger = options.logger;
    this.#onDeclaredDead = options.onDeclaredDead;
  }

  async start(details: { version: string; concurrency: number }): Promise<void> {
    const values = [this.#workerId, hostname(), process.pid, details.version, details.concurrency];
    await this.#synchronize({ ...registerWorker, values });
    this.#loopDelay.enable();
    this.#timer = setInterval(() => void this.#tick(), beatMs);
  }

  /** The ids under which graphile-worker locks jobs for this process. */
  setGraphileIds(ids: string[]): void {
    this.#graphileIds = ids;
  }

  /** Unix ms of the database's clock. */
  now(): number {
    return performance.now() + this.#offsetMs;
  }

  ageMs(): number {
    return performance.now() - this.#confirmedAt;
  }

  /** Writes a beat now. Throws when the database is away, or has declared this worker dead. */
  async renew(): Promise<void> {
    const delay = Number.isNaN(this.#loopDelay.mean) ? 0 : this.#loopDelay.mean / 1e6;
    const values = [this.#workerId, this.#draining, delay, this.#graphileIds];
    const alive = await this.#synchronize({ ...heartbeat, values });
    this.#loopDelay.reset();
    if (alive) return;
    this.#onDeclaredDead();
    throw new Error("this worker was declared dead");
  }

  drain(): void {
    this.#draining = true;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#loopDelay.disable();
    await this.#pool.query({ ...retireWorker, values: [this.#workerId] });
  }

  async #tick(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      this.#logger.warn({ err: error }, "heartbeat failed");
    }
  }

  async #synchronize(query: pg.QueryConfig): Promise<boolean> {
    // The connection first: opening one takes longer than the question, and would spoil the guess below.
    const client = await this.#pool.connect();
    try {
      const before = performance.now();
      const { rows } = await client.query<{ now_ms: number }>(query);
      const after = performance.now();
      const row = rows[0];
      if (!row) return false;
      // Half of the round trip is the best guess of the answer's age. The lease counts from before the question.
      this.#offsetMs = row.now_ms - (before + after) / 2;
      this.#confirmedAt = before;
      return true;
    } finally {
      client.release();
    }
  }
}

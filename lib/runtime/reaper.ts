import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Admission } from "#lib/engine/ledger/admission.ts";
import type { Logger } from "#lib/telemetry/logger.ts";
import { healthEveryMs, keepHealth } from "./health-keeper.ts";
import { silentMs } from "./heartbeat.ts";
import { guardRollouts } from "./rollout-guard.ts";

const burySilentWorkers = statement(new URL("./sql/bury-silent-workers.sql", import.meta.url));
const buryWorker = statement(new URL("./sql/bury-worker.sql", import.meta.url));
const freeDeadJobs = statement(new URL("./sql/free-dead-jobs.sql", import.meta.url));
const forgetAlerts = statement(new URL("./sql/forget-alerts.sql", import.meta.url));
const forgetSignals = statement(new URL("./sql/forget-signals.sql", import.meta.url));
const hastenFailedJobs = statement(new URL("./sql/hasten-failed-jobs.sql", import.meta.url));
const forgetRunBatches = statement(new URL("./sql/forget-run-batches.sql", import.meta.url));
const wakeLeftRuns = statement(new URL("./sql/wake-left-runs.sql", import.meta.url));
const rearmOrphans = statement(new URL("./sql/rearm-orphans.sql", import.meta.url));
const rearmRedrives = statement(new URL("./sql/rearm-redrives.sql", import.meta.url));
const rearmRunBatches = statement(new URL("./sql/rearm-run-batches.sql", import.meta.url));
const armIssueKeeper = statement(new URL("./sql/arm-issue-keeper.sql", import.meta.url));
const rearmReplays = statement(new URL("./sql/rearm-replays.sql", import.meta.url));
const settleStuckLetters = statement(new URL("./sql/settle-stuck-letters.sql", import.meta.url));

/** Longer than a worker takes from its first lock to writing its ids down. */
const youngLockMs = 10_000;
const buryEveryMs = 5_000;
const hastenEveryMs = 15_000;
const rearmEveryMs = 60_000;
/** An alert is on its way within this time. */
const alertsEveryMs = 5_000;
const guardEveryMs = 10_000;
const busyEveryMs = 500;
const pruneEveryMs = 5 * 60_000;
const partitionsEveryMs = 6 * 3_600_000;

/** Told by a supervisor that a worker process of this host has ended: its runs need not wait for the silence to be noticed. */
export async function releaseDeadWorker(pool: pg.Pool, process: { host: string; pid: number }): Promise<void> {
  await pool.query({ ...buryWorker, values: [process.host, process.pid] });
  await pool.query({ ...freeDeadJobs, values: [youngLockMs] });
  await pool.query(wakeLeftRuns);
}

/**
 * The housekeeping every worker does, whichever comes first: bury silent workers, re-arm orphaned runs, take back bad rollouts, make partitions
 * ahead. Each task is one idempotent statement, fails alone, and is simply tried again.
 */
export class Reaper {
  readonly #pool: pg.Pool;
  readonly #logger: Logger;
  readonly #admission: Admission;
  readonly #prune: () => Promise<void>;
  readonly #strays: () => Promise<number>;
  readonly #alerts: () => Promise<void>;
  readonly #retentionDays: number;
  #timers: NodeJS.Timeout[] = [];

  /** `prune` forgets the state of throttles and breakers that no longer tells anything; `strays` gives back jobs and runs this worker lost sight of; `alerts` adds the jobs that alerts need. */
  constructor(options: {
    pool: pg.Pool;
    logger: Logger;
    admission: Admission;
    prune: () => Promise<void>;
    strays: () => Promise<number>;
    alerts: () => Promise<void>;
    retentionDays: number;
  }) {
    this.#admission = options.admission;
    this.#prune = options.prune;
    this.#strays = options.strays;
    this.#alerts = options.alerts;
    this.#retentionDays = options.retentionDays;
    this.#pool = options.pool;
    this.#logger = options.logger;
  }

  start(): void {
    this.#every(buryEveryMs, "bury", () => this.#bury());
    this.#every(buryEveryMs, "strays", () => this.#freeStrays());
    this.#every(hastenEveryMs, "hasten", () => this.#pool.query(hastenFailedJobs));
    this.#every(rearmEveryMs, "rearm", () => this.#rearm());
    this.#every(guardEveryMs, "rollouts", () => guardRollouts({ pool: this.#pool, logger: this.#logger }));
    this.#every(healthEveryMs, "health", () => keepHealth({ pool: this.#pool, logger: this.#logger }));
    this.#every(rearmEveryMs, "rearm redrives", () => this.#pool.query(rearmRedrives));
    this.#every(rearmEveryMs, "rearm run batches", () => this.#pool.query(rearmRunBatches));
    // By its key and its minute there is one job for it, however many workers ask.
    this.#every(rearmEveryMs, "arm issue keeper", () => this.#pool.query(armIssueKeeper));
    this.#every(alertsEveryMs, "alerts", () => this.#alerts());
    this.#every(rearmEveryMs, "rearm replays", () => this.#pool.query(rearmReplays));
    this.#every(rearmEveryMs, "settle stuck letters", () => this.#pool.query(settleStuckLetters));
    this.#every(rearmEveryMs, "gates", () => this.#admission.heal());
    this.#every(busyEveryMs, "busy", () => this.#admission.lookForBusy());
    this.#every(pruneEveryMs, "prune", () => this.#prune());
    this.#every(partitionsEveryMs, "partitions", () => this.#pool.query("SELECT ensure_partitions(now(), 5)"));
    this.#every(partitionsEveryMs, "retention", () => this.#forget());
    void this.#bury();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #every(ms: number, name: string, task: () => Promise<unknown>): void {
    const guarded = () => task().catch((error: unknown) => this.#logger.warn({ err: error, task: name }, "housekeeping failed"));
    this.#timers.push(setInterval(guarded, ms));
  }

  async #bury(): Promise<void> {
    const { rows } = await this.#pool.query<{ id: string }>({ ...burySilentWorkers, values: [silentMs] });
    await this.#pool.query({ ...freeDeadJobs, values: [youngLockMs] });
    await this.#pool.query(wakeLeftRuns);
    for (const row of rows) this.#logger.warn({ workerId: row.id }, "a silent worker was declared dead; its runs go to others");
  }

  async #forget(): Promise<void> {
    const { rows } = await this.#pool.query<{ week: string }>("SELECT drop_partitions(now() - $1::int * interval '1 day') AS week", [
      this.#retentionDays,
    ]);
    await this.#pool.query({ ...forgetSignals, values: [this.#retentionDays] });
    await this.#pool.query({ ...forgetRunBatches, values: [this.#retentionDays] });
    await this.#pool.query(forgetAlerts);
    for (const { week } of rows) this.#logger.info({ week }, "runs, steps, attempts and payloads of a week past retention were dropped");
  }

  async #freeStrays(): Promise<void> {
    const freed = await this.#strays();
    if (freed > 0) this.#logger.warn({ freed }, "jobs or runs this worker had lost sight of were given back");
  }

  async #rearm(): Promise<void> {
    const { rows } = await this.#pool.query<{ rearmed: number }>(rearmOrphans);
    const rearmed = rows[0]?.rearmed ?? 0;
    if (rearmed > 0) this.#logger.error({ rearmed }, "runs without a job were found and re-armed");
  }
}

import { EventEmitter } from "node:events";
import { Logger as GraphileLogger, type Runner, run, type WorkerEvents, type WorkerPool } from "graphile-worker";
import type pg from "pg";
import type { Alerts } from "#lib/alerts/alerts.ts";
import { statement } from "#lib/db/statement.ts";
import { driveRun } from "#lib/engine/drive-run.ts";
import { Admission } from "#lib/engine/ledger/admission.ts";
import { forgetArrivals, releaseArrival } from "#lib/engine/ledger/arrivals.ts";
import type { ClaimedRun } from "#lib/engine/ledger/claim.ts";
import { Claims } from "#lib/engine/ledger/claim.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { Ledger } from "#lib/engine/ledger/ledger.ts";
import { Listener } from "#lib/engine/ledger/listener.ts";
import { LoopReader } from "#lib/engine/ledger/loop-reader.ts";
import { isTransient } from "#lib/engine/ledger/pg-errors.ts";
import { pruneRecords } from "#lib/engine/ledger/record-claims.ts";
import { advanceRedrive } from "#lib/engine/ledger/redrives.ts";
import { settleReplayedLetter } from "#lib/engine/ledger/rerun.ts";
import { advanceRunBatch } from "#lib/engine/ledger/run-batches.ts";
import type { RunChanges } from "#lib/engine/ledger/run-changes.ts";
import type { EnginePorts } from "#lib/engine/ports.ts";
import { RunLostError, RunSession } from "#lib/engine/run-session.ts";
import { toError } from "#lib/shared/errors.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Logger } from "#lib/telemetry/logger.ts";
import { brokenRun, noChanges } from "./broken-run.ts";
import { FailureNews } from "./failure-news.ts";
import { Heartbeat, silentMs } from "./heartbeat.ts";
import { keepIssues } from "./issue-keeper.ts";
import { JobsInHand } from "./jobs-in-hand.ts";
import { Places } from "./places.ts";
import { PlanCache } from "./plan-cache.ts";
import { Polls } from "./polls.ts";
import { Reaper } from "./reaper.ts";
import { Schedules } from "./schedules.ts";

const forgetDedupeKeys = statement(new URL("./sql/forget-dedupe-keys.sql", import.meta.url));
const forgetHistory = statement(new URL("./sql/forget-history.sql", import.meta.url));

/** Longer waits need no more precision than polling gives. */
const nudgeWithinMs = 60_000;

/** Our guess of the database's clock may be a little ahead of it; a nudge that comes too early finds nothing. */
const nudgeLateMs = 5;

/** Until a run this release cannot read is looked at again, by whoever comes first. */
const handOverMs = 2_000;

const otherRelease = statement(new URL("./sql/other-release.sql", import.meta.url));

/** A document that this release cannot read. */
class UnreadableError extends Error {}

export type WorldPorts = Omit<EnginePorts, "now" | "commit" | "loops" | "parked" | "leaseAgeMs" | "renewLease">;

export interface WorkerOptions {
  pool: pg.Pool;
  /** For what every run does: claims, commits, jobs (`byKey` of db.ts). */
  byKeyPool: pg.Pool;
  url: string;
  concurrency: number;
  retentionDays: number;
  version: string;
  logger: Logger;
  /** What the engine needs of the world besides the database. */
  world: WorldPorts;
  alerts: Pick<Alerts, "arm" | "route" | "send">;
  /** This worker was declared dead, or cannot go on: the process should end. */
  onFatal: (reason: string) => void;
}

/** A worker process: takes jobs that say "advance run X" from graphile-worker and drives those runs. */
export class Worker {
  readonly id = newId();
  readonly #options: WorkerOptions;
  readonly #claims: Claims;
  readonly #ledger: Ledger;
  readonly #plans: PlanCache;
  readonly #heartbeat: Heartbeat;
  readonly #reaper: Reaper;
  readonly #schedules: Schedules;
  readonly #polls: Polls;
  readonly #admission: Admission;
  readonly #places: Places;
  readonly #failures: FailureNews;
  readonly #notices: Listener;
  readonly #sessions = new Map<string, RunSession>();
  readonly #ports: EnginePorts;
  readonly #graphilePools: WorkerPool[] = [];
  readonly #events: WorkerEvents = new EventEmitter();
  readonly #jobs = new JobsInHand(this.#events);
  #runner: Runner | null = null;

  constructor(options: WorkerOptions) {
    const { pool, byKeyPool, url, logger } = options;
    this.#options = options;
    this.#claims = new Claims({ pool: byKeyPool, workerId: this.id, aliveMs: silentMs });
    this.#ledger = new Ledger({ pool: byKeyPool, workerId: this.id });
    this.#plans = new PlanCache({ pool });
    this.#admission = new Admission({ pool });
    this.#places = new Places({ concurrency: options.concurrency });
    this.#reaper = new Reaper({
      pool,
      logger,
      admission: this.#admission,
      prune: () => this.#prune(),
      strays: () => this.#freeStrays(),
      alerts: () => options.alerts.arm(),
      retentionDays: options.retentionDays,
    });
    const intake = new Intake({ pool });
    this.#failures = new FailureNews({ pool, intake });
    this.#schedules = new Schedules({ pool, intake, logger });
    this.#polls = new Polls({ pool, intake, logger, world: options.world, now: () => this.#heartbeat.now() });
    this.#heartbeat = new Heartbeat({ pool, workerId: this.id, logger, onDeclaredDead: () => options.onFatal("declared dead") });
    this.#notices = new Listener({
      url,
      channels: ["sluice_cancel", "sluice_wake"],
      onNotice: (channel, runId) => {
        const session = this.#sessions.get(runId);
        if (channel === "sluice_cancel") session?.cancel();
        else session?.wake();
      },
    });
    this.#ports = {
      ...options.world,
      now: () => this.#heartbeat.now(),
      commit: (source) => this.#ledger.commit(source),
      loops: new LoopReader({ pool }),
      parked: (untilMs) => this.#nudgeAt(untilMs),
      leaseAgeMs: () => this.#heartbeat.ageMs(),
      renewLease: () => this.#heartbeat.renew(),
    };
  }

  async start(): Promise<void> {
    const { pool, byKeyPool, concurrency, version } = this.#options;
    await this.#heartbeat.start({ version, concurrency });
    await this.#notices.start();
    this.#reaper.start();
    this.#schedules.start();
    this.#polls.start();
    this.#events.on("pool:create", ({ workerPool }) => this.#graphilePools.push(workerPool));
    this.#runner = await run({
      pgPool: byKeyPool,
      events: this.#events,
      noHandleSignals: true,
      // The payloads are known because only our statements add these jobs.
      taskList: {
        advance: (payload) => this.#advance(payload as { runId: string; workflowId?: string }),
        admit: (payload) => this.#admit((payload as { workflowId: string }).workflowId),
        "release-arrival": (payload) => releaseArrival(pool, (payload as { runId: string }).runId),
        "keep-issues": () => keepIssues(pool),
        "tell-failure": (payload) => this.#failures.tell((payload as { runId: string }).runId),
        "settle-replay": (payload) => settleReplayedLetter(pool, (payload as { deadLetterId: string }).deadLetterId),
        redrive: (payload) => this.#redrive((payload as { redriveId: string }).redriveId),
        "route-alerts": () => this.#options.alerts.route(),
        "send-alerts": (payload) => this.#options.alerts.send((payload as { channelId: string }).channelId),
        "run-batch": (payload) => advanceRunBatch(pool, (payload as { batchId: string }).batchId),
      },
      preset: {
        worker: {
          concurrentJobs: concurrency,
          pollInterval: 1_000,
          localQueue: { size: concurrency, ttl: 30_000 },
          completeJobBatchDelay: 5,
          gracefulShutdownAbortTimeout: 20_000,
          // Runs wait on the network and on our own batches, not each on a connection: a pool as large as the concurrency would be idle.
          maxPoolSize: byKeyPool.options.max,
          logger: quietLogger(this.#options.logger),
        },
      },
    });
    this.#heartbeat.setGraphileIds(this.#poolIds());
    await this.#heartbeat.renew();
    this.#runner.promise.catch((error) => this.#options.onFatal(toError(error).message));
  }

  /** Takes no more jobs, lets what runs come to a commit, hands back the rest. */
  async stop(): Promise<void> {
    this.#heartbeat.drain();
    this.#reaper.stop();
    await this.#schedules.stop();
    await this.#polls.stop();
    await this.#runner?.stop();
    await this.#ledger.idle();
    await this.#notices.stop();
    await this.#heartbeat.stop();
  }

  /** Resolves when nothing is on its way to the database. */
  idle(): Promise<void> {
    return this.#ledger.idle();
  }

  /** `workflowId` comes with a run that is to start: it needs a place among those of its workflow, or is held back. */
  async #advance({ runId, workflowId }: { runId: string; workflowId?: string }): Promise<void> {
    if (workflowId === undefined) return this.#claimAndDrive(runId, null);
    const placed = await this.#places.take(workflowId);
    if (!placed && (await this.#admission.hold(runId))) return;
    if (!placed) return this.#claimAndDrive(runId, null);
    try {
      await this.#claimAndDrive(runId, workflowId);
    } finally {
      this.#places.leave(workflowId);
    }
  }

  /** `placedIn`: the workflow in which the run has a place already. */
  async #claimAndDrive(runId: string, placedIn: string | null): Promise<void> {
    const claimed = await this.#claims.claim(runId);
    if (!claimed) return;
    if (placedIn === null) this.#places.add(claimed.run.workflowId);
    try {
      await failpoint("run-claimed", runId);
      if (claimed.fault) throw claimed.fault;
      await this.#drive(claimed);
    } catch (thrown) {
      const error = toError(thrown);
      this.#options.logger.warn({ err: error, runId }, "a run was dropped");
      if (error instanceof RunLostError && error.taken) return;
      // The job fails and is tried again; the claim then finds the truth on disk.
      if (error instanceof RunLostError || isTransient(error)) throw error;
      if (error instanceof UnreadableError && (await this.#leaveToOthers(claimed))) return;
      await this.#endBroken(claimed, error);
    } finally {
      if (this.#sessions.get(runId)?.run.fence === claimed.run.fence) this.#sessions.delete(runId);
      this.#claims.release(claimed.run);
      if (placedIn === null) this.#places.leave(claimed.run.workflowId);
    }
  }

  async #drive(claimed: ClaimedRun): Promise<void> {
    const plan = await this.#plans.get(claimed.run.documentId).catch((error: unknown) => {
      throw isTransient(error) ? error : new UnreadableError(toError(error).message, { cause: error });
    });
    const session = new RunSession(claimed, plan, this.#ports);
    this.#sessions.set(claimed.run.id, session);
    await driveRun(session, claimed);
  }

  /** During a deploy a newer release may have written what this one cannot read: its workers take the run. */
  async #leaveToOthers(claimed: ClaimedRun): Promise<boolean> {
    const { rows } = await this.#options.pool.query<{ running: boolean }>({ ...otherRelease, values: [this.#options.version] });
    if (!rows[0]?.running) return false;
    const wakeAtMs = this.#heartbeat.now() + handOverMs;
    const left: RunChanges = { ...noChanges(claimed), status: "waiting", wakeAtMs, release: true, announce: true };
    await this.#ledger.commit({ takeChanges: () => left });
    return true;
  }

  /** A fault of ours, or a document this release cannot execute: the run ends with that as its reason, in the inbox, rather than being tried for ever. */
  async #endBroken(claimed: ClaimedRun, error: Error): Promise<void> {
    this.#options.logger.error({ err: error, runId: claimed.run.id }, "a run could not be executed");
    const ended = brokenRun(claimed, error, this.#heartbeat.now());
    await this.#ledger.commit({ takeChanges: () => ended });
  }

  async #admit(workflowId: string): Promise<void> {
    await this.#admission.admit(workflowId);
    await failpoint("run-admitted", workflowId);
  }

  async #redrive(redriveId: string): Promise<void> {
    await advanceRedrive(this.#options.pool, redriveId);
    await failpoint("redrive-released", redriveId);
  }

  #poolIds(): string[] {
    return this.#graphilePools.map((workerPool) => workerPool.id);
  }

  /** Jobs first: a run that is given back gets a job of its own. */
  async #freeStrays(): Promise<number> {
    return (await this.#jobs.freeStrays(this.#options.pool, this.#poolIds())) + (await this.#claims.freeStrays());
  }

  async #prune(): Promise<void> {
    await this.#options.world.throttle.prune();
    await this.#options.world.breaker.prune();
    await this.#options.world.retries.prune();
    await this.#options.world.guards.prune();
    await this.#options.pool.query(forgetHistory);
    await this.#options.pool.query(forgetDedupeKeys);
    await this.#options.world.dedupe.prune();
    await pruneRecords(this.#options.pool);
    await forgetArrivals(this.#options.pool);
  }

  /** graphile-worker finds due jobs by polling; a timer of our own makes short waits end when they should. */
  #nudgeAt(untilMs: number): void {
    const inMs = untilMs - this.#heartbeat.now();
    if (inMs > nudgeWithinMs) return;
    setTimeout(() => this.#graphilePools[0]?.nudge(1), Math.max(0, inMs) + nudgeLateMs).unref();
  }
}

/** graphile-worker tells of every job at info; here that is for debugging. */
function quietLogger(logger: Logger): GraphileLogger {
  return new GraphileLogger(() => (level, message) => {
    if (level === "error") logger.error(message);
    else if (level === "warning") logger.warn(message);
    else logger.debug(message);
  });
}

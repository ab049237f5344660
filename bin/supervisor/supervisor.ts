import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, openDb } from "#lib/db/db.ts";
import { migrate } from "#lib/db/migrate.ts";
import { isAlive, isPortTaken } from "#lib/db/postmaster.ts";
import { releaseDeadWorker } from "#lib/runtime/reaper.ts";
import type { Settings } from "#lib/shared/settings.ts";
import type { Logger } from "#lib/telemetry/logger.ts";
import { loadSecretKey } from "../secret-key.ts";
import { SupervisedDatabase } from "./database.ts";
import { type InstanceLock, lockInstance } from "./instance-lock.ts";
import { ManagedProcess } from "./managed-process.ts";
import { createSetupLink } from "./setup-link.ts";

export interface Scripts {
  web: string;
  worker: string;
}

export interface SupervisorOptions {
  settings: Settings;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  scripts?: Scripts;
}

export interface Started {
  url: string;
  /** Null when the instance was set up before. */
  setupUrl: string | null;
}

const ownScripts: Scripts = { web: join(import.meta.dirname, "..", "web.ts"), worker: join(import.meta.dirname, "..", "worker.ts") };
const graceMs = 25_000;
const healthyWithinMs = 60_000;

/** Runs everything of one machine: database, web, workers. Keeps them running, and stops them in order. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #database: SupervisedDatabase;
  #lock: InstanceLock | null = null;
  #db: Db | null = null;
  #processes: ManagedProcess[] = [];
  #starting: Promise<Started> | null = null;
  #stopping: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#database = new SupervisedDatabase(options);
  }

  /** Starts everything and resolves when it answers. When it fails, call `stop`: it stops what was started so far. */
  start(): Promise<Started> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<Started> {
    const { settings, scripts = ownScripts } = this.#options;
    this.#lock = await lockInstance(settings.dataDir);
    await this.#requirePort();
    const secretKey = await loadSecretKey(settings);
    this.#requireRunning();
    const url = await this.#database.start();
    await migrate({ url });
    this.#db = openDb({ url, applicationName: "sluice supervisor", maxConnections: 2 });
    await this.#buryFormerWorkers(this.#db);
    this.#requireRunning();

    const env = { ...this.#options.env, DATABASE_URL: url, SLUICE_SECRET_KEY: secretKey, SLUICE_BASE_URL: settings.baseUrl };
    const web = this.#manage("web", scripts.web, env);
    for (let n = 1; n <= settings.workers; n++) this.#manage(`worker ${n}`, scripts.worker, env);
    for (const process of this.#processes) process.start();
    this.#database.watch((movedTo) => this.#moveTo(movedTo, env));
    await this.#untilHealthy(web);
    return { url: settings.baseUrl, setupUrl: await createSetupLink(this.#db.pool, settings.baseUrl) };
  }

  /** Drains and stops everything: web and workers together, then the database. May be called at any time, and twice. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      // A start under way notices at its next step; what it started by then is known, and so can be stopped.
      await this.#starting?.catch(() => undefined);
      await Promise.all(this.#processes.map((process) => process.stop(graceMs)));
      await this.#db?.close().catch(() => undefined);
      await this.#database.stop();
      await this.#lock?.release();
    })();
    return this.#stopping;
  }

  #manage(name: string, script: string, env: NodeJS.ProcessEnv): ManagedProcess {
    const onCrash = name === "web" ? () => undefined : (pid: number) => void this.#release(pid);
    const process = new ManagedProcess({ name, script, env, logger: this.#options.logger, onCrash });
    this.#processes.push(process);
    return process;
  }

  async #release(pid: number): Promise<void> {
    const pool = this.#db?.pool;
    if (!pool || this.#stopping) return;
    await releaseDeadWorker(pool, { host: hostname(), pid }).catch((error: unknown) => {
      this.#options.logger.warn({ err: error, pid }, "cannot release a dead worker now; the others will when its heartbeat is missed");
    });
  }

  /** After a kill -9 of everything, the workers of this machine are known to be dead long before their heartbeat is missed. */
  async #buryFormerWorkers(db: Db): Promise<void> {
    const { rows } = await db.pool.query<{ pid: number }>("SELECT pid FROM worker WHERE host = $1 AND stopped_at IS NULL", [hostname()]);
    for (const { pid } of rows) if (!(await isAlive(pid))) await this.#release(pid);
  }

  #moveTo(url: string, env: NodeJS.ProcessEnv): void {
    void (async () => {
      await this.#db?.close().catch(() => undefined);
      this.#db = openDb({ url, applicationName: "sluice supervisor", maxConnections: 2 });
      await Promise.all(this.#processes.map((process) => process.stop(graceMs)));
      if (!this.#stopping) for (const process of this.#processes) process.start({ ...env, DATABASE_URL: url });
    })();
  }

  async #requirePort(): Promise<void> {
    const { port } = this.#options.settings;
    // The web process of a killed supervisor ends by itself within moments.
    for (let tries = 0; await isPortTaken(port); tries++) {
      if (tries >= 20) throw new Error(`port ${port} is taken by another program: stop it, or set PORT to a free one`);
      await sleep(250);
    }
  }

  #requireRunning(): void {
    if (this.#stopping) throw new Error("stopped while starting");
  }

  async #untilHealthy(web: ManagedProcess): Promise<void> {
    const { port, host } = this.#options.settings;
    const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    const address = reachable.includes(":") ? `[${reachable}]` : reachable;
    const deadline = Date.now() + healthyWithinMs;
    for (;;) {
      this.#requireRunning();
      const response = await fetch(`http://${address}:${port}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      if (response?.ok) return;
      if (web.crashes >= 3) throw new Error("the web process does not stay up: the log above says why");
      if (Date.now() > deadline) throw new Error(`GET /healthz does not answer after ${healthyWithinMs / 1000} s: the log above says why`);
      await sleep(100);
    }
  }
}

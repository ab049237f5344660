import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { releaseDeadWorker } from "#lib/runtime/reaper.ts";
import type { Failpoint, FailpointGo, FailpointReached } from "#lib/shared/failpoints.ts";

const entry = join(import.meta.dirname, "..", "..", "bin", "worker.ts");

/** One key for all workers of this process: a proof seals nothing that outlives it. */
const secretKey = randomBytes(32).toString("base64");

export interface WorkerProcessOptions {
  url: string;
  /** `host:port` of the fake remotes. */
  allow: string[];
  concurrency?: number;
  /** Whether runs report at failpoints and stay there until they are let go. */
  failpoints?: boolean;
  /** How far its clock is off. */
  clockOffsetMs?: number;
}

/** A module that puts the clock of the process that loads it wrong. */
function wrongClock(offsetMs: number): string {
  const source = `const Right = Date;
    globalThis.Date = class extends Right {
      constructor(...args) { if (args.length === 0) super(Right.now() + ${offsetMs}); else super(...args); }
      static now() { return Right.now() + ${offsetMs}; }
    };`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** A real worker process (bin/worker.ts), to be stopped, killed and looked into. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  /** Where runs stay: run and point to the stay that a go ends. */
  readonly #staying = new Map<string, number>();
  #holds: (point: Failpoint, id: string) => boolean = () => false;
  #log = "";
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(options: WorkerProcessOptions) {
    this.#child = fork(entry, [], {
      // Not those of the test runner, which would load it into the worker.
      execArgv: options.clockOffsetMs === undefined ? [] : ["--import", wrongClock(options.clockOffsetMs)],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "test",
        DATABASE_URL: options.url,
        SLUICE_SECRET_KEY: secretKey,
        SLUICE_DATA_DIR: tmpdir(),
        SLUICE_EGRESS_ALLOW: options.allow.join(","),
        SLUICE_WORKER_CONCURRENCY: String(options.concurrency ?? 50),
        LOG_LEVEL: process.env.TEST_LOG ?? "warn",
        ...(options.failpoints ? { SLUICE_FAILPOINTS: "all" } : {}),
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.ended = new Promise((resolve) => this.#child.once("exit", (code, signal) => resolve({ code, signal })));
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-20_000);
      if (process.env.TEST_LOG) process.stderr.write(chunk);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#child.on("error", () => undefined); // an end between a message and its sending
    this.#child.on("message", (message: FailpointReached) => this.#reached(message));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it wrote, its end. */
  get log(): string {
    return this.#log;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Which runs stay at a point when they come to it; all others pass. Without it all pass. */
  hold(holds: (point: Failpoint, id: string) => boolean): void {
    this.#holds = holds;
  }

  /** The runs that stay at a point now. */
  heldAt(point: Failpoint): string[] {
    return [...this.#staying.keys()].filter((key) => key.startsWith(`${point} `)).map((key) => key.slice(point.length + 1));
  }

  /** With `blockMs` its event loop is blocked for so long first. */
  letGo({ blockMs }: { blockMs?: number } = {}): void {
    this.#holds = () => false;
    let blocks = blockMs;
    for (const stay of this.#staying.values()) {
      this.#go(stay, blocks);
      blocks = undefined;
    }
    this.#staying.clear();
  }

  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child.kill(signal);
  }

  /** kill -9, and what the supervisor does when it sees a worker end: its runs are free at once. */
  async kill(pool: pg.Pool | null): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
    if (pool) await releaseDeadWorker(pool, { host: hostname(), pid: this.pid });
  }

  /** Ends it in good order, or by force when it does not within the drain's time. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.kill("SIGCONT");
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 30_000);
    await this.ended;
    clearTimeout(late);
  }

  #reached({ failpoint, id, stay }: FailpointReached): void {
    if (this.#holds(failpoint, id)) this.#staying.set(`${failpoint} ${id}`, stay);
    else this.#go(stay);
  }

  #go(stay: number, blockMs?: number): void {
    const message: FailpointGo = blockMs === undefined ? { go: stay } : { go: stay, blockMs };
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

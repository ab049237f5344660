import { type ChildProcess, spawn } from "node:child_process";
import type { Logger } from "#lib/telemetry/logger.ts";

export interface ManagedProcessOptions {
  /** For the log: `web`, `worker 1`. */
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Told of every end that was not asked for. */
  onCrash: (pid: number) => void;
}

/**
 * Room in MB for what is new in memory. In a run nearly everything is thrown away within the milliseconds of a call; with the 16 MB
 * that V8 gives by itself, collecting it takes a sixth of a busy worker's time.
 */
const nursery = "--max-semi-space-size=32";

const firstDelayMs = 250;
const longestDelayMs = 5_000;
/** A process that ran this long counts as healthy again: the next crash is restarted without much delay. */
const settledMs = 30_000;

/** A child process that is started again, later and later, whenever it ends unasked. */
export class ManagedProcess {
  readonly #options: ManagedProcessOptions;
  #child: ChildProcess | null = null;
  #delayMs = firstDelayMs;
  #restart: NodeJS.Timeout | null = null;
  #stopping = false;
  #crashes = 0;

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** Starts the process. Its output goes to our standard error: standard output is for people. */
  start(env: NodeJS.ProcessEnv = this.#options.env): void {
    this.#options.env = env;
    this.#stopping = false;
    const startedAt = Date.now();
    const child = spawn(process.execPath, [nursery, this.#options.script], {
      env,
      // A group of its own: a Ctrl-C in the terminal reaches the supervisor alone, who then drains in order.
      detached: true,
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.#child = child;
    child.once("error", (error) => this.#options.logger.error({ err: error, process: this.#options.name }, "cannot start a process"));
    child.once("exit", (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.#stopping) return;
      this.#crashed({ pid: child.pid ?? 0, code, signal, ranMs: Date.now() - startedAt });
    });
  }

  #crashed(end: { pid: number; code: number | null; signal: string | null; ranMs: number }): void {
    this.#crashes++;
    if (end.ranMs > settledMs) this.#delayMs = firstDelayMs;
    this.#options.logger.error(
      { process: this.#options.name, ...end, restartInMs: this.#delayMs },
      "a process ended unasked; it is started again",
    );
    this.#options.onCrash(end.pid);
    this.#restart = setTimeout(() => this.start(), this.#delayMs);
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }

  /** Asks the process to drain and end, and ends it by force after the grace. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        this.#options.logger.warn({ process: this.#options.name, graceMs }, "a process did not drain in time and is ended");
        child.kill("SIGKILL");
      }, graceMs);
      child.once("exit", () => {
        clearTimeout(force);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }
}

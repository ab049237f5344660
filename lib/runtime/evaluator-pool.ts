import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ExpressionError } from "#lib/expressions/error.ts";
import type { NodeOutcome } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import {
  type EvaluatorJob,
  type EvaluatorMessage,
  type JobReply,
  type PrepareJob,
  type RunJob,
  unpackError,
  unpackResult,
} from "./evaluator-job.ts";

const entry = fileURLToPath(new URL("../../bin/evaluator.ts", import.meta.url));

export interface EvaluatorPoolOptions {
  /** How many processes stand ready. */
  size?: number;
}

interface Task {
  job: EvaluatorJob;
  timeoutMs: number;
  resolve(reply: JobReply): void;
  reject(error: Error): void;
}

interface Evaluator {
  child: ChildProcess;
  ready: boolean;
  task: Task | null;
  timer: NodeJS.Timeout | null;
  /** Why we killed it, when we did. */
  killedFor: Error | null;
}

/** Longer than any message takes to arrive; a process that does not even start on its job is replaced. */
const deliveryTimeoutMs = 5_000;

/** Processes for expressions too costly to work out in a worker. One that takes too long is killed and replaced; the others go on. */
export class EvaluatorPool {
  readonly #evaluators = new Set<Evaluator>();
  readonly #waiting: Task[] = [];
  readonly #size: number;
  #closed = false;

  constructor(options: EvaluatorPoolOptions = {}) {
    this.#size = options.size ?? 1;
    this.#fill();
  }

  /** Does a job elsewhere. Rejects with what the job threw, or with an ExpressionError when it was killed. */
  evaluate(job: PrepareJob, timeoutMs?: number): Promise<JsonValue>;
  evaluate(job: RunJob, timeoutMs?: number): Promise<NodeOutcome>;
  async evaluate(job: EvaluatorJob, timeoutMs = 250): Promise<JsonValue | NodeOutcome> {
    if (this.#closed) throw new Error("the evaluator pool is closed");
    const reply = await new Promise<JobReply>((resolve, reject) => {
      this.#waiting.push({ job, timeoutMs, resolve, reject });
      this.#fill();
      this.#dispatch();
    });
    if (!reply.ok) throw unpackError(reply.error);
    return "result" in reply ? unpackResult(reply.result) : reply.input;
  }

  /** Kills the processes; jobs not done are rejected. Resolves when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new Error("the evaluator pool was closed");
    for (const task of this.#waiting.splice(0)) task.reject(error);
    const gone = [...this.#evaluators].map((evaluator) => new Promise((resolve) => evaluator.child.once("exit", resolve)));
    for (const evaluator of this.#evaluators) this.#kill(evaluator, error);
    await Promise.all(gone);
  }

  #fill(): void {
    while (this.#evaluators.size < this.#size) this.#spawn();
  }

  #spawn(): void {
    const child = fork(entry, [], {
      env: { NODE_ENV: "production" },
      execArgv: ["--max-old-space-size=192", "--disallow-code-generation-from-strings"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "json",
    });
    const evaluator: Evaluator = { child, ready: false, task: null, timer: null, killedFor: null };
    this.#evaluators.add(evaluator);
    child.on("message", (message: EvaluatorMessage) => this.#hear(evaluator, message));
    // `exit` follows also when the process could not be started, except for a spawn error, which only `error` tells.
    child.on("error", (error) => this.#lost(evaluator, error));
    child.on("exit", () =>
      this.#lost(evaluator, evaluator.killedFor ?? new ExpressionError("limit", "the expression needed too much memory")),
    );
  }

  #hear(evaluator: Evaluator, message: EvaluatorMessage): void {
    if (message.kind === "ready") {
      evaluator.ready = true;
      this.#dispatch();
    } else if (message.kind === "started" && evaluator.task) {
      const { timeoutMs } = evaluator.task;
      this.#arm(evaluator, timeoutMs, new ExpressionError("limit", `the expression took longer than ${timeoutMs} ms`));
    } else if (message.reply && evaluator.task) {
      const { task } = evaluator;
      this.#disarm(evaluator);
      evaluator.task = null;
      task.resolve(message.reply);
      this.#dispatch();
    }
  }

  #dispatch(): void {
    for (const evaluator of this.#evaluators) {
      if (!evaluator.ready || evaluator.task || evaluator.killedFor) continue;
      const task = this.#waiting.shift();
      if (!task) return;
      evaluator.task = task;
      this.#arm(evaluator, deliveryTimeoutMs, new ExpressionError("limit", "the evaluator did not respond"));
      evaluator.child.send(task.job);
    }
  }

  #arm(evaluator: Evaluator, timeoutMs: number, error: Error): void {
    this.#disarm(evaluator);
    evaluator.timer = setTimeout(() => this.#kill(evaluator, error), timeoutMs);
  }

  #disarm(evaluator: Evaluator): void {
    if (evaluator.timer) clearTimeout(evaluator.timer);
    evaluator.timer = null;
  }

  #kill(evaluator: Evaluator, error: Error): void {
    evaluator.killedFor ??= error;
    evaluator.child.kill("SIGKILL");
  }

  #lost(evaluator: Evaluator, error: Error): void {
    if (!this.#evaluators.delete(evaluator)) return;
    this.#disarm(evaluator);
    evaluator.task?.reject(error);
    if (this.#closed) return;
    // One that never got ready would be replaced for ever; the next job tries again.
    if (evaluator.ready) this.#fill();
    else if (this.#evaluators.size === 0) for (const task of this.#waiting.splice(0)) task.reject(error);
  }
}

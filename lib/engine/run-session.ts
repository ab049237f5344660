import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { type Evaluate, type HookAnswer, NodeError } from "#lib/nodes/runner.ts";
import { derivedId } from "#lib/shared/ids.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { ClaimedRun } from "./ledger/claim.ts";
import type { ChangeSource, DeadLetterDraft, RecordChange, RunChanges } from "./ledger/run-changes.ts";
import type { NodePlan, RunPlan } from "./plan.ts";
import type { EnginePorts, OpenConnection } from "./ports.ts";
import type { AttemptRecord, RunEnd, RunState, StepState } from "./run-state.ts";
import { inlineLength } from "./stored-value.ts";

/**
 * The run is not ours any more, or nothing can be written of it: another worker has claimed it, or the database stayed
 * away. Whoever catches this drops what it holds; the next claim finds the truth on disk.
 */
export class RunLostError extends Error {
  /** True: another worker has the run. False: nobody may have it, so it must be tried again. */
  readonly taken: boolean;

  constructor(message: string, options: { taken: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "RunLostError";
    this.taken = options.taken;
  }
}

/**
 * The working memory of one claimed run: the states of its steps, and what changed since the last commit. It decides
 * nothing and calls nothing outside; `drive-run.ts` and `execute-step.ts` do, through it.
 */
export class RunSession implements ChangeSource {
  readonly run: RunState;
  readonly plan: RunPlan;
  readonly ports: EnginePorts;
  readonly trigger: JsonValue;
  readonly steps = new Map<string, StepState>();
  /** Aborted when the run is lost. A cancel does not abort: a call under way is let finish, so that its outcome is known. */
  readonly abort = new AbortController();
  cancelRequested: boolean;

  #scope: Scope;
  readonly #triggerLength: number;
  #dirtySteps = new Set<StepState>();
  #attempts = new Map<string, AttemptRecord>();
  #deadLetters: DeadLetterDraft[] = [];
  #resolved: string[] = [];
  #records = new Map<string, RecordChange>();
  #answer: string | null = null;
  #answered = false;
  #end: RunEnd | null = null;
  #parkedUntilMs: number | null = null;
  #release = false;
  #announce = false;

  constructor(claimed: ClaimedRun, plan: RunPlan, ports: EnginePorts) {
    this.run = claimed.run;
    this.plan = plan;
    this.ports = ports;
    this.trigger = claimed.trigger;
    this.#triggerLength = claimed.triggerLength;
    this.cancelRequested = claimed.run.cancelRequested;
    this.#scope = {
      trigger: claimed.trigger,
      steps: {},
      run: {
        id: claimed.run.id,
        version: claimed.run.version,
        mode: claimed.run.mode,
        startedAt: new Date(claimed.run.startedAtMs).toISOString(),
      },
      vars: ports.vars,
      connection: {},
      now: new Date(claimed.run.startedAtMs).toISOString(),
    };
    for (const step of claimed.steps) {
      this.steps.set(step.nodeId, step);
      this.#expose(step);
    }
  }

  /** The plan of a node of this run's document. */
  nodePlan(nodeId: string): NodePlan {
    const plan = this.plan.nodes.get(nodeId);
    if (!plan) throw new Error(`the document has no node ${nodeId}`);
    return plan;
  }

  evaluate(connectionFields: JsonObject): Evaluate {
    return createEvaluate(this.scope(connectionFields));
  }

  /** What expressions of a node see. */
  scope(connectionFields: JsonObject): Scope {
    return { ...this.#scope, connection: connectionFields };
  }

  /** Whether a node's expressions may cost too much to be worked out in this process: they walk lists, and there is much data. */
  isCostly(plan: NodePlan): boolean {
    if (!plan.walksLists) return false;
    const outputs = [...this.steps.values()].reduce((sum, step) => sum + (step.output?.text.length ?? 0), 0);
    return this.#triggerLength + outputs > inlineLength;
  }

  /** The step of a node, made when the node's turn comes. */
  openStep(nodeId: string): StepState {
    const now = this.ports.now();
    const known = this.steps.get(nodeId);
    const plan = this.nodePlan(nodeId);
    const step: StepState = known ?? newStep(this.run.id, nodeId, plan.effect, now);
    this.steps.set(nodeId, step);
    step.status = "running";
    step.waitReason = null;
    step.wakeAtMs = null;
    step.startedAtMs ??= now;
    step.deadlineAtMs ??= now + plan.policy.deadlineMs;
    this.touch(step);
    return step;
  }

  /** Marks a step as changed; its output becomes visible to expressions. */
  touch(step: StepState): void {
    this.#dirtySteps.add(step);
    this.#expose(step);
    // People watch test runs live, so every move of theirs is told; of live runs only what ends or parks.
    if (this.run.mode === "test") this.#announce = true;
  }

  putAttempt(attempt: AttemptRecord): void {
    this.#attempts.set(`${attempt.stepId} ${attempt.no}`, attempt);
  }

  putRecord(change: RecordChange): void {
    this.#records.set(change.stepId, change);
  }

  /** The step failed for good, and a person is asked. */
  deadLetter(draft: DeadLetterDraft): void {
    this.#deadLetters.push(draft);
  }

  /** A redriven step made it. */
  resolveDeadLetter(step: StepState): void {
    this.#resolved.push(step.id);
    step.deadLetterId = null;
  }

  answer(answer: HookAnswer): void {
    if (this.#answered) return; // the first answer has gone out
    this.#answered = true;
    this.#answer = JSON.stringify(answer);
    this.#announce = true;
  }

  /** Makes everything changed so far durable. Throws RunLostError. Returns the steps whose idempotency record was lost. */
  async commit(): Promise<ReadonlySet<string>> {
    const committed = await this.guard(this.ports.commit(this));
    if (!committed.owned) throw this.#lost(new RunLostError("another worker has claimed the run", { taken: true }));
    return committed.recordsLost;
  }

  /** Awaits the database; its absence loses the run, it is not a failure of the step. */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.#lost(new RunLostError("the database could not be reached", { taken: false, cause: error }));
    }
  }

  /** The connection of a node, null when it has none. Throws NodeError when it may not be used; the absence of the database loses the run. */
  async connection(plan: NodePlan): Promise<OpenConnection | null> {
    const { connectionId } = plan.node;
    if (connectionId === null) return null;
    try {
      return await this.ports.connection(this.run.workspaceId, connectionId);
    } catch (error) {
      if (error instanceof NodeError) throw error;
      throw this.#lost(new RunLostError("the database could not be reached", { taken: false, cause: error }));
    }
  }

  /** Waits a short time in memory, at most until the run is lost. */
  hold(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
  }

  /** Ends the run and lets go of it. */
  async finish(end: RunEnd): Promise<void> {
    this.#end = end;
    this.#release = true;
    this.#announce = true;
    await this.commit();
  }

  /** Lets go of the run until a time, or until somebody wakes it (null). */
  async park(untilMs: number | null): Promise<void> {
    this.#parkedUntilMs = untilMs;
    this.#release = true;
    this.#announce = true;
    await this.commit();
    if (untilMs !== null) this.ports.parked(untilMs);
  }

  takeChanges(): RunChanges {
    const waiting = this.#release && !this.#end;
    const changes: RunChanges = {
      run: this.run,
      status: this.#end?.status ?? (waiting ? "waiting" : "running"),
      wakeAtMs: this.#parkedUntilMs,
      error: this.#end?.error ?? null,
      answer: this.#answer,
      release: this.#release,
      // Copies: the steps go on changing while the commit is under way.
      steps: [...this.#dirtySteps].map((step) => ({ ...step })),
      attempts: [...this.#attempts.values()].map((attempt) => ({ ...attempt })),
      deadLetters: this.#deadLetters,
      resolvedStepIds: this.#resolved,
      records: [...this.#records.values()],
      announce: this.#announce,
    };
    for (const step of this.#dirtySteps) markSaved(step);
    this.#dirtySteps = new Set();
    this.#attempts = new Map();
    this.#deadLetters = [];
    this.#resolved = [];
    this.#records = new Map();
    this.#answer = null;
    this.#announce = false;
    return changes;
  }

  /** Whether something waits to be written that people watching would like to see now. */
  get hasNews(): boolean {
    return this.#announce && !this.#release;
  }

  #lost(error: RunLostError): RunLostError {
    this.abort.abort(error);
    return error;
  }

  #expose(step: StepState): void {
    if (step.nodeId === this.run.triggerNodeId) this.#scope.steps[step.nodeId] = { output: this.trigger };
    else if (step.output) this.#scope.steps[step.nodeId] = { output: step.output.value };
    else if (step.status === "skipped") this.#scope.steps[step.nodeId] = { output: null };
  }
}

function newStep(runId: string, nodeId: string, effect: StepState["effect"], now: number): StepState {
  return {
    // Derived, so that a step begun anew after a crash is the owner of the key it had claimed, although nothing else of it was stored.
    id: derivedId(runId, nodeId, ""),
    nodeId,
    iteration: "",
    status: "running",
    waitReason: null,
    wakeAtMs: null,
    port: null,
    effect,
    input: null,
    output: null,
    error: null,
    attempts: 0,
    attemptsBase: 0,
    throttledAttempts: 0,
    lostCount: 0,
    idempotencyKey: null,
    createdAtMs: now,
    startedAtMs: now,
    finishedAtMs: null,
    deadlineAtMs: null,
    deadLetterId: null,
  };
}

/** What is on its way to the database need not be sent again with the step's next change. */
function markSaved(step: StepState): void {
  if (step.input && !step.input.saved) step.input = { ...step.input, saved: true };
  if (step.output && !step.output.saved) step.output = { ...step.output, saved: true };
}

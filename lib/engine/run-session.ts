import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { Scope } from "#lib/expressions/scope.ts";
import { type Evaluate, type HookAnswer, NodeError } from "#lib/nodes/runner.ts";
import { failpoint } from "#lib/shared/failpoints.ts";
import { isUndo, isVisibleFrom, stepKey } from "#lib/shared/iteration.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { Doorbell } from "./doorbell.ts";
import { forgetAfter } from "./history.ts";
import type { ClaimedRun } from "./ledger/claim.ts";
import type { AbandonedKey, ApprovalDraft, ChangeSource, DeadLetterDraft, RecordChange, RunChanges } from "./ledger/run-changes.ts";
import type { LoopState } from "./loop-state.ts";
import { newStep } from "./new-step.ts";
import { type NodePlan, type RunPlan, stepTimeMs } from "./plan.ts";
import type { EnginePorts, OpenConnection } from "./ports.ts";
import { withResumeUrls } from "./resume-urls.ts";
import { RunScope } from "./run-scope.ts";
import type { AttemptRecord, RunEnd, RunState, StepRef, StepState } from "./run-state.ts";
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
  /** By stepKey. */
  readonly steps = new Map<string, StepState>();
  /** Loops that go on, by the stepKey of their step. */
  readonly loops = new Map<string, LoopState>();
  /** Aborted when the run is lost. A cancel does not abort: what a call under way that was announced comes to must be known. */
  readonly abort = new AbortController();
  /** Aborted when this worker hears that the run is to be canceled. */
  readonly canceling = new AbortController();
  cancelRequested: boolean;
  /** Rung when a step is done, and when somebody outside wants the run to look again. */
  readonly bell = new Doorbell();
  /** This worker does not reach a remote of the run: once parked, it is not to be the first to look for it. */
  leaveToOthers = false;

  readonly #scope: RunScope;
  readonly #triggerLength: number;
  #dirtySteps = new Set<StepState>();
  #attempts = new Map<string, AttemptRecord>();
  #deadLetters: DeadLetterDraft[] = [];
  #resolved: string[] = [];
  #records = new Map<string, RecordChange>();
  #effects = new Set<StepState>();
  #abandoned: AbandonedKey[] = [];
  #asked: ApprovalDraft[] = [];
  #unasked: string[] = [];
  #undoBegun = false;
  #answer: string | null = null;
  #answered = false;
  #end: RunEnd | null = null;
  #parkedUntilMs: number | null = null;
  #release = false;
  #woken = false;
  #announce = false;
  #saveSoon = false;

  constructor(claimed: ClaimedRun, plan: RunPlan, ports: EnginePorts) {
    this.run = claimed.run;
    this.plan = plan;
    this.ports = ports;
    this.trigger = claimed.trigger;
    this.#triggerLength = claimed.triggerLength;
    this.cancelRequested = claimed.run.cancelRequested;
    this.#scope = new RunScope({
      trigger: claimed.trigger,
      run: {
        id: claimed.run.id,
        version: claimed.run.version,
        mode: claimed.run.mode,
        startedAt: new Date(claimed.run.startedAtMs).toISOString(),
      },
      vars: ports.vars,
      now: new Date(claimed.run.startedAtMs).toISOString(),
    });
    for (const step of claimed.steps) this.addStep(step);
  }

  /** A step found on disk. */
  addStep(step: StepState): void {
    this.steps.set(stepKey(step.nodeId, step.iteration), step);
    this.#expose(step);
  }

  stepOf(ref: StepRef): StepState | undefined {
    return this.steps.get(stepKey(ref.nodeId, ref.iteration));
  }

  stepsIn(iteration: string): StepState[] {
    return [...this.steps.values()].filter((step) => step.iteration === iteration);
  }

  /** Begins an iteration of a loop. */
  enterIteration(loop: StepRef, iteration: string, at: { item: JsonValue; index: number }): void {
    this.#scope.enter(iteration, loop.nodeId, at);
  }

  /** Forgets an iteration that has ended: what changed in it will be written all the same, and soon. */
  leaveIteration(iteration: string): void {
    for (const [key, step] of this.steps) if (step.iteration === iteration) this.steps.delete(key);
    this.#scope.leave(iteration);
    this.#saveSoon = true;
  }

  /** The plan by which a step runs: its node's, or that of what undoes it. */
  planOf(ref: StepRef): NodePlan {
    const plan = this.nodePlan(ref.nodeId);
    if (!isUndo(ref.iteration)) return plan;
    if (plan.undo === null) throw new Error(`the document says no more how node ${ref.nodeId} is undone`);
    return plan.undo;
  }

  /** The plan of a node of this run's document. */
  nodePlan(nodeId: string): NodePlan {
    const plan = this.plan.nodes.get(nodeId);
    if (!plan) throw new Error(`the document has no node ${nodeId}`);
    return plan;
  }

  evaluate(step: StepRef, connectionFields: JsonObject): Evaluate {
    return createEvaluate(this.scope(step, connectionFields));
  }

  /** What expressions of a step see. */
  scope(step: StepRef, connectionFields: JsonObject): Scope {
    const links = { run: this.run, resumable: this.plan.resumable.get(step.nodeId) ?? [], resumeUrl: this.ports.resumeUrl };
    return withResumeUrls(this.#scope.seenFrom(step.iteration, connectionFields), step.iteration, links);
  }

  /** Whether a step's expressions may cost too much to be worked out in this process: they walk lists, and there is much data. */
  isCostly(plan: NodePlan, at: StepRef): boolean {
    if (!plan.walksLists) return false;
    let length = this.#triggerLength;
    for (const step of this.steps.values()) if (isVisibleFrom(step.iteration, at.iteration)) length += step.output?.text.length ?? 0;
    return length > inlineLength;
  }

  /** The step of a node in an iteration, made when its turn comes. */
  openStep(ref: StepRef): StepState {
    const now = this.ports.now();
    const key = stepKey(ref.nodeId, ref.iteration);
    const plan = this.planOf(ref);
    const step: StepState = this.steps.get(key) ?? newStep(this.run.id, ref, plan.effect, now);
    this.steps.set(key, step);
    step.status = "running";
    step.waitReason = null;
    step.wakeAtMs = null;
    step.startedAtMs ??= now;
    step.deadlineAtMs ??= now + stepTimeMs(plan);
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

  /** What is known of the step's calls has changed: `unsettled` or `keyGeneration`. */
  putEffects(step: StepState): void {
    this.#effects.add(step);
    this.touch(step);
  }

  /** Whether the step's idempotency record was moved and the move is not yet on disk, where the next claim reads it. */
  hasRecordChange(step: StepState): boolean {
    return this.#records.has(step.id);
  }

  beginUndo(): void {
    this.#undoBegun = !this.run.undoing;
    this.run.undoing = true;
  }

  abandonKey(key: AbandonedKey): void {
    this.#abandoned.push(key);
  }

  putRecord(change: RecordChange): void {
    this.#records.set(change.stepId, change);
  }

  /** The step failed for good, and a person is asked. */
  deadLetter(draft: DeadLetterDraft): void {
    this.#deadLetters.push(draft);
  }

  /** A person is asked to decide. */
  ask(draft: ApprovalDraft): void {
    this.#asked.push(draft);
  }

  /** Nobody need decide for this step any more. */
  unask(step: StepState): void {
    this.#unasked.push(step.id);
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
    return this.#guardNode(this.ports.connection(this.run.workspaceId, connectionId));
  }

  /** The credential for a remote. Throws NodeError when it must not go there; the absence of the database loses the run. */
  credential(connection: OpenConnection, url: string): ReturnType<OpenConnection["credential"]> {
    return this.#guardNode(connection.credential(url));
  }

  async #guardNode<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof NodeError) throw error;
      throw this.#lost(new RunLostError("the database could not be reached", { taken: false, cause: error }));
    }
  }

  /** Somebody has what a waiting step may be waiting for. */
  wake(): void {
    this.#woken = true;
    this.bell.ring();
  }

  cancel(): void {
    this.cancelRequested = true;
    this.canceling.abort();
    this.bell.ring();
  }

  /** Whether somebody has woken the run since this was last asked. */
  takeWoken(): boolean {
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }

  /** Ends the run and lets go of it. */
  async finish(end: RunEnd): Promise<void> {
    this.#end = end;
    this.#release = true;
    this.#announce = true;
    await failpoint("before-finish", this.run.id);
    await this.commit();
    await failpoint("finished", this.run.id);
  }

  /** Lets go of the run until a time, or until somebody wakes it (null). */
  async park(untilMs: number | null): Promise<void> {
    this.#parkedUntilMs = untilMs;
    this.#release = true;
    this.#announce = true;
    await failpoint("before-park", this.run.id);
    await this.commit();
    await failpoint("parked", this.run.id);
    if (untilMs !== null && !this.leaveToOthers) this.ports.parked(untilMs);
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
      abandoned: this.#abandoned,
      undoBegun: this.#undoBegun,
      effects: [...this.#effects].map((step) => ({ ...step })),
      asked: this.#asked,
      unasked: this.#unasked,
      forget: this.#end ? forgetAfter(this.plan.compiled.document.settings.history, this.#end.status) : null,
      announce: this.#announce,
    };
    for (const step of this.#dirtySteps) markSaved(step);
    this.#dirtySteps = new Set();
    this.#attempts = new Map();
    this.#deadLetters = [];
    this.#resolved = [];
    this.#records = new Map();
    this.#effects = new Set();
    this.#abandoned = [];
    this.#asked = [];
    this.#unasked = [];
    this.#undoBegun = false;
    this.#answer = null;
    this.#announce = false;
    this.#saveSoon = false;
    return changes;
  }

  /** Whether something waits to be written that people watching would like to see now, or that should not be done again. */
  get hasNews(): boolean {
    return (this.#announce || this.#saveSoon) && !this.#release;
  }

  /** How many steps have changed since the last commit. */
  get unsaved(): number {
    return this.#dirtySteps.size;
  }

  #lost(error: RunLostError): RunLostError {
    this.abort.abort(error);
    return error;
  }

  #expose(step: StepState): void {
    if (step.nodeId === this.run.triggerNodeId) this.#scope.expose(step, this.trigger);
    // While a step that polls waits, its output is how it has fared so far.
    else if (step.output && step.port !== null) this.#scope.expose(step, step.output.value);
    else if (step.status === "skipped") this.#scope.expose(step, null);
  }
}

/** What is on its way to the database need not be sent again with the step's next change. */
function markSaved(step: StepState): void {
  if (step.input && !step.input.saved) step.input = { ...step.input, saved: true };
  if (step.output && !step.output.saved) step.output = { ...step.output, saved: true };
}

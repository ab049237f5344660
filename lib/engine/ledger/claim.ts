import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { AttemptState, EffectClass, StepStatus, WaitReason } from "#lib/shared/statuses.ts";
import type { RunState, StepState, StoredValue } from "../run-state.ts";

const claimRuns = statement(new URL("./sql/claim-runs.sql", import.meta.url));
/** The steps of runs in some iterations. */
export const loadSteps = statement(new URL("./sql/load-steps.sql", import.meta.url));
const listStrays = statement(new URL("./sql/list-strays.sql", import.meta.url));
const freeStrays = statement(new URL("./sql/free-strays.sql", import.meta.url));

/** A step found `running` on disk: its last attempt was cut off. */
export interface CutOffStep {
  step: StepState;
  attempt: { no: number; state: AttemptState; createdAtMs: number; sentAtMs: number | null } | null;
}

export interface ClaimedRun {
  run: RunState;
  /** What the run sees as `trigger`. */
  trigger: JsonValue;
  /** Of its JSON text. */
  triggerLength: number;
  /** Those outside of loops. */
  steps: StepState[];
  cutOff: CutOffStep[];
  /** What is stored of it cannot be read: this run cannot be driven. The others of its batch can. */
  fault: Error | null;
}

interface RunRow {
  id: string;
  workspace_id: string;
  workflow_id: string;
  document_id: string;
  version: number | null;
  mode: "live" | "test";
  trigger_type: string;
  trigger_node_id: string;
  event_id: string;
  keys_of: string | null;
  fence: number;
  redrive_count: number;
  lost_count: number;
  priority: number;
  depth: number;
  failure_of: string | null;
  cancel_requested: boolean;
  undoing: boolean;
  retried: boolean;
  partial: boolean;
  fresh: boolean;
  created_at_ms: number;
  started_at_ms: number;
  deadline_at_ms: number;
  data: string | null;
}

export interface StepRow {
  run_id: string;
  id: string;
  node_id: string;
  iteration: string;
  status: StepStatus;
  wait_reason: WaitReason | null;
  port: string | null;
  effect: EffectClass | "none";
  error: string | null;
  attempts: number;
  attempts_base: number;
  throttled_attempts: number;
  lost_count: number;
  idempotency_key: string | null;
  input: string | null;
  output: string | null;
  input_ref: string | null;
  output_ref: string | null;
  wake_at_ms: number | null;
  created_at_ms: number;
  started_at_ms: number | null;
  finished_at_ms: number | null;
  deadline_at_ms: number | null;
  attempt_state: AttemptState | null;
  attempt_no: number | null;
  attempt_created_at_ms: number | null;
  attempt_sent_at_ms: number | null;
  dead_letter_id: string | null;
  unsettled: string | null;
  undo_seq: number | null;
  key_generation: number;
}

/** What is inside of loops is read once the run's document is known (resume-loops.ts). */
const outsideOfLoops = [""];

/** Claims runs for one worker process, many in one statement. */
export class Claims {
  readonly #pool: pg.Pool;
  readonly #workerId: string;
  readonly #aliveMs: number;
  /** The runs this worker drives, by the fence they were claimed under. */
  readonly #held = new Map<string, number>();
  /** Seen at the last look, by id: what is one still at the next is no claim under way. */
  #strays = new Map<string, number>();
  readonly #batch: GroupCommit<string, ClaimedRun | null>;

  /** `aliveMs` is how long a silent worker counts as living. */
  constructor(options: { pool: pg.Pool; workerId: string; aliveMs: number }) {
    this.#pool = options.pool;
    this.#workerId = options.workerId;
    this.#aliveMs = options.aliveMs;
    this.#batch = new GroupCommit({ flush: (ids) => this.#claim(ids), maxBatch: 200 });
  }

  /** Null when the run has ended, does not exist, or is held by a living worker, which has then been told to look again. */
  claim(runId: string): Promise<ClaimedRun | null> {
    return this.#batch.add(runId);
  }

  /** To be called when the worker has let go of a run, whether or not it could still write to it. */
  release({ id, fence }: { id: string; fence: number }): void {
    // Woken in the moment it was parked, it may have been claimed again before its former driver came to this.
    if (this.#held.get(id) === fence) this.#held.delete(id);
  }

  /**
   * Gives back what the database holds for this worker and the worker does not: other workers leave such runs alone for as long
   * as this one lives. To be called now and then; only what is a stray at two looks in a row is given back. Returns how many.
   */
  async freeStrays(): Promise<number> {
    const { rows } = await this.#pool.query<{ id: string; fence: number }>({
      ...listStrays,
      values: [this.#workerId, [...this.#held.keys()]],
    });
    const again = rows.filter((row) => this.#strays.get(row.id) === row.fence && !this.#held.has(row.id));
    this.#strays = new Map(rows.map((row) => [row.id, row.fence]));
    if (again.length === 0) return 0;
    const values = [this.#workerId, again.map((row) => row.id), again.map((row) => row.fence)];
    const { rows: freed } = await this.#pool.query<{ freed: number }>({ ...freeStrays, values });
    return freed[0]?.freed ?? 0;
  }

  async #claim(ids: string[]): Promise<(ClaimedRun | null)[]> {
    const { rows } = await this.#pool.query<RunRow>({ ...claimRuns, values: [ids, this.#workerId, [...this.#held.keys()], this.#aliveMs] });
    const claimed = new Map(rows.map((row) => [row.id, toClaimedRun(row)]));
    // Marked here and not by the caller: the next batch may start before the caller's continuation runs.
    for (const row of rows) this.#held.set(row.id, row.fence);
    const resumed = rows.filter((row) => !row.fresh).map((row) => row.id);
    try {
      await this.#addSteps(claimed, resumed);
    } catch (error) {
      // Nobody will drive them: they must not count as held, or nobody ever could.
      for (const row of rows) this.#held.delete(row.id);
      throw error;
    }
    const given = new Set<string>();
    return ids.map((id) => {
      if (given.has(id)) return null;
      given.add(id);
      return claimed.get(id) ?? null;
    });
  }

  async #addSteps(claimed: ReadonlyMap<string, ClaimedRun>, resumed: string[]): Promise<void> {
    if (resumed.length === 0) return;
    const { rows } = await this.#pool.query<StepRow>({ ...loadSteps, values: [resumed, outsideOfLoops] });
    for (const row of rows) {
      const run = claimed.get(row.run_id);
      if (run) readable(run, () => addStep(run, row));
    }
  }
}

/** One row that cannot be read must not strand the runs that were claimed with it. */
function readable(run: ClaimedRun, read: () => void): void {
  try {
    read();
  } catch (error) {
    run.fault ??= new Error("what is stored of this run cannot be read", { cause: error });
  }
}

function toClaimedRun(row: RunRow): ClaimedRun {
  const claimed: ClaimedRun = {
    run: {
      id: row.id,
      workspaceId: row.workspace_id,
      workflowId: row.workflow_id,
      documentId: row.document_id,
      version: row.version,
      mode: row.mode,
      triggerType: row.trigger_type,
      triggerNodeId: row.trigger_node_id,
      eventId: row.event_id,
      keysOf: row.keys_of,
      fence: row.fence,
      redriveCount: row.redrive_count,
      lostCount: row.lost_count,
      priority: row.priority,
      depth: row.depth,
      failureOf: row.failure_of,
      cancelRequested: row.cancel_requested,
      undoing: row.undoing,
      retried: row.retried,
      partial: row.partial,
      createdAtMs: row.created_at_ms,
      startedAtMs: row.started_at_ms,
      deadlineAtMs: row.deadline_at_ms,
    },
    trigger: null,
    triggerLength: row.data?.length ?? 0,
    steps: [],
    cutOff: [],
    fault: null,
  };
  const { data } = row;
  if (data !== null) {
    readable(claimed, () => {
      claimed.trigger = parse(data);
    });
  }
  return claimed;
}

function addStep(claimed: ClaimedRun, row: StepRow): void {
  const { step, cutOff } = toStep(row);
  claimed.steps.push(step);
  if (cutOff) claimed.cutOff.push(cutOff);
}

/** A step as it was stored, and if its worker died in the middle of it, how far it had come. */
export function toStep(row: StepRow): { step: StepState; cutOff: CutOffStep | null } {
  const step: StepState = {
    id: row.id,
    nodeId: row.node_id,
    iteration: row.iteration,
    status: row.status,
    waitReason: row.wait_reason,
    wakeAtMs: row.wake_at_ms,
    port: row.port,
    effect: row.effect,
    input: stored(row.input, row.input_ref),
    output: stored(row.output, row.output_ref),
    error: row.error === null ? null : JSON.parse(row.error),
    attempts: row.attempts,
    attemptsBase: row.attempts_base,
    throttledAttempts: row.throttled_attempts,
    lostCount: row.lost_count,
    idempotencyKey: row.idempotency_key,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    deadlineAtMs: row.deadline_at_ms,
    deadLetterId: row.dead_letter_id,
    undoSeq: row.undo_seq,
    unsettled: row.unsettled === null ? null : JSON.parse(row.unsettled),
    keyGeneration: row.key_generation,
  };
  if (step.status !== "running") return { step, cutOff: null };
  const attempt =
    row.attempt_state === null || row.attempt_no === null
      ? null
      : { no: row.attempt_no, state: row.attempt_state, createdAtMs: row.attempt_created_at_ms ?? 0, sentAtMs: row.attempt_sent_at_ms };
  return { step, cutOff: { step, attempt } };
}

function stored(text: string | null, ref: string | null): StoredValue | null {
  return text === null ? null : { value: parse(text), text, ref, saved: true };
}

/** Safe because these columns are only ever written with JSON.stringify. */
function parse(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}

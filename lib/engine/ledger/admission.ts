import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";

const admitRuns = statement(new URL("./sql/admit-runs.sql", import.meta.url));
const holdRuns = statement(new URL("./sql/hold-runs.sql", import.meta.url));
const markBusy = statement(new URL("./sql/mark-busy.sql", import.meta.url));
const wakeLeftGates = statement(new URL("./sql/wake-left-gates.sql", import.meta.url));

/** How long a job may wait before whose runs it stands behind is looked at. */
const waitedMs = 500;

/**
 * Which runs may start, and when. Most start as soon as a worker is free, and nothing here concerns them. Gated are
 *
 * - runs of a workflow with `settings.concurrency` or `settings.orderBy`: from the event on (accept-events.sql);
 * - runs of a workflow that has its share of a worker's places, and more to start, while it has (hold-runs.sql).
 *
 * A gated run has a row in `run_gate` and no job until it is let in. Whatever may change whose turn it is, an event, an end,
 * a closed dead letter, adds the job `admit` of the workflow in the same statement; `admit_runs` (in the migration) then
 * decides anew under a lock, so the job may come late, twice, or for nothing. What a run leaves behind is put right there too.
 *
 * A workflow that is merely far ahead of the workers is marked busy: others go first, and its own runs cost nothing more.
 */
export class Admission {
  readonly #pool: pg.Pool;
  readonly #holding: GroupCommit<string, boolean>;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
    this.#holding = new GroupCommit({ flush: (ids) => this.#hold(ids), maxBatch: 200 });
  }

  /** Lets in the runs of a workflow whose turn it is. Safe to repeat. */
  async admit(workflowId: string): Promise<void> {
    await this.#pool.query({ ...admitRuns, values: [workflowId] });
  }

  /** Puts a run that has not started behind its workflow's gate. False: it has started, or is to end, so it must be driven. */
  hold(runId: string): Promise<boolean> {
    return this.#holding.add(runId);
  }

  /** Notes which workflows keep others waiting. */
  async lookForBusy(): Promise<void> {
    await this.#pool.query({ ...markBusy, values: [waitedMs] });
  }

  /** Wakes gates whose job was lost, and held runs that are overdue. */
  async heal(): Promise<void> {
    await this.#pool.query(wakeLeftGates);
  }

  async #hold(ids: string[]): Promise<boolean[]> {
    const { rows } = await this.#pool.query<{ id: string }>({ ...holdRuns, values: [ids] });
    const held = new Set(rows.map((row) => row.id));
    return ids.map((id) => held.has(id));
  }
}

import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { LoopPace } from "../loop-state.ts";
import type { Failure } from "../run-state.ts";
import { loadSteps, type StepRow } from "./claim.ts";

const touchedIterations = statement(new URL("./sql/touched-iterations.sql", import.meta.url));
const undoIterations = statement(new URL("./sql/undo-iterations.sql", import.meta.url));
const loopSize = statement(new URL("./sql/loop-size.sql", import.meta.url));
const loopPaces = statement(new URL("./sql/loop-paces.sql", import.meta.url));
const loopRows = statement(new URL("./sql/loop-rows.sql", import.meta.url));

/** Results of all items together, in bytes, that a run may carry from a loop to what comes after. */
export const maxResultsBytes = 16_777_216;

/** An iteration with a step that a person put back, or ended in another way. */
export interface TouchedIteration {
  iteration: string;
  /** Its step is to run, or runs, again. */
  isRedriven: boolean;
}

export interface LoopRows {
  /** Steps that may have been the last of their iteration; null when their outputs are too much to be read together. */
  passed: { nodeId: string; iteration: string; port: string; output: JsonValue; wentOn: boolean }[] | null;
  errors: { iteration: string; error: Failure }[];
}

export interface LoopQuestion {
  runId: string;
  /** The iteration path of the loop's own step. */
  outer: string;
  /** The nodes of its body, and those that may be the last. */
  nodeIds: string[];
  lastIds: string[];
}

/** Reads of the steps in loops what a run needs and has not in memory. */
export class LoopReader {
  readonly #pool: pg.Pool;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  /** All steps of these iterations. */
  async steps(runId: string, iterations: string[]): Promise<StepRow[]> {
    const { rows } = await this.#pool.query<StepRow>({ ...loadSteps, values: [[runId], iterations] });
    return rows;
  }

  /** Where the steps stand that are to be undone, and those that undo them. */
  async undoIterations(runId: string): Promise<string[]> {
    const { rows } = await this.#pool.query<{ iteration: string }>({ ...undoIterations, values: [runId] });
    return rows.map((row) => row.iteration);
  }

  async touched(runId: string): Promise<TouchedIteration[]> {
    const { rows } = await this.#pool.query<{ iteration: string; redriven: boolean }>({ ...touchedIterations, values: [runId] });
    return rows.map((row) => ({ iteration: row.iteration, isRedriven: row.redriven }));
  }

  /** The loops of a run that a person has given another pace. */
  async paces(runId: string): Promise<{ nodeId: string; iteration: string; pace: LoopPace }[]> {
    const { rows } = await this.#pool.query<{ node_id: string; iteration: string; loop_pace: string }>({ ...loopPaces, values: [runId] });
    // Safe: only ever written from a LoopPace.
    return rows.map((row) => ({ nodeId: row.node_id, iteration: row.iteration, pace: JSON.parse(row.loop_pace) as LoopPace }));
  }

  /** What the iterations of a loop came to. */
  async read({ runId, outer, nodeIds, lastIds }: LoopQuestion): Promise<LoopRows> {
    const prefix = outer === "" ? "" : `${outer}/`;
    const size = await this.#pool.query<{ bytes: number }>({ ...loopSize, values: [runId, prefix, lastIds] });
    const fits = (size.rows[0]?.bytes ?? 0) <= maxResultsBytes;
    const { rows } = await this.#pool.query<RowOfLoop>({ ...loopRows, values: [runId, prefix, nodeIds, fits ? lastIds : []] });
    const errors = rows.flatMap((row) =>
      row.failed && row.error ? [{ iteration: row.iteration, error: JSON.parse(row.error) as Failure }] : [],
    );
    return { passed: fits ? rows.filter((row) => !row.failed).map(toPassed) : null, errors };
  }
}

interface RowOfLoop {
  node_id: string;
  iteration: string;
  failed: boolean;
  port: string | null;
  output: string | null;
  error: string | null;
}

function toPassed(row: RowOfLoop) {
  const output = row.output === null ? null : (JSON.parse(row.output) as JsonValue); // safe: only ever written with JSON.stringify
  return { nodeId: row.node_id, iteration: row.iteration, port: row.port ?? "", output, wentOn: row.error !== null };
}

import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { derivedId } from "#lib/shared/ids.ts";
import type { JsonValue } from "#lib/shared/json.ts";

const putStatement = statement(new URL("./sql/put-signal.sql", import.meta.url));
const readStatement = statement(new URL("./sql/read-signals.sql", import.meta.url));
const settleStatement = statement(new URL("./sql/settle-signal.sql", import.meta.url));
const reopenStatement = statement(new URL("./sql/reopen-signal.sql", import.meta.url));

/** What a step can wait for. */
export type SignalKind = "callback" | "approval";

/** How a step may go on without an answer: it was polled to its end, or waited in vain. */
export type Settlement = "poll" | "timeout";

export interface Signal {
  stepId: string;
  kind: SignalKind | Settlement;
  payload: JsonValue;
  sentBy: string | null;
  receivedAtMs: number;
}

export interface SignalDraft {
  runId: string;
  nodeId: string;
  iteration: string;
  workspaceId: string;
  kind: SignalKind;
  /** JSON text. */
  payload: string;
  sentBy: string | null;
}

/**
 * What became of a signal. `first`: it is stored and the run is woken. `known`: another was here before, which stays.
 * `over`: the step or its run needs none any more. `unknown`: there is no such run.
 */
export type PutSignal = "first" | "known" | "over" | "unknown";

interface SignalRow {
  step_id: string;
  kind: SignalKind | Settlement;
  payload: string;
  sent_by: string | null;
  received_at_ms: number;
}

interface PutRow {
  over: boolean;
  first: boolean;
  known: Signal["kind"] | null;
}

/** Stores a signal and wakes its run, if it is the first of its step. */
export function putSignal(pool: Pick<pg.Pool, "query">, draft: SignalDraft): Promise<PutSignal> {
  return putSignalIn(async (text, values) => (await pool.query<PutRow>({ name: putStatement.name, text, values })).rows, draft);
}

/** The same as part of a transaction, which is handed the statement. */
export async function putSignalIn(query: (text: string, values: unknown[]) => Promise<PutRow[]>, draft: SignalDraft): Promise<PutSignal> {
  const { runId, nodeId, iteration } = draft;
  const stepId = derivedId(runId, nodeId, iteration);
  const values = [stepId, runId, draft.workspaceId, draft.kind, draft.payload, draft.sentBy, nodeId, iteration];
  const [row] = await query(putStatement.text, values);
  if (!row) return "unknown";
  if (row.first) return "first";
  if (row.known === "timeout") return "over";
  // Nothing known, and yet not the first: another got in while this one was waiting for it, which its snapshot does not show.
  return row.known !== null || !row.over ? "known" : "over";
}

/** What steps that wait for the outside need of the database: one answer a step, the first. */
export class Signals {
  readonly #pool: pg.Pool;

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  /** What has come for these steps. */
  async read(stepIds: string[]): Promise<Signal[]> {
    const { rows } = await this.#pool.query<SignalRow>({ ...readStatement, values: [stepIds] });
    return rows.map((row) => ({
      stepId: row.step_id,
      kind: row.kind,
      payload: JSON.parse(row.payload) as JsonValue, // safe because only JSON texts are put
      sentBy: row.sent_by,
      receivedAtMs: row.received_at_ms,
    }));
  }

  /**
   * Says that the step goes on without an answer, unless one has come: whoever is first decides. False: an answer was.
   * Saying so again, after a crash, is the same.
   */
  async settle(step: { id: string; runId: string; workspaceId: string }, how: Settlement): Promise<boolean> {
    const { rowCount } = await this.#pool.query({ ...settleStatement, values: [step.id, step.runId, step.workspaceId, how] });
    return rowCount === 1;
  }

  /** Lets a redriven step wait again. */
  async reopen(stepId: string): Promise<void> {
    await this.#pool.query({ ...reopenStatement, values: [stepId] });
  }
}

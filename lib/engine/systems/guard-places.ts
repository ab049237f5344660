import type pg from "pg";
import { statement } from "#lib/db/statement.ts";

const putStatement = statement(new URL("./sql/guard-place-put.sql", import.meta.url));
const pruneStatement = statement(new URL("./sql/guard-place-prune.sql", import.meta.url));

/** What a breaker or a retry budget guards. */
export interface GuardPlace {
  /** Of the breaker or budget. */
  id: string;
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  connectionId: string | null;
  /** Of a breaker. */
  host: string | null;
}

const againMs = 3_600_000;
/** More than one worker is held back by within an hour. */
const maxNoted = 10_000;

/**
 * Where the breakers and budgets stand that hold calls back: their ids are made of it and do not tell, and an issue has to.
 * Noted by whoever is held back, never on the way of a call that goes.
 */
export class GuardPlaces {
  readonly #pool: pg.Pool;
  readonly #notedAt = new Map<string, number>();

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  /** Best effort: what gets lost is noted by the next call that is held back. */
  note(place: GuardPlace): void {
    const now = performance.now();
    if (now - (this.#notedAt.get(place.id) ?? Number.NEGATIVE_INFINITY) < againMs) return;
    if (this.#notedAt.size >= maxNoted) this.#notedAt.clear();
    this.#notedAt.set(place.id, now);
    const values = [place.id, place.workspaceId, place.workflowId, place.nodeId, place.connectionId, place.host];
    this.#pool.query({ ...putStatement, values }).catch(() => this.#notedAt.delete(place.id));
  }

  /** Forgets what has held nobody back for long. Call it now and then. */
  async prune(): Promise<void> {
    await this.#pool.query(pruneStatement);
  }
}

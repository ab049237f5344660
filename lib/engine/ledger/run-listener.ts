import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { HookAnswer } from "#lib/nodes/runner.ts";
import type { RunError } from "#lib/shared/api-types.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";
import type { StreamMessage } from "#lib/shared/stream-message.ts";
import { Listener } from "./listener.ts";

const readAnswers = statement(new URL("./sql/read-answers.sql", import.meta.url));

/** While somebody waits, notices may be lost; this often the truth is asked for. */
const pollEveryMs = 1_000;

export interface RunAnswer {
  status: RunStatus;
  /** What a `respond` node said; null when the run ended without one. */
  answer: HookAnswer | null;
  error: RunError | null;
}

interface AnswerRow {
  id: string;
  status: RunStatus;
  answer: string | null;
  error: string | null;
}

export interface Subscriber {
  onChange: (message: StreamMessage) => void;
  /** Changes may have been missed: what is shown has to be looked at again. */
  onGap: () => void;
}

interface Notice {
  w: string;
  k: StreamMessage["kind"];
  i: string[];
}

/** Hears of changed runs and issues: gives waiting callers their answer, and screens a hint to look again. */
export class RunListener {
  readonly #pool: pg.Pool;
  readonly #listener: Listener;
  readonly #waiting = new Map<string, Set<(answer: RunAnswer) => void>>();
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #reads: GroupCommit<string, void>;
  #poll: NodeJS.Timeout | undefined;

  constructor({ pool, url }: { pool: pg.Pool; url: string }) {
    this.#pool = pool;
    this.#listener = new Listener({
      url,
      channels: ["sluice_run"],
      onNotice: (_channel, payload) => this.#heard(JSON.parse(payload) as Notice), // safe because only our own statements notify here
      onReconnect: () => this.#returned(),
    });
    this.#reads = new GroupCommit({ flush: (ids) => this.#read(ids), maxBatch: 500 });
  }

  async start(): Promise<void> {
    await this.#listener.start();
    this.#poll = setInterval(() => void this.#readAll(), pollEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#poll);
    await this.#listener.stop();
  }

  /** The answer of a run that has just been started, or how it ended without one; null when neither came in time. */
  answer(runId: string, timeoutMs: number): Promise<RunAnswer | null> {
    return new Promise((resolve) => {
      const settle = (answer: RunAnswer | null) => {
        clearTimeout(timer);
        const others = this.#waiting.get(runId);
        others?.delete(settle);
        if (others?.size === 0) this.#waiting.delete(runId);
        resolve(answer);
      };
      const timer = setTimeout(() => settle(null), timeoutMs);
      const waiters = this.#waiting.get(runId) ?? new Set();
      waiters.add(settle);
      this.#waiting.set(runId, waiters);
    });
  }

  /** As `answer`, for a run that may have ended long ago. */
  look(runId: string, timeoutMs: number): Promise<RunAnswer | null> {
    const answered = this.answer(runId, timeoutMs);
    this.#reads.add(runId).catch(() => undefined); // the poll asks again
    return answered;
  }

  /** Calls back with what changed in a workspace until the returned function is called. */
  subscribe(workspaceId: string, subscriber: Subscriber): () => void {
    const subscribers = this.#subscribers.get(workspaceId) ?? new Set();
    subscribers.add(subscriber);
    this.#subscribers.set(workspaceId, subscribers);
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size === 0) this.#subscribers.delete(workspaceId);
    };
  }

  #heard(notice: Notice): void {
    if (notice.k === "run") {
      for (const id of notice.i) if (this.#waiting.has(id)) this.#reads.add(id).catch(() => undefined); // the poll asks again
    }
    for (const { onChange } of this.#subscribers.get(notice.w) ?? []) onChange({ kind: notice.k, ids: notice.i });
  }

  /** The database was away: notices were missed that nobody repeats. */
  #returned(): void {
    void this.#readAll();
    for (const subscribers of this.#subscribers.values()) for (const { onGap } of [...subscribers]) onGap();
  }

  async #readAll(): Promise<void> {
    await Promise.allSettled([...this.#waiting.keys()].map((id) => this.#reads.add(id)));
  }

  async #read(ids: string[]): Promise<void[]> {
    const { rows } = await this.#pool.query<AnswerRow>({ ...readAnswers, values: [ids] });
    for (const row of rows) {
      const answer = { status: row.status, answer: parse<HookAnswer>(row.answer), error: parse<RunError>(row.error) };
      for (const settle of [...(this.#waiting.get(row.id) ?? [])]) settle(answer);
    }
    return ids.map(() => undefined);
  }
}

/** Safe because the ledger wrote these columns with JSON.stringify of that type. */
function parse<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

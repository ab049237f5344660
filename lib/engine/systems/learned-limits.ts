import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { LearnedPolicy } from "#lib/policies/throttle-buckets.ts";

const learnStatement = statement(new URL("./sql/learn-limits.sql", import.meta.url));

export interface Lesson {
  workspaceId: string;
  connectionId: string;
  /** Who was told, for remotes have other limits for other operations. */
  source: string;
  policies: readonly LearnedPolicy[];
}

/** After so long what was told is written again, so that it counts as still told. */
const repeatMs = 3_600_000;
const remembered = 5_000;

/** Remembers the limits remotes tell of. Most answers tell what the last one told; only news is written. */
export class LearnedLimits {
  readonly #pool: pg.Pool;
  readonly #told = new Map<string, { text: string; atMs: number }>();

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  async learn(lesson: Lesson): Promise<void> {
    const { connectionId, source, workspaceId, policies } = lesson;
    const text = JSON.stringify(policies);
    const name = `${connectionId} ${source}`;
    const last = this.#told.get(name);
    if (policies.length === 0 || (last?.text === text && performance.now() - last.atMs < repeatMs)) return;
    await this.#pool.query({ ...learnStatement, values: [connectionId, source, workspaceId, text] });
    if (this.#told.size >= remembered) this.#told.clear();
    this.#told.set(name, { text, atMs: performance.now() });
  }
}

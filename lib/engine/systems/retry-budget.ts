import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { type BudgetSettings, budgetDefaults, type Turn } from "#lib/policies/retry-budget.ts";
import { GroupCommit } from "#lib/shared/group-commit.ts";

const moveStatement = statement(new URL("./sql/retry-budget-move.sql", import.meta.url));
const pruneStatement = statement(new URL("./sql/retry-budget-prune.sql", import.meta.url));

/** Whose budget it is. */
export interface BudgetOwner {
  workspaceId: string;
  id: string;
}

/** A retry that wants to go; `holder` is the step, which keeps its turn when it asks again. */
export interface RetryRequest extends BudgetOwner {
  holder: string;
}

interface Count extends BudgetOwner {
  calls: number;
  back: number;
}

const flushEveryMs = 1_000;

/**
 * The retry budgets of all remotes, shared by all workers through the database. Ordinary calls are only counted here and told
 * now and then; what is asked there, before it goes, is the retry. So at any time at most a little too few are let through.
 */
export class RetryBudgets {
  readonly #pool: pg.Pool;
  readonly #settings: string;
  readonly #takes: GroupCommit<RetryRequest, Turn>;
  #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | null = null;

  constructor({ pool, settings = budgetDefaults }: { pool: pg.Pool; settings?: BudgetSettings }) {
    this.#pool = pool;
    this.#settings = JSON.stringify(settings);
    this.#takes = new GroupCommit({ flush: (requests) => this.#takeAll(requests), maxBatch: 200 });
  }

  /** A first attempt is sent. */
  called(owner: BudgetOwner): void {
    this.#count(owner).calls += 1;
  }

  /** A retry that was let through is not sent now after all. */
  handBack(owner: BudgetOwner): void {
    this.#count(owner).back += 1;
  }

  /** Lets a retry go, or tells its turn. */
  take(request: RetryRequest): Promise<Turn> {
    return this.#takes.add(request);
  }

  /** Tells the database what was counted; done by itself all the time. Best effort: what is lost makes the budget smaller. */
  async flush(): Promise<void> {
    const counts = this.#drain();
    if (counts.length === 0) return;
    await this.#pool.query({ ...moveStatement, values: [JSON.stringify(counts), this.#settings] }).catch(() => undefined);
  }

  /** Forgets what no longer tells anything. Call it now and then. */
  async prune(): Promise<void> {
    await this.#pool.query(pruneStatement);
  }

  async #takeAll(requests: RetryRequest[]): Promise<Turn[]> {
    // With what was counted until now: it is what the retries are measured by.
    const counts = this.#drain();
    const items = [...counts, ...requests];
    const { rows } = await this.#pool.query<{ no: number; go: boolean; due_ms: number }>({
      ...moveStatement,
      values: [JSON.stringify(items), this.#settings],
    });
    const turns = new Map(rows.map(({ no, go, due_ms: untilMs }): [number, Turn] => [no, go ? { next: "go" } : { next: "wait", untilMs }]));
    return requests.map((request, index) => {
      const turn = turns.get(counts.length + index + 1);
      if (!turn) throw new Error(`retry_budget_move did not answer ${request.holder}`);
      return turn;
    });
  }

  #count({ workspaceId, id }: BudgetOwner): Count {
    const known = this.#counts.get(id);
    if (known) return known;
    const count = { workspaceId, id, calls: 0, back: 0 };
    this.#counts.set(id, count);
    this.#timer ??= setTimeout(() => void this.flush(), flushEveryMs).unref();
    return count;
  }

  #drain(): Count[] {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    return counts;
  }
}

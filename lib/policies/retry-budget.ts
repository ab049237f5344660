import type { FailureClass } from "#lib/shared/statuses.ts";

/** What share of the traffic to a remote may be retries (engine.md 1.4). */
export interface BudgetSettings {
  /** Retries for each first attempt. */
  ratio: number;
  /** Retries that may go in any case. */
  perSecond: number;
  /** How many of those may be saved up. */
  burst: number;
  /** How long a first attempt counts. Longer than calls take, or those that fail late would find no credit. */
  windowMs: number;
}

export const budgetDefaults: BudgetSettings = { ratio: 0.2, perSecond: 1, burst: 10, windowMs: 60_000 };

/** The state of one remote's budget, plain data. Tokens below 0 are turns given out in advance. */
export interface Budget {
  tokens: number;
  calls: number;
  atMs: number;
}

export type Turn = { next: "go" } | { next: "wait"; untilMs: number };

/** Failures whose retry puts load on a remote that is in trouble. One that was throttled comes when its limit has room. */
const budgeted: ReadonlySet<FailureClass> = new Set(["unavailable", "transient", "timeout", "conflict"]);

/** Whether the attempt after such a failure needs a place in the budget. */
export function usesBudget(failure: FailureClass): boolean {
  return budgeted.has(failure);
}

/** A budget nobody has used yet. */
export function freshBudget(now: number, settings: BudgetSettings): Budget {
  return { tokens: settings.burst, calls: 0, atMs: now };
}

/** Brings a budget up to now and counts first attempts, which are counted when they are sent. What is saved up has an upper limit. */
export function credit(budget: Budget, a: { calls: number; now: number; settings: BudgetSettings }): Budget {
  const { ratio, perSecond, burst, windowMs } = a.settings;
  const passedMs = Math.max(0, a.now - budget.atMs);
  const before = budget.calls * Math.exp(-passedMs / windowMs);
  const tokens = Math.min(budget.tokens + (passedMs / 1_000) * perSecond, burst + ratio * before);
  return { tokens: tokens + ratio * a.calls, calls: before + a.calls, atMs: a.now };
}

/** Takes a retry from a budget that is up to now. An empty one postpones it to a turn of its own: nobody loses a retry. */
export function take(budget: Budget, settings: BudgetSettings): { budget: Budget; turn: Turn } {
  const left = { ...budget, tokens: budget.tokens - 1 };
  if (budget.tokens >= 1) return { budget: left, turn: { next: "go" } };
  return { budget: left, turn: { next: "wait", untilMs: budget.atMs + ((1 - budget.tokens) / settings.perSecond) * 1_000 } };
}

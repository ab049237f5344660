/** The classes of urgency, as the priority of a run: lower is sooner, as jobs are ordered. */
export const runPriorities = { high: -2, normal: 0, low: 2 } as const;

const mostUrgent = 2;

/** Urgency of a run's calls among those that wait for the same limit: higher comes first, five classes. */
export function classOf(runPriority: number, ofWorkflow: keyof typeof runPriorities = "normal"): number {
  const priority = runPriority + runPriorities[ofWorkflow];
  return Math.max(-mostUrgent, Math.min(mostUrgent, 0 - priority));
}

/** Asking a remote how far its job is comes after any work: below the least urgent class. */
export const pollClass = -mostUrgent - 1;

/** Waiting this long is worth one class of urgency. */
export const ageingMs = 300_000;

export interface Waiting {
  queuedAtMs: number;
  priority: number;
  /** Units of the windows it takes. */
  cost: number;
}

/** The place in a queue: who has waited for five minutes stands level with a newcomer one class more urgent. */
export function placeOf(a: { askedAtMs: number; priority: number }): number {
  return a.askedAtMs - a.priority * ageingMs;
}

/**
 * What those that wait and come before a call cost together: the more urgent and the older. Of the less urgent that have aged
 * past it no more than as much again does, so that a backlog of thousands does not hold up what is urgent, and is not held up by it.
 */
export function aheadOf(call: Omit<Waiting, "cost">, others: readonly Waiting[]): number {
  const before = others.filter((other) => other.queuedAtMs < call.queuedAtMs);
  const alike = costOf(before.filter((other) => other.priority >= call.priority));
  return alike + Math.min(costOf(before) - alike, alike + 1);
}

/** What calls cost together. */
export function costOf(calls: readonly Pick<Waiting, "cost">[]): number {
  return calls.reduce((sum, { cost }) => sum + cost, 0);
}

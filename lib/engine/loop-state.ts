/*
 * How a for-each goes through its items: pure, and small whatever the number of items, for what has ended is kept as
 * ranges. A unit is what one iteration works on: one item, or a batch of them.
 */

/** Items `from` to `to`, both included. */
export interface Unit {
  from: number;
  to: number;
}

/** What of the rules a person may change while the loop goes on. */
export interface LoopPace {
  /** Units under way at the same time. */
  concurrency: number;
  /** How many items may fail, as a number and as a share of all. With neither, none. */
  tolerate: { count?: number | undefined; percent?: number | undefined };
}

export interface LoopRules extends LoopPace {
  /** The item it begins at; those before are no business of the loop. Absent: the first. */
  first?: number | undefined;
  /** The items there are, those before the first included. */
  count: number;
  batchSize: number;
}

export interface LoopState {
  readonly rules: LoopRules;
  /** The first item that no unit has held yet. */
  readonly next: number;
  /** Units to run before going on from `next`, in order: what came of batches that were divided. */
  readonly queue: readonly Unit[];
  /** Units under way, by name. */
  readonly active: ReadonlyMap<string, Unit>;
  /** Items that failed, as ranges in order. All other items that are not queued or active have succeeded. */
  readonly failed: readonly Unit[];
}

export type UnitOutcome =
  | { kind: "succeeded" }
  | { kind: "failed" }
  /** Refused as a whole, and nothing of it was done: its halves are tried. */
  | { kind: "refused" }
  /** Done but for these items, each of which is tried alone. */
  | { kind: "rejected"; items: number[] };

export interface LoopDecision {
  start: Unit[];
  /** `exceeded`: more items failed than are tolerated, and none is under way any more. */
  end: "done" | "exceeded" | null;
}

/** A loop of which nothing has started. */
export function newLoop(rules: LoopRules): LoopState {
  return { rules, next: rules.first ?? 0, queue: [], active: new Map(), failed: [] };
}

/** How many items it is to go through. */
export function sizeOfLoop({ first = 0, count }: LoopRules): number {
  return count - first;
}

/** Which units to start now, in order and never more than may be under way at once; and whether the loop has ended. */
export function decideLoop(state: LoopState): LoopDecision {
  const { rules, queue } = state;
  if (isExceeded(state)) return { start: [], end: state.active.size === 0 ? "exceeded" : null };
  const start = queue.slice(0, Math.max(0, rules.concurrency - state.active.size));
  for (let from = state.next; from < rules.count && start.length + state.active.size < rules.concurrency; ) {
    const to = Math.min(from + rules.batchSize, rules.count) - 1;
    start.push({ from, to });
    from = to + 1;
  }
  return { start, end: start.length === 0 && state.active.size === 0 ? "done" : null };
}

/** The loop after the first `units` of its decision were started. */
export function started(state: LoopState, units: readonly Unit[]): LoopState {
  const active = new Map(state.active);
  for (const unit of units) active.set(unitName(unit), unit);
  const fresh = units.filter((unit) => unit.from >= state.next);
  return { ...state, queue: state.queue.slice(units.length - fresh.length), active, next: (fresh.at(-1)?.to ?? state.next - 1) + 1 };
}

/** The loop after an iteration ended. */
export function ended(state: LoopState, unit: Unit, outcome: UnitOutcome): LoopState {
  const active = new Map(state.active);
  active.delete(unitName(unit));
  const rest = { ...state, active };
  switch (outcome.kind) {
    case "succeeded":
      return rest;
    case "failed":
      return { ...rest, failed: withRange(state.failed, unit) };
    case "refused":
      return { ...rest, queue: inOrder([...halves(unit), ...state.queue]) };
    case "rejected":
      return { ...rest, queue: inOrder([...outcome.items.map((index) => ({ from: index, to: index })), ...state.queue]) };
  }
}

/** The loop with an iteration that had ended taken up again. */
export function reopened(state: LoopState, unit: Unit): LoopState {
  return { ...state, active: new Map(state.active).set(unitName(unit), unit), failed: withoutRange(state.failed, unit) };
}

/** The loop at another pace; null when it goes at that one already. */
export function repaced(state: LoopState, { concurrency, tolerate }: LoopPace): LoopState | null {
  const { rules } = state;
  const isSame =
    rules.concurrency === concurrency && rules.tolerate.count === tolerate.count && rules.tolerate.percent === tolerate.percent;
  return isSame ? null : { ...state, rules: { ...rules, concurrency, tolerate } };
}

export function isFailedUnit(state: LoopState, unit: Unit): boolean {
  return state.failed.some((range) => range.from <= unit.from && unit.to <= range.to);
}

export function failedCount(state: LoopState): number {
  return sizeOf(state.failed);
}

export function succeededCount(state: LoopState): number {
  return state.next - (state.rules.first ?? 0) - sizeOf(state.failed) - sizeOf(state.queue) - sizeOf([...state.active.values()]);
}

/** Whether more items failed than are tolerated. Without a tolerance that is the first. */
export function isExceeded(state: LoopState): boolean {
  const { tolerate } = state.rules;
  const count = sizeOfLoop(state.rules);
  const failed = failedCount(state);
  if (tolerate.count === undefined && tolerate.percent === undefined) return failed > 0;
  return failed > (tolerate.count ?? count) || failed * 100 > (tolerate.percent ?? 100) * count;
}

/** The last part of an iteration path: `17`, or `0-99` for a batch. */
export function unitName({ from, to }: Unit): string {
  return from === to ? `${from}` : `${from}-${to}`;
}

/** Null for what is no name of a unit. */
export function parseUnit(name: string): Unit | null {
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(name);
  if (!match) return null;
  const from = Number(match[1]);
  return { from, to: match[2] === undefined ? from : Number(match[2]) };
}

function halves({ from, to }: Unit): Unit[] {
  const middle = Math.floor((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle + 1, to },
  ];
}

function sizeOf(units: readonly Unit[]): number {
  return units.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function inOrder(units: Unit[]): Unit[] {
  return units.sort((a, b) => a.from - b.from);
}

function withRange(ranges: readonly Unit[], added: Unit): Unit[] {
  const merged: Unit[] = [];
  for (const range of inOrder([...ranges, added])) {
    const last = merged.at(-1);
    if (last && range.from <= last.to + 1) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}

function withoutRange(ranges: readonly Unit[], removed: Unit): Unit[] {
  return ranges.flatMap(({ from, to }) => {
    if (to < removed.from || from > removed.to) return [{ from, to }];
    return [
      { from, to: removed.from - 1 },
      { from: removed.to + 1, to },
    ].filter((range) => range.from <= range.to);
  });
}

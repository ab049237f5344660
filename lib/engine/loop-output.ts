import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { failedCount, type LoopRules, type LoopState, parseUnit, sizeOfLoop, succeededCount, type Unit, unitName } from "./loop-state.ts";
import type { Failure } from "./run-state.ts";

/** What came of one iteration that passed. */
export interface UnitResult {
  unit: Unit;
  output: JsonValue;
  /** One entry an item, when the author told how the batch's result speaks of each. */
  entries: JsonValue[] | null;
}

/**
 * How far a loop has come, as it is kept in the output of its step while it goes on and when it has failed: people see it,
 * and the next claim goes on from it. As short as can be, for it is written again and again.
 */
export function progressOf(state: LoopState): JsonObject {
  return {
    total: sizeOfLoop(state.rules),
    next: state.next,
    succeeded: succeededCount(state),
    failed: failedCount(state),
    activeItems: [...state.active.keys()],
    queuedItems: state.queue.map(unitName),
    failedItems: state.failed.map(unitName),
  };
}

/** The loop from what `progressOf` or `outputOf` made of it; null when it is neither. */
export function stateFrom(rules: LoopRules, stored: JsonValue): LoopState | null {
  if (!isJsonObject(stored)) return null;
  if (Array.isArray(stored.items)) return { rules, next: rules.count, queue: [], active: new Map(), failed: failedIn(stored.items) };
  const [active, queue, failed] = [unitsIn(stored.activeItems), unitsIn(stored.queuedItems), unitsIn(stored.failedItems)];
  if (typeof stored.next !== "number" || !active || !queue || !failed) return null;
  return { rules, next: stored.next, queue, active: new Map(active.map((unit) => [unitName(unit), unit])), failed };
}

/** What the `done` port gives: everything in the order of the items. `results` is null when there is too much of it. */
export function outputOf(state: LoopState, passed: UnitResult[] | null, errors: { unit: Unit; error: Failure }[]): JsonObject {
  const results = passed && resultsOf(state, passed);
  return {
    results,
    ...(results === null && { omitted: "the results of all items are too long to be kept together; each is with its step" }),
    items: itemsOf(state, errors),
    succeeded: succeededCount(state),
    failed: failedCount(state),
  };
}

/** One result an item; where batches are not told apart by item, one for each batch that passed. */
function resultsOf({ rules }: LoopState, passed: UnitResult[]): JsonValue[] {
  const inOrder = [...passed].sort((a, b) => a.unit.from - b.unit.from);
  const byItem = rules.batchSize === 1 || inOrder.some(({ entries }) => entries !== null);
  if (!byItem) return inOrder.map(({ output }) => output);
  const { first = 0 } = rules;
  const results: JsonValue[] = new Array<JsonValue>(sizeOfLoop(rules)).fill(null);
  for (const { unit, output, entries } of inOrder) {
    const place = unit.from - first;
    if (entries === null) results[place] = rules.batchSize === 1 ? output : null;
    for (const [offset, entry] of (entries ?? []).entries())
      if (isJsonObject(entry) && entry.ok === true) results[place + offset] = entry.value ?? null;
  }
  return results;
}

function itemsOf({ rules, failed }: LoopState, errors: { unit: Unit; error: Failure }[]): JsonObject[] {
  const { first = 0 } = rules;
  const items: JsonObject[] = Array.from({ length: sizeOfLoop(rules) }, (_, place) => ({ index: first + place, status: "succeeded" }));
  for (const { from, to } of failed) for (let index = from; index <= to; index++) items[index - first] = { index, status: "failed" };
  for (const { unit, error } of errors) {
    const told = { class: error.class, code: error.code, message: error.message };
    for (let index = unit.from; index <= unit.to; index++) {
      const item = items[index - first];
      if (item?.status === "failed") item.error ??= told;
    }
  }
  return items;
}

function failedIn(items: JsonValue[]): Unit[] {
  const failed: Unit[] = [];
  for (const item of items) {
    if (!isJsonObject(item) || item.status !== "failed" || typeof item.index !== "number") continue;
    const { index } = item;
    const last = failed.at(-1);
    if (last?.to === index - 1) last.to = index;
    else failed.push({ from: index, to: index });
  }
  return failed;
}

function unitsIn(names: JsonValue | undefined): Unit[] | null {
  if (!Array.isArray(names)) return null;
  const units = names.map((name) => (typeof name === "string" ? parseUnit(name) : null));
  return units.every((unit) => unit !== null) ? units : null;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { outputOf, progressOf, stateFrom } from "./loop-output.ts";
import {
  decideLoop,
  ended,
  failedCount,
  isExceeded,
  type LoopRules,
  type LoopState,
  newLoop,
  parseUnit,
  reopened,
  started,
  succeededCount,
  type Unit,
  type UnitOutcome,
  unitName,
} from "./loop-state.ts";

function rules(count: number, change: Partial<LoopRules> = {}): LoopRules {
  return { count, batchSize: 1, concurrency: 1, tolerate: {}, ...change };
}

const anyRules = fc.record({
  count: fc.nat(40),
  batchSize: fc.integer({ min: 1, max: 12 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  tolerate: fc.record({ count: fc.nat(10), percent: fc.double({ min: 0, max: 100, noNaN: true }) }, { requiredKeys: [] }),
});

interface Played {
  state: LoopState;
  end: "done" | "exceeded";
  /** Every unit that was started, in order. */
  units: Unit[];
  most: number;
}

/** Plays a loop to its end; `outcome` says what comes of a unit, `pick` which of those under way ends next. */
function play(
  given: LoopRules,
  outcome: (unit: Unit) => UnitOutcome,
  pick: (n: number) => number,
  between = (state: LoopState) => state,
): Played {
  let state = newLoop(given);
  const units: Unit[] = [];
  let most = 0;
  for (let round = 0; round < 20_000; round++) {
    const { start, end } = decideLoop(state);
    if (end) return { state, end, units, most };
    state = between(started(state, start));
    units.push(...start);
    most = Math.max(most, state.active.size);
    const active = [...state.active.values()];
    const unit = active[pick(active.length)];
    if (!unit) throw new Error("nothing is under way, and nothing starts");
    state = between(ended(state, unit, outcome(unit)));
  }
  throw new Error("the loop did not end");
}

const isBatch = (unit: Unit) => unit.to > unit.from;

describe("whatever becomes of the items", () => {
  const seeds = fc.record({
    rules: anyRules,
    bad: fc.uniqueArray(fc.nat(39)),
    how: fc.constantFrom("refused", "rejected"),
    order: fc.array(fc.nat(), { minLength: 1 }),
  });
  const outcomeWith =
    (bad: readonly number[], how: string) =>
    (unit: Unit): UnitOutcome => {
      const items = bad.filter((index) => unit.from <= index && index <= unit.to);
      if (items.length === 0) return { kind: "succeeded" };
      if (!isBatch(unit)) return { kind: "failed" };
      return how === "refused" ? { kind: "refused" } : { kind: "rejected", items };
    };
  const picker = (order: number[]) => {
    let turn = 0;
    return (n: number) => (n === 0 ? 0 : (order[turn++ % order.length] ?? 0) % n);
  };

  test("a loop that ends as done has brought every item to its own end, and exactly the bad ones failed", () => {
    fc.assert(
      fc.property(seeds, ({ rules: given, bad, how, order }) => {
        const { state, end, most } = play(given, outcomeWith(bad, how), picker(order));
        const present = bad.filter((index) => index < given.count);
        expect(most).toBeLessThanOrEqual(given.concurrency);
        if (end === "exceeded") return;
        expect(failedCount(state)).toBe(present.length);
        expect(succeededCount(state)).toBe(given.count - present.length);
      }),
    );
  });

  test("no unit runs twice, and fresh ones start in order", () => {
    fc.assert(
      fc.property(seeds, ({ rules: given, bad, how, order }) => {
        const { units } = play(given, outcomeWith(bad, how), picker(order));
        expect(new Set(units.map(unitName)).size).toBe(units.length);
        const fresh = units.filter(
          (unit) => unit.from % given.batchSize === 0 && (unit.to === unit.from + given.batchSize - 1 || unit.to === given.count - 1),
        );
        expect(fresh.map(({ from }) => from)).toEqual(fresh.map(({ from }) => from).sort((a, b) => a - b));
      }),
    );
  });

  test("it ends as exceeded only when more failed than is tolerated, and starts nothing from then on", () => {
    fc.assert(
      fc.property(seeds, ({ rules: given, bad, how, order }) => {
        const { state, end } = play(given, outcomeWith(bad, how), picker(order), (now) => {
          if (isExceeded(now)) expect(decideLoop(now).start).toEqual([]);
          return now;
        });
        expect(end === "exceeded").toBe(isExceeded(state));
        expect(state.active.size).toBe(0);
      }),
    );
  });

  test("what is stored of it at any moment is all it needs to go on", () => {
    fc.assert(
      fc.property(seeds, ({ rules: given, bad, how, order }) => {
        const restored = (state: LoopState): LoopState => {
          const stored = stateFrom(given, JSON.parse(JSON.stringify(progressOf(state))) as JsonValue);
          expect(stored).toEqual(state);
          return stored ?? state;
        };
        const plain = play(given, outcomeWith(bad, how), picker(order));
        const interrupted = play(given, outcomeWith(bad, how), picker(order), restored);
        expect(interrupted).toEqual(plain);
        if (plain.end === "done") expect(stateFrom(given, outputOf(plain.state, [], []))).toEqual(plain.state);
      }),
    );
  });

  test("a failed item that is taken up again and succeeds is counted as if it had never failed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.uniqueArray(fc.nat(29)), (count, bad) => {
        let { state } = play(rules(count, { tolerate: { percent: 100 } }), outcomeWith(bad, "refused"), () => 0);
        for (const index of bad.filter((one) => one < count)) {
          const unit = { from: index, to: index };
          state = ended(reopened(state, unit), unit, { kind: "succeeded" });
        }
        expect([succeededCount(state), failedCount(state), decideLoop(state).end]).toEqual([count, 0, "done"]);
      }),
    );
  });
});

describe("batches that are refused", () => {
  test("one bad item of a hundred stands alone after at most 14 further calls", () => {
    for (let bad = 0; bad < 100; bad++) {
      const { units, state, end } = play(
        rules(100, { batchSize: 100, tolerate: { count: 1 } }),
        (unit) => (unit.from <= bad && bad <= unit.to ? { kind: isBatch(unit) ? "refused" : "failed" } : { kind: "succeeded" }),
        () => 0,
      );
      expect(units.length - 1).toBeLessThanOrEqual(14);
      expect([end, failedCount(state), state.failed]).toEqual(["done", 1, [{ from: bad, to: bad }]]);
    }
  });

  test("the halves come before what has not been tried yet", () => {
    const state = ended(started(newLoop(rules(20, { batchSize: 10 })), [{ from: 0, to: 9 }]), { from: 0, to: 9 }, { kind: "refused" });
    expect(decideLoop(state).start).toEqual([{ from: 0, to: 4 }]);
  });
});

describe("tolerance", () => {
  const fail = (count: number, tolerate: LoopRules["tolerate"], failures: number) =>
    play(
      rules(count, { tolerate }),
      (unit) => ({ kind: unit.from < failures ? "failed" : "succeeded" }),
      () => 0,
    ).end;

  test("the first failure is one too many when none is tolerated", () => {
    expect([fail(10, {}, 0), fail(10, {}, 1)]).toEqual(["done", "exceeded"]);
  });

  test("by number and by share; with both, the first that is passed", () => {
    expect([fail(100, { count: 5 }, 5), fail(100, { count: 5 }, 6)]).toEqual(["done", "exceeded"]);
    expect([fail(100, { percent: 5 }, 5), fail(100, { percent: 5 }, 6)]).toEqual(["done", "exceeded"]);
    expect(fail(100, { count: 50, percent: 5 }, 6)).toBe("exceeded");
    expect(fail(100, { count: 5, percent: 50 }, 6)).toBe("exceeded");
    expect(fail(3, { percent: 100 }, 3)).toBe("done");
  });
});

test("a loop that begins at a later item has only those from it on, and counts them alone", () => {
  const given = rules(8, { first: 6, batchSize: 2, tolerate: { percent: 50 } });
  const { state, end, units } = play(
    given,
    (unit) => (isBatch(unit) ? { kind: "rejected", items: [7] } : { kind: "failed" }),
    () => 0,
  );
  expect(units[0]).toEqual({ from: 6, to: 7 });
  expect(end).toBe("done");
  expect([succeededCount(state), failedCount(state)]).toEqual([1, 1]);
  expect(outputOf(state, null, [])).toMatchObject({
    items: [
      { index: 6, status: "succeeded" },
      { index: 7, status: "failed" },
    ],
  });
  expect(stateFrom(given, outputOf(state, null, []))?.failed).toEqual([{ from: 7, to: 7 }]);
});

test("ten thousand items in small steps take a moment, not minutes", () => {
  const startedAt = performance.now();
  const { state } = play(
    rules(10_000, { concurrency: 10, tolerate: { percent: 100 } }),
    (unit) => ({ kind: unit.from % 3 === 0 ? "failed" : "succeeded" }),
    () => 0,
  );
  expect(failedCount(state)).toBe(3_334);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test("names of units are read back, and nothing else is", () => {
  expect(parseUnit(unitName({ from: 17, to: 17 }))).toEqual({ from: 17, to: 17 });
  expect(parseUnit(unitName({ from: 0, to: 99 }))).toEqual({ from: 0, to: 99 });
  expect(["", "a", "1-", "-1", "1-2-3", "1/2"].map(parseUnit)).toEqual([null, null, null, null, null, null]);
});

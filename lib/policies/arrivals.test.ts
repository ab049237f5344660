import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settingsSchema } from "#lib/graph/document.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { arrivalOf, type Gathering, type GatherRule, gather, type LimitRule, type Passed, passLimit } from "./arrivals.ts";

const arrival = (arrivals: object | undefined, trigger: JsonValue = {}, mode: "live" | "test" = "live") =>
  arrivalOf({ settings: settingsSchema.parse({ arrivals }), trigger: () => trigger, mode, now: 0 });

test("most events are under no control, and tests never are", () => {
  expect(arrival(undefined)).toBeNull();
  expect(arrival({})).toBeNull();
  expect(arrival({ limit: { limit: 1, perMs: 1_000 } }, {}, "test")).toBeNull();
});

test("each control has its own key, or one for the whole workflow", () => {
  const trigger = { body: { customer: 7 } };
  const arrivals = {
    debounce: { periodMs: 1_000, timeoutMs: 5_000, key: "{{ trigger.body.customer }}" },
    limit: { limit: 2, perMs: 1_000 },
  };
  expect(arrival(arrivals, trigger)).toEqual({
    gather: { as: "debounce", key: "7", periodMs: 1_000, timeoutMs: 5_000 },
    limit: { key: "", limit: 2, perMs: 1_000 },
    singleton: null,
  });
  expect(arrival({ singleton: { mode: "skip-new", key: "s-{{ trigger.body.customer }}" } }, trigger)?.singleton?.key).toBe("s-7");
});

test.each([{}, { id: null }, { id: " " }])("a key that cannot be worked out controls nothing: %j", (body) => {
  expect(arrival({ batch: { maxSize: 2, timeoutMs: 1_000, key: "{{ trigger.body.id }}" } }, { body })).toBeNull();
});

const debounce: GatherRule = { as: "debounce", key: "", periodMs: 10_000, timeoutMs: 60_000 };

/** When runs start that events at the given times make, each with how many events it took in. */
function play(rule: GatherRule, events: { at: number; bytes: number }[]) {
  const starts: { at: number; events: number[]; bytes: number; openedAt: number }[] = [];
  const open: { gathering: Gathering; events: number[] }[] = [];
  const start = (at: number) => {
    for (const { gathering, events: taken } of open.splice(0))
      starts.push({ at, events: taken, bytes: gathering.bytes, openedAt: gathering.openedAtMs });
  };
  for (const [index, { at, bytes }] of events.entries()) {
    const [before] = open;
    if (before && before.gathering.dueAtMs <= at) start(before.gathering.dueAtMs);
    const { does, gathering, full } = gather(rule, open[0]?.gathering ?? null, bytes, at);
    if (does === "open") start(at);
    open[0] = { gathering, events: [...(open[0]?.events ?? []), index] };
    if (full) start(at);
  }
  start(open[0]?.gathering.dueAtMs ?? 0);
  return starts;
}

test("scenario 19: with a debounce of 10 s and a cap of 60 s, an event every 5 s makes one run in 60 s, of the last event", () => {
  const events = Array.from({ length: 12 }, (_, index) => ({ at: index * 5_000, bytes: 1 }));
  expect(play(debounce, events)).toEqual([{ at: 60_000, events: events.map((_, index) => index), bytes: 12, openedAt: 0 }]);
});

test("a quiet moment ends a debounce before its cap", () => {
  expect(
    play(
      debounce,
      [0, 5_000, 9_000].map((at) => ({ at, bytes: 1 })),
    ).map(({ at }) => at),
  ).toEqual([19_000]);
});

const times = fc
  .array(fc.record({ gap: fc.nat(20_000), bytes: fc.integer({ min: 1, max: 40 }) }), { minLength: 1, maxLength: 200 })
  .map((gaps) => {
    let at = 0;
    return gaps.map(({ gap, bytes }) => {
      at += gap;
      return { at, bytes };
    });
  });

test("no event is lost or taken in twice, in order, and none waits longer than the cap", () => {
  const rules = fc.oneof(
    fc.record({
      as: fc.constant("debounce" as const),
      key: fc.constant(""),
      periodMs: fc.integer({ min: 1, max: 20_000 }),
      timeoutMs: fc.integer({ min: 1, max: 60_000 }),
    }),
    fc.record({
      as: fc.constant("batch" as const),
      key: fc.constant(""),
      maxSize: fc.integer({ min: 2, max: 9 }),
      timeoutMs: fc.integer({ min: 1, max: 60_000 }),
      maxBytes: fc.integer({ min: 40, max: 200 }),
    }),
  );
  fc.assert(
    fc.property(rules, times, (rule, events) => {
      const starts = play(rule, events);
      expect(starts.flatMap((run) => run.events)).toEqual(events.map((_, index) => index));
      for (const { at, openedAt, events: taken, bytes } of starts) {
        expect(at - openedAt).toBeLessThanOrEqual(rule.timeoutMs);
        if (rule.as === "debounce") continue;
        expect(taken.length).toBeLessThanOrEqual(rule.maxSize);
        expect(bytes).toBeLessThanOrEqual(rule.maxBytes);
      }
    }),
  );
});

test("another kind of gathering is not joined", () => {
  const batch: GatherRule = { as: "batch", key: "", maxSize: 5, timeoutMs: 60_000, maxBytes: 100 };
  const { gathering } = gather(debounce, null, 1, 0);
  expect(gather(batch, gathering, 1, 1).does).toBe("open");
});

/** The times of the events a limit lets through. */
function through(rule: LimitRule, at: number[]): number[] {
  let passed: Passed[] = [];
  return at.filter((now) => {
    const next = passLimit(rule, passed, now);
    passed = next.passed;
    expect(passed.length).toBeLessThanOrEqual(102);
    return next.passes;
  });
}

test("a limit is never passed in any stretch of its length, and never used up by what was dropped", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.array(fc.nat(60), { maxLength: 600 }), (limit, gaps) => {
      let now = 0;
      const at = gaps.map((gap) => {
        now += gap;
        return now;
      });
      const rule = { key: "", limit, perMs: 1_000 };
      const passed = through(rule, at);
      for (const from of passed)
        expect(passed.filter((time) => time >= from && time < from + rule.perMs).length).toBeLessThanOrEqual(limit);
      expect(passed.slice(0, limit)).toEqual(at.slice(0, limit));
    }),
  );
});

test("up to a hundred, a place becomes free exactly when its event is a period old", () => {
  expect(through({ key: "", limit: 2, perMs: 1_000 }, [0, 400, 999, 1_000, 1_399, 1_400])).toEqual([0, 400, 1_000, 1_400]);
});

test("a clock that goes back lets nothing more through", () => {
  expect(through({ key: "", limit: 1, perMs: 1_000 }, [5_000, 3_000, 5_500, 6_000])).toEqual([5_000, 6_000]);
});

test("a batch is told with its sizes, and one control alone is a control", () => {
  const trigger = { body: { shop: "s1" } };
  const key = "{{ trigger.body.shop }}";
  expect(arrival({ batch: { maxSize: 3, timeoutMs: 2_000, key } }, trigger)).toEqual({
    gather: { as: "batch", key: "s1", maxSize: 3, timeoutMs: 2_000, maxBytes: 10 * 1_048_576 },
    limit: null,
    singleton: null,
  });
  expect(arrival({ limit: { limit: 1, perMs: 1_000, key } }, trigger)?.limit).toEqual({ key: "s1", limit: 1, perMs: 1_000 });
});

describe("a batch of up to three events and ten bytes", () => {
  const batch: GatherRule = { as: "batch", key: "", maxSize: 3, timeoutMs: 1_000, maxBytes: 10 };
  const gathered = (change: Partial<Gathering> = {}): Gathering => ({
    as: "batch",
    openedAtMs: 0,
    dueAtMs: 1_000,
    count: 1,
    bytes: 2,
    ...change,
  });
  const does = (change: Partial<Gathering> | null, bytes = 2, at = 500) => {
    const taken = gather(batch, change && gathered(change), bytes, at);
    return [taken.does, taken.gathering.count, taken.gathering.bytes, taken.full];
  };

  test.each<[string, Partial<Gathering> | null, number, number, [string, number, number, boolean]]>([
    ["opens with the first", null, 2, 500, ["open", 1, 2, false]],
    ["takes the second", {}, 2, 500, ["join", 2, 4, false]],
    ["is full with the third", { count: 2 }, 2, 500, ["join", 3, 4, true]],
    ["has no room for a fourth", { count: 3 }, 2, 500, ["open", 1, 2, false]],
    ["takes what just fits, and is full", {}, 8, 500, ["join", 2, 10, true]],
    ["has no room for a byte more", {}, 9, 500, ["open", 1, 9, false]],
    ["is full with one event that is larger than all", null, 11, 500, ["open", 1, 11, true]],
    ["is over when its time has come", {}, 2, 1_000, ["open", 1, 2, false]],
    ["does not take what was debounced", { as: "debounce" }, 2, 500, ["open", 1, 2, false]],
  ])("%s", (_, change, bytes, at, expected) => {
    expect(does(change, bytes, at)).toEqual(expected);
  });

  test("is never full as a debounce", () => {
    expect(gather(debounce, { ...gathered({ count: 9, bytes: 99 }), as: "debounce", dueAtMs: 900 }, 99, 500)).toMatchObject({
      does: "join",
      full: false,
      gathering: { count: 10, bytes: 198 },
    });
  });
});

describe("a drop-limit", () => {
  const hundred: LimitRule = { key: "", limit: 100, perMs: 1_000 };
  const many: LimitRule = { key: "", limit: 1_000, perMs: 1_000 };
  const at = (time: number, n = 1, from = time): Passed => ({ from, at: time, n });

  test("of up to a hundred keeps each event, a larger one counts those of a slice together", () => {
    expect(passLimit(hundred, [at(0)], 5).passed).toEqual([at(0), at(5)]);
    expect(passLimit(many, [at(0), at(20, 3, 15)], 24).passed).toEqual([at(0), at(24, 4, 15)]);
    expect(passLimit(many, [at(0), at(20, 3, 15)], 25).passed).toEqual([at(0), at(20, 3, 15), at(25)]);
    expect(passLimit({ ...many, limit: 101 }, [at(0)], 5).passed).toEqual([at(5, 2, 0)]);
  });

  test("takes a clock that went back for one that stands still", () => {
    expect(passLimit(hundred, [at(0), at(50)], 10).passed).toEqual([at(0), at(50), at(50)]);
  });
});

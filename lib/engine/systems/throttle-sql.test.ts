import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { acquire, emptyLog, recordGrant, type WindowLog } from "#lib/policies/throttle.ts";
import { bucketId } from "#lib/policies/throttle-buckets.ts";
import { type LoweredLevel, levelAt, slowDown } from "#lib/policies/throttle-level.ts";
import { aheadOf, costOf, placeOf } from "#lib/policies/throttle-queue.ts";
import { type Answer, busiest, type Call, type Limit, VirtualThrottle } from "./testing-throttle.ts";

/*
 * throttle_acquire in a time of the test's own: beside the model call by call, and in whole scenarios that take minutes.
 */

let own: TestDb;
let workspaceId: string;
let clock: VirtualThrottle;
beforeAll(async () => {
  own = await createTestDb();
  ({ workspaceId } = await createTestWorkspace(own.db));
  clock = new VirtualThrottle({ pool: own.db.pool, workspaceId });
});
afterAll(() => own.drop());
beforeEach(() => clock.reset());

const ask: VirtualThrottle["ask"] = (calls, a) => clock.ask(calls, a);
const playOut: VirtualThrottle["playOut"] = (...args) => clock.playOut(...args);

/** Queue and buckets as throttle_acquire keeps them, by the pure functions. */
class Model {
  readonly logs = new Map<string, WindowLog>();
  readonly pauses = new Map<string, number>();
  readonly levels = new Map<string, LoweredLevel>();
  readonly asked = new Set<string>();
  readonly waits = new Map<string, { bucket: string; queuedAtMs: number; wakeAt: number; priority: number; cost: number }>();

  ask(call: Call, no: number, a: { now: number; graceMs: number; horizonMs: number }): Answer {
    const known = this.waits.get(call.holder);
    const priority = known?.priority ?? call.priority ?? 0;
    const cost = call.cost ?? 1;
    const queuedAtMs = known?.queuedAtMs ?? placeOf({ askedAtMs: a.now + (no + 1) / 1_000, priority });
    const ahead = (bucket: string) => {
      const others = [...this.waits].flatMap(([holder, wait]) =>
        holder !== call.holder && wait.bucket === bucket && wait.wakeAt > a.now - a.horizonMs ? [wait] : [],
      );
      // Among alike a newcomer comes last, whatever the clock's grain.
      const before =
        !known && others.every((other) => other.priority === priority) ? costOf(others) : aheadOf({ queuedAtMs, priority }, others);
      return before + cost - 1;
    };
    const windowsOf = (bucket: string) =>
      call.windows
        .filter((limit) => limit.bucket === bucket)
        .map((limit) => {
          const key = `${bucket}/${limit.perMs}`;
          const window = { limit: limit.limit, periodMs: limit.perMs + a.graceMs };
          return { key, window: { ...window, limit: levelAt(this.levels.get(key) ?? null, window, a.now) } };
        });
    for (const limit of call.windows) this.asked.add(`${limit.bucket}/${limit.perMs}`);
    const states = call.buckets.map((id) => ({
      id,
      blockedUntilMs: this.pauses.get(id) ?? Number.NEGATIVE_INFINITY,
      ahead: ahead(id),
      windows: windowsOf(id).map(({ key, window }) => ({ window, log: this.logs.get(key) ?? emptyLog })),
    }));
    const result = acquire(states, a);
    if (result.status === "park") {
      this.waits.set(call.holder, { bucket: result.boundBy, queuedAtMs, wakeAt: result.wakeAtMs, priority, cost });
      return { holder: call.holder, granted: false, atMs: result.wakeAtMs, boundBy: result.boundBy };
    }
    this.waits.delete(call.holder);
    for (const bucket of call.buckets) {
      for (const { key, window } of windowsOf(bucket)) {
        for (let unit = 0; unit < cost; unit++)
          this.logs.set(key, recordGrant(this.logs.get(key) ?? emptyLog, window, { atMs: result.atMs, now: a.now }));
      }
    }
    return { holder: call.holder, granted: true, atMs: result.atMs, boundBy: null };
  }

  /** By the rule of `slowDown` for each window that is full, else for the shortest. */
  slowDown(limits: readonly Limit[], a: { grantedAtMs: number; now: number; graceMs: number }): void {
    const windows = limits
      .map((limit) => ({ key: `${limit.bucket}/${limit.perMs}`, window: { limit: limit.limit, periodMs: limit.perMs + a.graceMs } }))
      .filter(({ key }) => this.asked.has(key))
      .sort((x, y) => x.window.periodMs - y.window.periodMs || (x.key < y.key ? -1 : 1));
    const fresh = windows.filter(({ key }) => (this.levels.get(key)?.loweredAtMs ?? Number.NEGATIVE_INFINITY) < a.grantedAtMs);
    const isFull = ({ key, window }: (typeof windows)[number]) => {
      const log = this.logs.get(key) ?? emptyLog;
      const closed = log.groups.filter((at) => at > a.now - window.periodMs).length;
      return closed * log.grain + log.openCount > slowDown(this.levels.get(key) ?? null, window, a).level;
    };
    const full = fresh.filter(isFull);
    const lowered = full.length > 0 || fresh.length < windows.length ? full : fresh.slice(0, 1);
    for (const { key, window } of lowered) this.levels.set(key, slowDown(this.levels.get(key) ?? null, window, a));
  }
}

test("the function in the database and the model decide every call alike", async () => {
  const ids = ["a", "b", "c"];
  const event = fc.record({
    gap: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(3_000)),
    holder: fc.nat(8),
    buckets: fc.subarray(ids),
    limit: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 190, max: 450 })),
    perMs: fc.constantFrom(500, 2_000),
    twoWindows: fc.boolean(),
    pauseMs: fc.option(fc.nat(5_000), { freq: 8 }),
    refusedMsAgo: fc.option(fc.nat(1_500), { freq: 6 }),
    priority: fc.constantFrom(0, 0, 2, -2),
    cost: fc.constantFrom(undefined, undefined, 1, 2, 5),
    repeat: fc.constantFrom(1, 1, 1, 250),
  });
  const settings = fc.record({ graceMs: fc.constantFrom(0, 100), horizonMs: fc.constantFrom(0, 300, 1_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), settings, async (events, options) => {
      await clock.reset();
      const model = new Model();
      let now = 0;
      for (const [index, event] of events.entries()) {
        const { gap, holder, buckets, limit, perMs, twoWindows, pauseMs, refusedMsAgo, priority, cost, repeat } = event;
        now += gap;
        const uuids = buckets.map((name) => bucketId(workspaceId, name));
        if (pauseMs !== null && uuids[0] !== undefined) {
          model.pauses.set(uuids[0], Math.max(now + pauseMs, model.pauses.get(uuids[0]) ?? 0));
          await clock.pause(uuids[0], now + pauseMs);
        }
        const windows = uuids.flatMap((bucket) => [
          { bucket, limit, perMs },
          ...(twoWindows ? [{ bucket, limit: limit * 2, perMs: 3_000 }] : []),
        ]);
        const names = Array.from({ length: repeat }, (_, no) => (repeat === 1 ? `h${holder}` : `h${index}-${no}`));
        if (refusedMsAgo !== null && windows.length > 0) {
          model.slowDown(windows, { grantedAtMs: now - refusedMsAgo, now, graceMs: options.graceMs });
          await clock.refused(windows, { grantedAtMs: now - refusedMsAgo, now, graceMs: options.graceMs });
        }
        const calls = names.map((name) => ({ holder: name, buckets: uuids, windows, priority, ...(cost !== undefined && { cost }) }));
        const expected = calls.map((call, no) => model.ask(call, no, { now, ...options }));
        expect(await ask(calls, { now, ...options })).toEqual(expected);
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("what calls cost is never more than the limit in any window, and a costly call is not overtaken for ever by cheap ones", async () => {
  const windows = [{ bucket: bucketOf("paid"), limit: 10, perMs: 1_000 }];
  const calls = Array.from({ length: 40 }, (_, no) => {
    const cost = no % 4 === 0 ? 7 : 1;
    return { holder: `paid ${no}`, buckets: [bucketOf("paid")], windows, arriveAt: 0, cost };
  });
  const { granted } = await playOut(calls, { graceMs: 0, horizonMs: 0 });
  const units = calls.flatMap(({ holder, cost }) => Array.from({ length: cost }, () => granted.get(holder) ?? 0));
  expect(units).toHaveLength(100);
  expect(busiest(units, 1_000)).toBeLessThanOrEqual(10);
  const costly = calls.filter(({ cost }) => cost === 7).map(({ holder }) => granted.get(holder) ?? 0);
  const cheap = calls.filter(({ cost }) => cost === 1).map(({ holder }) => granted.get(holder) ?? 0);
  // In the order of the queue: the last cheap call, which came last of all, does not go before the last costly one by seconds.
  expect(Math.max(...costly) - Math.max(...cheap)).toBeLessThanOrEqual(1_000);
});

const options = { graceMs: 0, horizonMs: 1_000 };
const bucketOf = (name: string) => bucketId(workspaceId, name);

test("scenario 56: 20/s, 600/min and 1/s per channel, 50 channels × 20 calls: no window is exceeded, within 5 % of the ideal span", async () => {
  const shared = bucketOf("connection");
  const calls = Array.from({ length: 1_000 }, (_, no) => {
    const channel = bucketOf(`channel-${no % 50}`);
    const windows = [
      { bucket: shared, limit: 20, perMs: 1_000 },
      { bucket: shared, limit: 600, perMs: 60_000 },
      { bucket: channel, limit: 1, perMs: 1_000 },
    ];
    return { holder: `h${no}`, arriveAt: 0, buckets: [shared, channel], windows };
  });
  const { granted, perCall } = await playOut(calls, options);
  const times = [...granted.values()];
  expect(times).toHaveLength(1_000);
  expect(busiest(times, 1_000)).toBe(20);
  expect(busiest(times, 60_000)).toBe(600);
  for (let channel = 0; channel < 50; channel++) {
    expect(
      busiest(
        times.filter((_, index) => Number([...granted.keys()][index]?.slice(1)) % 50 === channel),
        1_000,
      ),
    ).toBe(1);
  }
  const idealMs = 79_000; // 600 in the first minute, the other 400 at 20/s from its end on
  expect(Math.max(...times)).toBeLessThanOrEqual(idealMs * 1.05);
  expect(perCall).toBeLessThan(2.5);
}, 60_000);

test("scenario 56: with channels that hold a call back longer than the connection does, still no window is exceeded", async () => {
  const shared = bucketOf("connection");
  const calls = Array.from({ length: 200 }, (_, no) => {
    const channel = bucketOf(`channel-${no % 4}`);
    const windows = [
      { bucket: shared, limit: 3, perMs: 1_000 },
      { bucket: channel, limit: 1, perMs: 1_000 },
    ];
    return { holder: `h${no}`, arriveAt: 0, buckets: [shared, channel], windows };
  });
  const { granted } = await playOut(calls, options);
  expect(granted.size).toBe(200);
  expect(busiest([...granted.values()], 1_000)).toBe(3);
  for (let channel = 0; channel < 4; channel++) {
    expect(
      busiest(
        [...granted].filter(([holder]) => Number(holder.slice(1)) % 4 === channel).map(([, at]) => at),
        1_000,
      ),
    ).toBe(1);
  }
  // 200 calls at 3/s take 67 s; that each channel has its own pace may cost a little.
  expect(Math.max(...granted.values())).toBeLessThanOrEqual(75_000);
});

test("scenario 57: a hundred calls that wait for channel A do not delay the first one for channel B", async () => {
  const shared = bucketOf("connection");
  const call = (holder: string, channel: string): Call => ({
    holder,
    buckets: [shared, bucketOf(channel)],
    windows: [
      { bucket: shared, limit: 20, perMs: 1_000 },
      { bucket: bucketOf(channel), limit: 1, perMs: 1_000 },
    ],
  });
  const queue = await ask(
    Array.from({ length: 100 }, (_, no) => call(`a${no}`, "A")),
    { now: 0, ...options },
  );
  expect(queue.filter((answer) => answer.granted)).toHaveLength(2);
  expect(queue[99]).toMatchObject({ granted: false, atMs: 98_000, boundBy: bucketOf("A") });
  expect(await ask([call("b", "B")], { now: 10, ...options })).toMatchObject([{ granted: true, atMs: 10 }]);
});

test("scenario 59: five a day (exact) means five at once, and the sixth a day after the first", async () => {
  const day = 86_400_000;
  const bucket = bucketOf("daily");
  const calls = Array.from({ length: 7 }, (_, no) => ({
    holder: `h${no}`,
    arriveAt: no * 60_000,
    buckets: [bucket],
    windows: [{ bucket, limit: 5, perMs: day }],
  }));
  const { granted, asked } = await playOut(calls, options);
  expect([...granted.values()]).toEqual([0, 60_000, 120_000, 180_000, 240_000, day, day + 60_000]);
  expect(asked).toBe(9);
});

test("scenario 70: when a limit is lowered while 5,000 calls wait, the new due times respect it at once", async () => {
  const bucket = bucketOf("lowered");
  const before = [{ bucket, limit: 100, perMs: 1_000 }];
  const after = [{ bucket, limit: 5, perMs: 1_000 }];
  const buckets = [bucket];
  const calls = Array.from({ length: 5_000 }, (_, no) => ({ holder: `h${no}`, arriveAt: 0, buckets, windows: before }));
  const { granted, due } = await playOut(calls, options, { untilMs: 10_000, windows: (now) => (now < 1_000 ? before : after) });
  const since = [...granted.values()].filter((at) => at > 1_000);
  expect(busiest(since, 1_000)).toBe(5);
  expect(since).toHaveLength(5 * 10);
  // Each second a hundred came back to be told their new time, one after the other at the new pace.
  const reseated = [...due].filter(([holder]) => Number(holder.slice(1)) < 1_200).map(([, at]) => at);
  expect(reseated).toHaveLength(950);
  expect(busiest(reseated, 1_000)).toBe(5);
}, 60_000);

describe("queue", () => {
  const bucket = () => bucketOf("queue");
  const call = (holder: string): Call => ({ holder, buckets: [bucket()], windows: [{ bucket: bucket(), limit: 1, perMs: 10_000 }] });

  test("a newcomer does not overtake those who wait, not even when it asks in the moment of their turn", async () => {
    const before = await ask(["first", "second", "third"].map(call), { now: 0, ...options });
    expect(before.map((answer) => answer.atMs)).toEqual([0, 9_000, 19_000]);
    expect(await ask([call("newcomer"), call("second"), call("third")], { now: 9_500, ...options })).toMatchObject([
      { holder: "newcomer", granted: false, atMs: 29_000 },
      { holder: "second", granted: true, atMs: 10_000 },
      { holder: "third", granted: false, atMs: 19_000 },
    ]);
  });

  test("asking again too early keeps the place and the time", async () => {
    await ask(["first", "second", "third"].map(call), { now: 0, ...options });
    expect(await ask([call("third"), call("second"), call("second")], { now: 500, ...options })).toMatchObject([
      { granted: false, atMs: 19_000 },
      { granted: false, atMs: 9_000 },
      { granted: false, atMs: 9_000 },
    ]);
  });

  test("one who never comes back holds nobody up once its time is over", async () => {
    await ask(["first", "gone", "third"].map(call), { now: 0, ...options });
    expect(await ask([call("third")], { now: 19_000, ...options })).toMatchObject([{ granted: true, atMs: 19_000 }]);
  });
});

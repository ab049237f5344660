import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { bucketId } from "#lib/policies/throttle-buckets.ts";
import { busiest, type Call, VirtualThrottle } from "./testing-throttle.ts";

/* Whole stories of limits, with the real SQL in a time of the test's own. */

let own: TestDb;
let clock: VirtualThrottle;
let bucket: string;
beforeAll(async () => {
  own = await createTestDb();
  const { workspaceId } = await createTestWorkspace(own.db);
  clock = new VirtualThrottle({ pool: own.db.pool, workspaceId });
  bucket = bucketId(workspaceId, "connection");
});
afterAll(() => own.drop());
beforeEach(async () => {
  await clock.reset();
  await own.db.pool.query("DELETE FROM graphile_worker._private_jobs");
});

const options = { graceMs: 0, horizonMs: 1_000 };

test("scenario 65: when a pause ends for 10,000 parked calls they come back smoothly, at less than two queries a call, and nobody polls", async () => {
  const perSecond = 1_000;
  const pausedUntil = 60_000;
  const windows = [{ bucket, limit: perSecond, perMs: 1_000 }];
  const buckets = [bucket];
  await clock.pause(bucket, pausedUntil);
  const parked = new Map<string, number>();
  for (let batch = 0; batch < 50; batch++) {
    const calls = Array.from({ length: 200 }, (_, no) => ({ holder: `h${batch * 200 + no}`, buckets, windows }));
    for (const answer of await clock.ask(calls, { now: batch, ...options })) {
      expect(answer.granted).toBe(false);
      parked.set(answer.holder, answer.atMs);
    }
  }
  // Nobody is told to look before it can go.
  expect(Math.min(...parked.values())).toBeGreaterThanOrEqual(pausedUntil - options.horizonMs);
  clock.statements = 0;
  const granted = new Map<string, number>();
  let asked = 0;
  while (parked.size > 0) {
    // A worker gathers what becomes due within a few milliseconds.
    const now = Math.ceil(Math.min(...parked.values()) / 20) * 20;
    const batch = [...parked].filter(([, at]) => at <= now).map(([holder]) => ({ holder, buckets, windows }));
    asked += batch.length;
    for (const answer of await clock.ask(batch, { now, ...options })) {
      if (answer.granted) granted.set(answer.holder, answer.atMs);
      if (answer.granted) parked.delete(answer.holder);
      else parked.set(answer.holder, answer.atMs);
    }
  }
  const times = [...granted.values()];
  expect(times).toHaveLength(10_000);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(pausedUntil);
  // Without the smooth start the first thousand would go out in the first moment.
  for (const at of [0, 100, 500, 900]) {
    expect(times.filter((time) => time >= pausedUntil + at && time < pausedUntil + at + 100).length).toBeLessThanOrEqual(
      perSecond / 10 + 1,
    );
  }
  expect(busiest(times, 1_000)).toBeLessThanOrEqual(perSecond);
  expect(Math.max(...times) - pausedUntil).toBeLessThanOrEqual(10_500);
  // Besides the once that parked it.
  expect(asked / 10_000).toBeLessThanOrEqual(1.5);
  expect(clock.statements / 10_000).toBeLessThanOrEqual(0.2);
}, 120_000);

/** A provider with a limit of its own that nobody told us, and work that never ends. */
async function againstProvider(a: { limit: number; trueLimit: (at: number) => number; seconds: number }) {
  const windows = [{ bucket, limit: a.limit, perMs: 1_000 }];
  const buckets = [bucket];
  const due = new Map(Array.from({ length: a.limit * 2 }, (_, no) => [`h${no}`, 0]));
  const taken: number[] = [];
  const bySecond = Array.from({ length: a.seconds }, () => ({ sent: 0, refused: 0 }));
  let made = due.size;
  const send = async (atMs: number, now: number) => {
    const second = bySecond[Math.floor(atMs / 1_000)];
    while ((taken[0] ?? atMs) <= atMs - 1_000) taken.shift();
    const ok = taken.length < a.trueLimit(atMs);
    if (ok) taken.push(atMs);
    else await clock.refused(windows, { grantedAtMs: atMs, now, graceMs: 0 });
    if (second) second.sent++;
    if (second && !ok) second.refused++;
    return ok;
  };
  for (let now = 0; now < a.seconds * 1_000; now = Math.max(now + 1, Math.min(...due.values()))) {
    const batch = [...due].filter(([, at]) => at <= now).map(([holder]): Call => ({ holder, buckets, windows }));
    for (const answer of await clock.ask(batch, { now, graceMs: 0, horizonMs: 0, runs: true })) {
      if (!answer.granted) {
        due.set(answer.holder, answer.atMs);
        continue;
      }
      due.delete(answer.holder);
      // Whoever was refused comes back within a second; whoever was not is followed by other work.
      if (await send(answer.atMs, now)) due.set(`h${made++}`, now + 1);
      else due.set(answer.holder, now + 1 + ((made * 7_919) % 1_000));
    }
    for (const holder of await clock.calledUp(now)) if ((due.get(holder) ?? 0) > now) due.set(holder, now + 5);
  }
  return bySecond;
}

const total = (seconds: { sent: number; refused: number }[]) =>
  seconds.reduce((sum, each) => ({ sent: sum.sent + each.sent, refused: sum.refused + each.refused }), { sent: 0, refused: 0 });

test("scenario 66: a true limit 30 % lower than configured is met, with less than 1 % refused from the fifth period on, and left when it is raised", async () => {
  const seconds = await againstProvider({ limit: 20, trueLimit: (at) => (at < 30_000 ? 14 : 100), seconds: 65 });
  const lowered = total(seconds.slice(5, 30));
  expect(lowered.refused / lowered.sent).toBeLessThan(0.01);
  expect(lowered.sent).toBeGreaterThan(25 * 14 * 0.8);
  const raised = total(seconds.slice(60));
  expect(raised.refused).toBe(0);
  expect(raised.sent).toBeGreaterThanOrEqual(5 * 20 * 0.9);
}, 120_000);

test("scenario 67: grants of workers that are killed before they send are lost: the window is used less by them, and never more", async () => {
  const windows = [{ bucket, limit: 10, perMs: 1_000 }];
  const calls = Array.from({ length: 200 }, (_, no) => ({ holder: `h${no}`, arriveAt: 0, buckets: [bucket], windows }));
  const { granted } = await clock.playOut(calls, options);
  // The recovered step asks anew, as a call of its own, while the lost grant still counts.
  const lost = [...granted].filter(([holder]) => Number(holder.slice(1)) % 17 === 0);
  const sent = [...granted].filter(([holder]) => Number(holder.slice(1)) % 17 !== 0).map(([, at]) => at);
  const again = await clock.playOut(
    lost.map(([holder, at]) => ({ holder: `${holder} again`, arriveAt: Math.max(...granted.values(), at), buckets: [bucket], windows })),
    options,
  );
  const receipts = [...sent, ...again.granted.values()];
  expect(receipts).toHaveLength(200);
  expect(busiest(receipts, 1_000)).toBeLessThanOrEqual(10);
  for (const [, at] of lost) expect(sent.filter((time) => time >= at && time < at + 1_000).length).toBeLessThanOrEqual(10 - 1);
});

test("calls that wait are called up when there is room earlier than they were told, and not otherwise", async () => {
  const buckets = [bucket];
  const slow = [{ bucket, limit: 1, perMs: 60_000 }];
  const fast = [{ bucket, limit: 5, perMs: 60_000 }];
  const call = (holder: string, windows: typeof slow): Call => ({ holder, buckets, windows });
  const first = ["a", "b", "c", "d", "e", "f", "g"].map((holder) => call(holder, slow));
  await clock.ask(first, { now: 0, ...options, runs: true });
  expect(await clock.calledUp(0)).toEqual([]);
  await clock.ask([call("h", slow)], { now: 10, ...options, runs: true });
  expect(await clock.calledUp(10)).toEqual([]);
  await clock.ask([call("i", fast)], { now: 20, ...options, runs: true });
  expect((await clock.calledUp(20)).sort()).toEqual(["b", "c", "d", "e"]);
  const { rows } = await own.db.pool.query("SELECT FROM graphile_worker._private_jobs WHERE key LIKE 'run:%' AND run_at <= now()");
  expect(rows).toHaveLength(4);
  // And not a second time while they are on their way.
  await clock.ask([call("j", fast)], { now: 30, ...options, runs: true });
  expect(await clock.calledUp(30)).toHaveLength(4);
});

test("scenario 68: an urgent call comes before a backlog of thousands, also an old one, and the backlog goes on beside many urgent", async () => {
  const buckets = [bucket];
  const windows = [{ bucket, limit: 10, perMs: 1_000 }];
  const bulk = Array.from({ length: 2_000 }, (_, no) => ({ holder: `bulk${no}`, buckets, windows, priority: -2 }));
  await clock.ask(bulk, { now: 0, ...options });
  const hourMs = 3_600_000;
  // As if nobody had asked for an hour: all of the backlog has aged past the urgent.
  await own.db.pool.query("UPDATE throttle_wait SET wake_at = wake_at + interval '1 hour'");
  const [urgent] = await clock.ask([{ holder: "urgent", buckets, windows, priority: 2 }], { now: hourMs, ...options });
  expect(urgent).toMatchObject({ granted: true, atMs: hourMs });
  const many = Array.from({ length: 40 }, (_, no) => ({ holder: `urgent${no}`, buckets, windows, priority: 2 }));
  const answers = await clock.ask(many, { now: hourMs + 1, ...options });
  const last = Math.max(...answers.map((answer) => answer.atMs));
  expect(last - hourMs).toBeLessThanOrEqual(((40 * 2) / 10) * 1_000 + 1_000);
  const oldestBulk = bulk[20] ?? { holder: "none", buckets, windows }; // those before it went out at once
  const [oldest] = await clock.ask([oldestBulk], { now: hourMs + 2, ...options });
  expect((oldest?.atMs ?? 0) - hourMs).toBeLessThanOrEqual(2_000);
});

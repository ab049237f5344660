import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { bucketId, pollShares, type StepLimits } from "#lib/policies/throttle-buckets.ts";
import { pollClass } from "#lib/policies/throttle-queue.ts";
import { newId } from "#lib/shared/ids.ts";
import { acquirePoll } from "./poll-turn.ts";
import { busiest, VirtualThrottle } from "./systems/testing-throttle.ts";
import { type AcquireRequest, type Grant, ThrottleSystem } from "./systems/throttle.ts";

let database: TestDb;
let workspaceId: string;
let throttle: VirtualThrottle;
let limits: StepLimits;

const limit = 10;
const perMs = 1_000;
const moment = { graceMs: 0, horizonMs: 0 };

beforeAll(async () => {
  database = await createTestDb();
  ({ workspaceId } = await createTestWorkspace(database.db));
  throttle = new VirtualThrottle({ pool: database.db.pool, workspaceId });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await throttle.reset();
  const id = bucketId(workspaceId, "connection", newId());
  limits = { buckets: [{ id, windows: [{ limit, perMs }], scope: "connection" }], pools: [] };
});

/** The same system in a time of the test's own. */
function at(now: number) {
  const acquire = async ({ holder, buckets, priority = 0 }: AcquireRequest): Promise<Grant> => {
    const windows = buckets.flatMap(({ id, windows: own }) => own.map((window) => ({ bucket: id, ...window })));
    const [answer] = await throttle.ask([{ holder, buckets: buckets.map(({ id }) => id), windows, priority }], { now, ...moment });
    if (!answer) throw new Error("no answer");
    if (!answer.granted) return { status: "park", untilMs: answer.atMs, inMs: 0, boundBy: answer.boundBy ?? "" };
    return { status: "granted", atMs: answer.atMs, inMs: 0, graceMs: 0, leaseMs: 0, queuedAtMs: 0 };
  };
  const isAwaited = async (bucket: string, above: number) =>
    (await database.db.pool.query("SELECT FROM throttle_wait WHERE bucket_id = $1 AND priority > $2", [bucket, above])).rows.length > 0;
  return { acquire, isAwaited };
}

interface Asking {
  holder: string;
  isPoll: boolean;
  dueAt: number;
}

function ask({ holder, isPoll }: Asking, now: number): Promise<Grant> {
  const request: AcquireRequest = { workspaceId, holder, buckets: limits.buckets, pools: [], leaseMs: 0 };
  return isPoll ? acquirePoll(at(now), limits, request) : at(now).acquire(request);
}

/** Everybody comes back when told; whoever had a turn asks for the next one at once. Gives the times of the turns. */
async function play(calls: Asking[], untilMs: number, begun: (now: number) => Promise<unknown> = async () => {}) {
  const turns: { isPoll: boolean; atMs: number }[] = [];
  let now = 0;
  let first = true;
  for (;;) {
    now = Math.min(...calls.map(({ dueAt }) => dueAt));
    if (now > untilMs) return turns;
    for (const call of calls.filter(({ dueAt }) => dueAt <= now)) {
      const grant = await ask(call, now);
      if (grant.status === "granted") turns.push({ isPoll: call.isPoll, atMs: grant.atMs });
      call.dueAt = grant.status === "granted" ? Math.max(grant.atMs, now + 1) : grant.untilMs;
      if (grant.status === "granted") call.holder = newId();
    }
    if (first) await begun(now);
    first = false;
  }
}

const some = (count: number, isPoll: boolean): Asking[] => Array.from({ length: count }, () => ({ holder: newId(), isPoll, dueAt: 0 }));
const timesOf = (turns: { isPoll: boolean; atMs: number }[], isPoll: boolean) =>
  turns.filter((turn) => turn.isPoll === isPoll).map(({ atMs }) => atMs);

test("polls have all of a connection's window while nobody else waits for it", async () => {
  const turns = await play(some(15, true), 2_500);
  expect(busiest(timesOf(turns, true), perMs)).toBe(limit);
});

test("while other calls wait, polls have at most 30 % of the window, however long they have waited", async () => {
  // Aged, so that every second turn would be theirs by the order of the queue alone.
  const age = () =>
    database.db.pool.query("UPDATE throttle_wait SET queued_at = queued_at - interval '1 hour' WHERE priority = $1", [pollClass]);
  const turns = await play([...some(15, false), ...some(15, true)], 6_000, age);
  const polls = timesOf(turns, true);
  expect(polls.length).toBeGreaterThan(2);
  expect(busiest(polls, perMs)).toBeLessThanOrEqual(3);
  expect(busiest([...polls, ...timesOf(turns, false)], perMs)).toBe(limit);
});

test("a poll comes after the work that waits, and a bucket knows who waits for it", async () => {
  const system = new ThrottleSystem({ pool: database.db.pool });
  const [connection] = limits.buckets;
  const id = connection?.id ?? "";
  limits = { buckets: [{ id, windows: [{ limit: 1, perMs: 3_600_000 }], scope: "connection" }], pools: [] };
  const request = (holder: string): AcquireRequest => ({ workspaceId, holder, buckets: limits.buckets, pools: [], leaseMs: 0 });
  expect(await system.acquire(request(newId()))).toMatchObject({ status: "granted" });
  expect(await acquirePoll(system, limits, request(newId()))).toMatchObject({ status: "park" });
  expect(await system.isAwaited(id, pollClass)).toBe(false);
  const work = await system.acquire(request(newId()));
  expect(await system.isAwaited(id, pollClass)).toBe(true);
  const late = await acquirePoll(system, limits, request(newId()));
  expect(work.status === "park" && late.status === "park" && late.untilMs - work.untilMs).toBeGreaterThan(3_000_000);
});

test("a share is of each window of the connection, never of the node's own, and at least one call", () => {
  const node = { id: newId(), windows: [{ limit: 100, perMs: 1_000 }], scope: "node" as const };
  const bare = { id: newId(), windows: [], scope: "connection" as const };
  const policy = { id: newId(), windows: [{ limit: 2, perMs: 1_000 }], scope: "policy" as const };
  const shares = pollShares({ buckets: [bare, policy, node], pools: [] }, 1);
  expect(shares).toEqual([{ id: expect.any(String), of: policy.id, windows: [{ limit: 1, perMs: 1_000 }] }]);
});

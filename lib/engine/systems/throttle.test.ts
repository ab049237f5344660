import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Db, openDb } from "#lib/db/db.ts";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { type AcquireRequest, type Grant, ThrottleSystem } from "./throttle.ts";

/* The throttle as workers use it: several of them, each with connections of its own, in real time. */

let own: TestDb;
let workspaceId: string;
const opened: Db[] = [];
beforeAll(async () => {
  own = await createTestDb();
  ({ workspaceId } = await createTestWorkspace(own.db));
});
afterEach(() => own.db.pool.query("TRUNCATE throttle_bucket, throttle_wait, concurrency_lease"));
afterAll(async () => {
  await Promise.all(opened.map((db) => db.close()));
  await own.drop();
});

function worker(options: { graceMs?: number; horizonMs?: number } = {}): ThrottleSystem {
  const db = openDb({ url: own.url, maxConnections: 2, applicationName: "throttle test" });
  opened.push(db);
  return new ThrottleSystem({ pool: db.pool, ...options });
}

function request(over: Partial<AcquireRequest>): AcquireRequest {
  return { workspaceId, holder: newId(), buckets: [], pools: [], leaseMs: 60_000, ...over };
}

function busiest(times: readonly number[], periodMs: number): number {
  return times.reduce((most, at) => Math.max(most, times.filter((other) => other >= at && other < at + periodMs).length), 0);
}

/** Asks until the call may be made, waiting as told, and returns when it was made. Grants that came too late are void. */
async function makeCall(throttle: ThrottleSystem, ask: AcquireRequest, dispatchMs: () => number): Promise<number> {
  for (;;) {
    const grant = await throttle.acquire(ask);
    await sleep(grant.inMs);
    if (grant.status === "park") continue;
    await sleep(dispatchMs());
    const now = Date.now(); // The database runs on this machine, so its clock is this one.
    if (now <= grant.atMs + grant.graceMs) return now;
  }
}

test("scenario 58: three workers and two workflows on one connection share its windows; scenario 60: also with late sends", async () => {
  const graceMs = 100;
  const workers = [worker({ graceMs, horizonMs: 300 }), worker({ graceMs, horizonMs: 300 }), worker({ graceMs, horizonMs: 300 })];
  const connection = {
    id: newId(),
    windows: [
      { limit: 8, perMs: 300 },
      { limit: 14, perMs: 800 },
    ],
  };
  const workflows = [1, 2].map(() => ({ id: newId(), windows: [{ limit: 5, perMs: 300 }] }));
  const calls = Array.from({ length: 60 }, (_, no) => {
    const leaf = workflows[no % 2];
    const ask = request({ buckets: leaf ? [connection, leaf] : [connection] });
    // Every tenth stalls for longer than the grace and has to ask again.
    let stalled = no % 10 !== 0;
    const dispatchMs = () => {
      const late = stalled ? Math.random() * graceMs * 0.7 : graceMs * 3;
      stalled = true;
      return late;
    };
    return makeCall(workers[no % 3] ?? worker(), ask, dispatchMs).then((at) => ({ at, leaf: no % 2 }));
  });
  const made = await Promise.all(calls);
  const times = made.map((call) => call.at);
  expect(times).toHaveLength(60);
  expect(busiest(times, 300)).toBeLessThanOrEqual(8);
  expect(busiest(times, 800)).toBeLessThanOrEqual(14);
  for (const leaf of [0, 1])
    expect(
      busiest(
        made.filter((call) => call.leaf === leaf).map((call) => call.at),
        300,
      ),
    ).toBeLessThanOrEqual(5);
});

test("calls that ask in the same moment over the same and over other buckets are all answered, and never block each other", async () => {
  const ids = Array.from({ length: 6 }, () => newId());
  const workers = [worker(), worker(), worker()];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.subarray(ids, { minLength: 1 }), fc.nat(2)), { minLength: 1, maxLength: 40 }), async (asks) => {
      const grants = asks.map(([buckets, no]) =>
        workers[no]?.acquire(
          request({
            buckets: buckets.map((id) => ({ id, windows: [{ limit: 10, perMs: 60_000 }] })).reverse(),
            pools: buckets.slice(0, 1).map((id) => ({ id: id.replace(/^.{8}/, "00000000"), limit: 3 })),
          }),
        ),
      );
      const statuses = (await Promise.all(grants)).map((grant) => grant?.status);
      expect(statuses.every((status) => status === "granted" || status === "park")).toBe(true);
    }),
    { numRuns: 15 },
  );
});

test("a step without limits is granted at once", async () => {
  expect(await worker().acquire(request({}))).toMatchObject({ status: "granted", inMs: 0 });
});

test("a holder in the answer is the one that asked, also when others ask for the same in that moment", async () => {
  const throttle = worker();
  const bucket = { id: newId(), windows: [{ limit: 3, perMs: 60_000 }] };
  const grants = await Promise.all(Array.from({ length: 10 }, () => throttle.acquire(request({ buckets: [bucket] }))));
  expect(grants.map((grant) => grant.status)).toEqual([...Array(3).fill("granted"), ...Array(7).fill("park")]);
  const waits = grants.flatMap((grant) => (grant.status === "park" ? [grant.untilMs] : []));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(new Set(waits).size).toBe(3);
});

test("of two windows of one period the lower limit holds", async () => {
  const throttle = worker();
  const bucket = {
    id: newId(),
    windows: [
      { limit: 5, perMs: 60_000 },
      { limit: 1, perMs: 60_000 },
    ],
  };
  const grants = await Promise.all([1, 2].map(() => throttle.acquire(request({ buckets: [bucket] }))));
  expect(grants.map((grant) => grant.status)).toEqual(["granted", "park"]);
});

test("a grant that was not used in time keeps its place in the queue when it asks again", async () => {
  const throttle = worker();
  const bucket = { id: newId(), windows: [{ limit: 1, perMs: 60_000 }] };
  const late = request({ buckets: [bucket] });
  const grant = await throttle.acquire(late);
  await Promise.all([1, 2, 3].map(() => throttle.acquire(request({ buckets: [bucket] }))));
  if (grant.status !== "granted") throw new Error("not granted");
  const again = await throttle.acquire({ ...late, queuedAtMs: grant.queuedAtMs });
  const asNewcomer = await throttle.acquire(request({ buckets: [bucket] }));
  expect(again).toMatchObject({ status: "park" });
  expect(again.inMs).toBeLessThan(60_100);
  expect(asNewcomer.inMs).toBeGreaterThan(4 * 60_000);
});

describe("pause", () => {
  const windows = [{ limit: 100, perMs: 1_000 }];

  test("scenario 61: Retry-After on one channel pauses that channel, on the connection all of them", async () => {
    const throttle = worker();
    const connection = { id: newId(), windows };
    const [a, b] = [1, 2].map(() => ({ id: newId(), windows }));
    const through = (...channels: (typeof a)[]) =>
      throttle.acquire(request({ buckets: [connection, ...channels.filter((channel) => channel !== undefined)] }));
    await throttle.block(workspaceId, [a?.id ?? ""], 30_000);
    const paused = await through(a);
    expect(paused).toMatchObject({ status: "park", boundBy: a?.id });
    expect(paused.inMs).toBeGreaterThan(28_000);
    expect(paused.inMs).toBeLessThanOrEqual(29_000); // woken a horizon before the end of the pause
    expect(await through(b)).toMatchObject({ status: "granted" });
    await throttle.block(workspaceId, [connection.id], 30_000);
    expect(await through(b)).toMatchObject({ status: "park", boundBy: connection.id });
  });

  test("holds for a bucket without limits, and for one that nobody has used yet", async () => {
    const throttle = worker();
    const bucket = { id: newId(), windows: [] };
    expect(await throttle.acquire(request({ buckets: [bucket] }))).toMatchObject({ status: "granted" });
    await throttle.block(workspaceId, [bucket.id], 5_000);
    const waits = await Promise.all([1, 2, 3].map(() => throttle.acquire(request({ buckets: [bucket] }))));
    expect(waits.map((wait) => wait.status)).toEqual(["park", "park", "park"]);
    expect(new Set(waits.map((wait) => wait.inMs)).size).toBe(3);
  });

  test("is never shortened by a later one, and lasts a day at most", async () => {
    const throttle = worker();
    const bucket = { id: newId(), windows };
    await throttle.block(workspaceId, [bucket.id], 60_000);
    await throttle.block(workspaceId, [bucket.id], 1_000);
    await throttle.block(workspaceId, [bucket.id], -5);
    expect((await throttle.acquire(request({ buckets: [bucket] }))).inMs).toBeGreaterThan(50_000);
    await throttle.block(workspaceId, [bucket.id], Number.MAX_SAFE_INTEGER);
    expect((await throttle.acquire(request({ buckets: [bucket] }))).inMs).toBeLessThanOrEqual(86_400_000);
  });

  test("of several buckets at once from several workers blocks nobody for good", async () => {
    const ids = [newId(), newId(), newId()];
    const workers = [worker(), worker()];
    await Promise.all(Array.from({ length: 20 }, (_, no) => workers[no % 2]?.block(workspaceId, no % 3 ? ids : [...ids].reverse(), no)));
  });
});

describe("pool", () => {
  const full = async (throttle: ThrottleSystem, limit: number, leaseMs = 60_000) => {
    const pool = { id: newId(), limit };
    const holders = Array.from({ length: limit }, () => newId());
    await Promise.all(holders.map((holder) => throttle.acquire(request({ pools: [pool], holder, leaseMs }))));
    return { pool, holders };
  };

  test("never more calls are in flight than it has places, over several workers", async () => {
    const workers = [worker(), worker(), worker()];
    const pool = { id: newId(), limit: 4 };
    let inFlight = 0;
    let most = 0;
    const run = async (no: number) => {
      const throttle = workers[no % 3] ?? worker();
      const ask = request({ pools: [pool] });
      for (let grant: Grant | null = null; grant?.status !== "granted"; ) {
        grant = await throttle.acquire(ask);
        if (grant.status === "park") await sleep(Math.min(grant.inMs, 20));
      }
      most = Math.max(most, ++inFlight);
      await sleep(5);
      inFlight--;
      await throttle.release(ask.holder);
    };
    await Promise.all(Array.from({ length: 30 }, (_, no) => run(no)));
    expect(most).toBe(4);
    const { rows } = await own.db.pool.query(
      "SELECT (SELECT count(*)::int FROM concurrency_lease) AS leases, (SELECT count(*)::int FROM throttle_wait) AS waits",
    );
    expect(rows).toEqual([{ leases: 0, waits: 0 }]);
  });

  test("release names who may come next, the longest waiting first, and each of them once", async () => {
    const throttle = worker();
    const { pool, holders } = await full(throttle, 2);
    const waiting = [newId(), newId(), newId()];
    for (const holder of waiting)
      expect(await throttle.acquire(request({ pools: [pool], holder }))).toMatchObject({ status: "park", boundBy: pool.id });
    expect(await throttle.release(holders[0] ?? "")).toEqual([waiting[0]]);
    expect(await throttle.release(holders[1] ?? "")).toEqual([waiting[1]]);
    expect(await throttle.acquire(request({ pools: [pool] }))).toMatchObject({ status: "park" });
    for (const holder of waiting.slice(0, 2))
      expect(await throttle.acquire(request({ pools: [pool], holder }))).toMatchObject({ status: "granted" });
    expect(await throttle.acquire(request({ pools: [pool], holder: waiting[2] ?? "" }))).toMatchObject({ status: "park" });
  });

  test("scenario 71 (the database's part): the place of a dead holder frees itself when its lease ends, not before", async () => {
    const throttle = worker();
    const { pool, holders } = await full(throttle, 1, 60_000);
    const other = request({ pools: [pool] });
    expect(await throttle.acquire(other)).toMatchObject({ status: "park" });
    await own.db.pool.query("UPDATE concurrency_lease SET lease_until = clock_timestamp() - interval '1 ms' WHERE holder = $1", [
      holders[0],
    ]);
    expect(await throttle.acquire(other)).toMatchObject({ status: "granted" });
  });

  test("asking again renews a holder's own place instead of taking a second", async () => {
    const throttle = worker();
    const { pool, holders } = await full(throttle, 1);
    expect(await throttle.acquire(request({ pools: [pool], holder: holders[0] ?? "" }))).toMatchObject({ status: "granted" });
    expect(await throttle.release(holders[0] ?? "")).toEqual([]);
    expect(await throttle.acquire(request({ pools: [pool] }))).toMatchObject({ status: "granted" });
  });

  test("a call held back by a window holds no place, one held back by a pool uses up no window", async () => {
    const throttle = worker();
    const bucket = { id: newId(), windows: [{ limit: 1, perMs: 60_000 }] };
    const { pool, holders } = await full(throttle, 1);
    expect(await throttle.acquire(request({ buckets: [bucket], pools: [pool] }))).toMatchObject({ boundBy: pool.id });
    expect(await throttle.acquire(request({ buckets: [bucket] }))).toMatchObject({ status: "granted" });
    await throttle.release(holders[0] ?? "");
    expect(await throttle.acquire(request({ buckets: [bucket], pools: [pool] }))).toMatchObject({ boundBy: bucket.id });
    const { rowCount } = await own.db.pool.query("SELECT FROM concurrency_lease");
    expect(rowCount).toBe(0);
  });

  test("whoever asks again after a grant it did not use, and has to wait, holds no place meanwhile", async () => {
    const throttle = worker();
    const bucket = { id: newId(), windows: [{ limit: 1, perMs: 60_000 }] };
    const pool = { id: newId(), limit: 1 };
    const late = request({ buckets: [bucket], pools: [pool] });
    const grant = await throttle.acquire(late);
    if (grant.status !== "granted") throw new Error("not granted");
    expect(await throttle.acquire({ ...late, queuedAtMs: grant.queuedAtMs })).toMatchObject({ status: "park", boundBy: bucket.id });
    expect(await throttle.acquire(request({ pools: [pool] }))).toMatchObject({ status: "granted" });
  });

  test("who gives up waiting is no longer named", async () => {
    const throttle = worker();
    const { pool, holders } = await full(throttle, 1);
    const gone = request({ pools: [pool] });
    await throttle.acquire(gone);
    expect(await throttle.release(gone.holder)).toEqual([]);
    expect(await throttle.release(holders[0] ?? "")).toEqual([]);
  });
});

test("pruning forgets what is over and keeps what still binds", async () => {
  const throttle = worker();
  const [idle, busy, paused] = [newId(), newId(), newId()];
  const windows = [{ limit: 1, perMs: 600_000 }];
  for (const id of [idle, busy]) await throttle.acquire(request({ buckets: [{ id, windows }], pools: [{ id: newId(), limit: 1 }] }));
  await throttle.block(workspaceId, [paused], 600_000);
  await own.db.pool.query(
    "UPDATE throttle_bucket SET groups = ARRAY[open_at - interval '22 minutes'], open_at = open_at - interval '22 minutes' WHERE bucket_id = $1",
    [idle],
  );
  await own.db.pool.query("UPDATE concurrency_lease SET lease_until = clock_timestamp() - interval '2 minutes'");
  await own.db.pool.query("INSERT INTO throttle_wait VALUES ('gone', $1, $2, clock_timestamp(), clock_timestamp() - interval '2 hours')", [
    workspaceId,
    busy,
  ]);
  await throttle.prune();
  const { rows } = await own.db.pool.query<{ bucket_id: string }>("SELECT bucket_id FROM throttle_bucket ORDER BY bucket_id");
  expect(rows.map((row) => row.bucket_id)).toEqual([busy, paused].sort());
  const { rows: left } = await own.db.pool.query("SELECT holder FROM concurrency_lease UNION SELECT holder FROM throttle_wait");
  expect(left).toEqual([]);
  expect(await throttle.acquire(request({ buckets: [{ id: busy, windows }] }))).toMatchObject({ status: "park" });
});

test("when the database is gone the call fails, and works again when it is back", async () => {
  const db = openDb({ url: own.url, maxConnections: 1, applicationName: "throttle test" });
  opened.push(db);
  const throttle = new ThrottleSystem({ pool: db.pool });
  await throttle.acquire(request({}));
  await own.db.pool.query("ALTER TABLE throttle_bucket RENAME TO throttle_bucket_away");
  try {
    await expect(throttle.acquire(request({ buckets: [{ id: newId(), windows: [{ limit: 1, perMs: 1_000 }] }] }))).rejects.toThrow();
  } finally {
    await own.db.pool.query("ALTER TABLE throttle_bucket_away RENAME TO throttle_bucket");
  }
  expect(await throttle.acquire(request({}))).toMatchObject({ status: "granted" });
});

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Db, openDb } from "#lib/db/db.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { type AcquireRequest, type Grant, ThrottleSystem } from "./systems/throttle.ts";
import { answer, type SavedDocument, untilEnd } from "./testing.ts";
import { createLimitedEngine, type LimitedEngine } from "./testing-limits.ts";

/*
 * Limits as the remote sees them: whole runs through several workers, each with a throttle and connections of its own,
 * and the calls timed where they arrive. Windows are scaled down from seconds and minutes so that a test takes seconds.
 */

let engine: LimitedEngine;
let receipts: { path: string; atMs: number }[] = [];
/** How long a worker takes from a grant to what comes next. */
let dispatchMs = () => 0;
const opened: Db[] = [];

beforeAll(async () => {
  engine = await createLimitedEngine();
  for (let worker = 0; worker < 5; worker++) await engine.startWorker({ throttle: throttle() });
});
afterAll(async () => {
  await engine.stop().finally(() => Promise.all(opened.map((db) => db.close())));
});
beforeEach(() => {
  receipts = [];
  dispatchMs = () => 0;
  engine.onCall((request) => {
    receipts.push({ path: new URL(request.url).pathname.slice(1), atMs: performance.now() });
    return answer(200, { ok: true });
  });
});
afterEach(async () => {
  // What a test leaves waiting must not call into the next one.
  await engine.db.pool.query("UPDATE run SET status = 'canceled', finished_at = now() WHERE status IN ('queued', 'running', 'waiting')");
  await engine.db.pool.query("TRUNCATE throttle_bucket, throttle_wait, concurrency_lease");
});

/** The throttle of one worker. */
function throttle() {
  const db = openDb({ url: engine.url, maxConnections: 2, applicationName: "throttle test" });
  opened.push(db);
  const system = new ThrottleSystem({ pool: db.pool });
  return Object.assign(Object.create(system) as ThrottleSystem, {
    // Safe because only one method is replaced, and the others run on the system itself.
    acquire: async (request: AcquireRequest): Promise<Grant> => {
      const grant = await system.acquire(request);
      await sleep(dispatchMs());
      return grant;
    },
    isPaused: (ids: readonly string[]) => system.isPaused(ids),
    isAwaited: (id: string, above: number) => system.isAwaited(id, above),
    release: (holder: string) => system.release(holder),
    block: (...args: Parameters<ThrottleSystem["block"]>) => system.block(...args),
    slowDown: (...args: Parameters<ThrottleSystem["slowDown"]>) => system.slowDown(...args),
    learn: (...args: Parameters<ThrottleSystem["learn"]>) => system.learn(...args),
    prune: () => system.prune(),
  });
}

const through = async (limits: object, policy: object = {}) => {
  const connection = await engine.connect(limits);
  return { connection, saved: await engine.saveDocument(engine.callThrough(connection, { policy: { ...policy } })) };
};
const start = async (saved: SavedDocument, id: string) => (await engine.accept(saved, { id })).runId;
const succeeds = async (runIds: readonly string[]) => {
  for (const runId of runIds) expect((await untilEnd(engine, runId)).status).toBe("succeeded");
};

function busiest(times: readonly number[], periodMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.reduce((most, at) => Math.max(most, sorted.filter((other) => other >= at && other < at + periodMs).length), 0);
}
const times = (path?: string) => receipts.filter((receipt) => path === undefined || receipt.path === path).map((receipt) => receipt.atMs);

describe("at the remote", () => {
  test("scenario 58: two workflows and five workers on one connection share its window", async () => {
    const { connection, saved } = await through({ windows: [{ limit: 6, perMs: 400 }] });
    const other = await engine.saveDocument(engine.callThrough(connection));
    const runs = await Promise.all(Array.from({ length: 40 }, (_, no) => start(no % 2 ? saved : other, `r${no}`)));
    await succeeds(runs);
    expect(receipts).toHaveLength(40);
    expect(busiest(times(), 400)).toBeLessThanOrEqual(6);
  }, 60_000);

  test("scenario 56: with windows of the connection and of each channel no window is exceeded (scaled: 6 in 400 ms, 15 in 2 s, 1 in 400 ms)", async () => {
    const windows = [
      { limit: 6, perMs: 400 },
      { limit: 15, perMs: 2_000 },
    ];
    const channel = { windows: [{ limit: 1, perMs: 400 }], key: "{{ trigger.body.id }}" };
    const { saved } = await through({ windows }, { throttle: channel });
    const runs = await Promise.all(Array.from({ length: 32 }, (_, no) => start(saved, `c${no % 8}`)));
    await succeeds(runs);
    expect(receipts).toHaveLength(32);
    expect(busiest(times(), 400)).toBeLessThanOrEqual(6);
    expect(busiest(times(), 2_000)).toBeLessThanOrEqual(15);
    for (let no = 0; no < 8; no++) expect(busiest(times(`c${no}`), 400)).toBe(1);
  }, 60_000);

  test("scenario 57: a queue of channel A does not delay the first call of channel B", async () => {
    const channel = { windows: [{ limit: 1, perMs: 600_000 }], key: "{{ trigger.body.id }}" };
    const { saved } = await through({ windows: [{ limit: 50, perMs: 1_000 }] }, { throttle: channel });
    await Promise.all(Array.from({ length: 30 }, () => start(saved, "A")));
    await expect.poll(waiting, { timeout: 30_000 }).toBe(29);
    await succeeds([await start(saved, "B")]); // long before A has its second turn
    expect(times("A")).toHaveLength(1);
  }, 60_000);

  test("scenario 68: an urgent call waits one window at most beside a backlog", async () => {
    const connection = await engine.connect({ windows: [{ limit: 4, perMs: 2_000 }] });
    const urgent = await engine.saveDocument({ ...engine.callThrough(connection), settings: { priority: "high" } });
    const bulk = await engine.saveDocument({ ...engine.callThrough(connection), settings: { priority: "low" } });
    await Promise.all(Array.from({ length: 24 }, (_, no) => start(bulk, `bulk${no}`)));
    await expect.poll(() => receipts.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
    await expect.poll(waiting, { timeout: 30_000 }).toBeGreaterThanOrEqual(16);
    const before = receipts.length;
    await succeeds([await start(urgent, "urgent")]);
    // What was granted within the last second before it goes out as well.
    expect(receipts.findIndex((receipt) => receipt.path === "urgent") - before).toBeLessThanOrEqual(2 * 4);
    expect(await waiting()).toBeGreaterThan(0);
  }, 60_000);
});

test("a place that an ended run could not give up is swept; one that still waits for its turn stays", async () => {
  const { saved } = await through({ windows: [{ limit: 1, perMs: 600_000 }] });
  await succeeds([await start(saved, "first")]);
  const [gone, stays] = [await start(saved, "gone"), await start(saved, "stays")];
  await expect.poll(waiting, { timeout: 30_000 }).toBe(2);
  // As a worker leaves it that was cut off from the database between the end of the run and the release of its place.
  await engine.db.pool.query("UPDATE run SET status = 'failed', finished_at = now() WHERE id = $1", [gone]);
  await throttle().prune();
  const { rows } = await engine.db.pool.query("SELECT run_id FROM throttle_wait");
  expect(rows).toEqual([{ run_id: stays }]);
});

async function waiting(): Promise<number> {
  const { rows } = await engine.db.pool.query<{ count: number }>("SELECT count(*)::int AS count FROM throttle_wait");
  return rows[0]?.count ?? 0;
}

test("scenario 69: a wait beyond the step's deadline, or beyond maxWaitMs, ends in throttle_timeout without any call", async () => {
  const windows = [{ limit: 1, perMs: 600_000 }];
  for (const policy of [{ deadlineMs: 5_000 }, { throttle: { windows, maxWaitMs: 5_000 } }]) {
    const { saved } = await through("throttle" in policy ? {} : { windows }, policy);
    await succeeds([await start(saved, "first")]);
    const late = await start(saved, "late");
    expect(await untilEnd(engine, late)).toMatchObject({ status: "failed", error: { class: "timeout", code: "throttle_timeout" } });
    const { rows } = await engine.db.pool.query("SELECT attempts FROM step WHERE run_id = $1 AND node_id = 'call'", [late]);
    expect(rows).toEqual([{ attempts: 0 }]);
    expect(times("late")).toEqual([]);
    expect(await waiting()).toBe(0);
  }
}, 60_000);

test("an attempt tells when it asked for its place under a limit, parked meanwhile or not, whatever its priority", async () => {
  const { saved } = await through({ windows: [{ limit: 1, perMs: 1_500 }] });
  const runIds = [await start(saved, "first")];
  await succeeds(runIds);
  runIds.push((await engine.accept(saved, { id: "urgent" }, { priority: -2 })).runId);
  await succeeds(runIds);
  const { rows } = await engine.db.pool.query<{ waited: number }>(
    `SELECT (extract(epoch FROM a.created_at - a.asked_at) * 1000)::float8 AS waited FROM attempt a
     JOIN unnest($1::uuid[]) WITH ORDINALITY AS r (id, place) ON r.id = a.run_id ORDER BY r.place`,
    [runIds],
  );
  expect(rows[0]?.waited).toBeLessThan(500);
  expect(rows[1]?.waited).toBeGreaterThan(500);
  expect(rows[1]?.waited).toBeLessThan(10_000);
});

test("a call takes of the windows what it costs; a cost that is none, or more than a limit lets through, fails its own item", async () => {
  const limits = { windows: [{ limit: 5, perMs: 3_600_000 }] };
  const { saved } = await through(limits, { throttle: { cost: "{{ trigger.body.rows }}", onExceed: "fail" } });
  const cost = async (rows: JsonValue) => {
    const { status, error } = await engine.run(saved, { id: "c", rows });
    return status === "failed" ? error?.code : status;
  };
  expect(await cost(4)).toBe("succeeded");
  expect(await cost(2)).toBe("throttle_exceeded");
  expect(await cost("1")).toBe("succeeded");
  for (const odd of [0, 1.5, "many", 6]) expect(await cost(odd)).toBe("throttle_cost_invalid");
});

test("scenario 103: a throttle key that fails or yields nothing fails its own item; the limits of others stay as they are", async () => {
  const policy = { throttle: { windows: [{ limit: 1, perMs: 600_000 }], key: "{{ trigger.body.channels[0] }}" } };
  const { saved } = await through({ windows: [{ limit: 3, perMs: 600_000 }] }, policy);
  for (const body of [{}, { channels: [] }, { channels: [null] }, { channels: [""] }, { channels: "text" }]) {
    const { runId } = await engine.accept(saved, { id: "x", ...body });
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "failed", error: { class: "validation" } });
  }
  const rest = await Promise.all(["a", "b", "c"].map((channel) => engine.accept(saved, { id: channel, channels: [channel] })));
  await succeeds(rest.map((run) => run.runId));
}, 60_000);

describe("places", () => {
  test("that get free are used at once: those who wait are woken", async () => {
    const { saved } = await through({ concurrency: 1 });
    let inFlight = 0;
    let most = 0;
    engine.onCall(async (request) => {
      if (!request.url.includes("/p")) return answer(200, {}); // a call of an earlier test that was already on its way
      most = Math.max(most, ++inFlight);
      await sleep(50);
      inFlight--;
      return answer(200, {});
    });
    const startedAt = performance.now();
    await succeeds(await Promise.all(Array.from({ length: 15 }, (_, no) => start(saved, `p${no}`))));
    expect(most).toBe(1);
    // By their own timers alone they would take two seconds each.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  }, 90_000);

  test("that one item of a loop frees are used by its next at once, in the same run", async () => {
    const call = { id: "call", type: "http-request", name: "Call", connectionId: await engine.connect({ concurrency: 1 }) };
    const saved = await engine.saveDocument({
      schemaVersion: 1,
      nodes: [
        { id: "start", type: "manual", name: "Start" },
        { id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body }}", concurrency: 10 } },
        { ...call, config: { method: "GET", url: "https://api.test/{{ item }}" } },
      ],
      edges: [
        { id: "e0", source: "start", target: "loop" },
        { id: "e1", source: "loop", sourcePort: "item", target: "call" },
      ],
    });
    const startedAt = performance.now();
    const { runId } = await engine.accept(
      saved,
      Array.from({ length: 10 }, (_, no) => no),
    );
    await succeeds([runId]);
    expect(receipts).toHaveLength(10);
    // By their own timers alone they would take two seconds each.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  }, 60_000);

  test("of one who gives up are used by the next", async () => {
    const { saved } = await through({ concurrency: 1 }, { timeoutMs: 900_000 });
    const open = new Map<string, () => void>();
    engine.onCall(async (request) => {
      await new Promise<void>((resolve) => open.set(new URL(request.url).pathname, resolve));
      return answer(200, {});
    });
    const [first, second, third] = [await start(saved, "1"), await startWaiting(saved, "2", 1), await startWaiting(saved, "3", 2)];
    await engine.db.pool.query("UPDATE run SET cancel_requested_at = now() WHERE id = $1", [second]);
    await engine.db.pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [
      second,
    ]);
    expect((await untilEnd(engine, second)).status).toBe("canceled");
    open.get("/1")?.();
    await expect.poll(() => open.has("/3"), { timeout: 15_000 }).toBe(true);
    open.get("/3")?.();
    await succeeds([first, third]);
  }, 60_000);
});

async function startWaiting(saved: SavedDocument, id: string, count: number): Promise<string> {
  const runId = await start(saved, id);
  await expect.poll(waiting, { timeout: 15_000 }).toBe(count);
  return runId;
}

describe("a call whose turn is over before it is sent", () => {
  test("scenario 60: takes another turn, so that no window is exceeded with dispatches up to 100 ms late and stalls of 2 s", async () => {
    let dispatched = 0;
    dispatchMs = () => (++dispatched % 6 === 0 ? 2_000 : Math.random() * 100);
    const { saved } = await through({ windows: [{ limit: 5, perMs: 500 }] });
    await succeeds(await Promise.all(Array.from({ length: 40 }, (_, no) => start(saved, `j${no}`))));
    expect(receipts).toHaveLength(40);
    expect(dispatched).toBeGreaterThan(40); // stalled ones have asked again
    expect(busiest(times(), 500)).toBeLessThanOrEqual(5);
  }, 90_000);

  test("takes another turn as well when getting ready took too long, within the same attempt", async () => {
    let reads = 0;
    let turns = 0;
    const counted = throttle();
    const acquire = counted.acquire;
    counted.acquire = (request) => {
      turns++;
      return acquire(request);
    };
    const slow = await createLimitedEngine({
      throttle: counted,
      connection: async (_workspaceId, id) => {
        // Read for the input, for whether it may be used, for the limits, and then for the call itself.
        if (++reads >= 3) await sleep(400);
        const limits = { windows: [{ limit: 50, perMs: 60_000 }], concurrency: null };
        return { id, baseUrl: null, fields: {}, limits, credential: async () => ({ headers: {}, secretValues: [] }) };
      },
    });
    try {
      await slow.startWorker();
      const policy = { retry: { maxAttempts: 1 } };
      const ended = await slow.run(await slow.saveDocument(slow.callThrough(await slow.connect({}), { policy })), { id: "x" });
      expect(ended.status).toBe("succeeded");
      const { rows } = await slow.db.pool.query("SELECT state FROM attempt WHERE run_id = $1 ORDER BY no", [ended.runId]);
      expect(rows).toEqual([{ state: "succeeded" }]);
      expect(turns).toBe(2);
      expect(slow.calls).toHaveLength(1);
    } finally {
      await slow.stop();
    }
  }, 60_000);

  test("is not sent into a pause that was asked for while it waited for its turn", async () => {
    const { saved } = await through({ windows: [{ limit: 2, perMs: 800 }] });
    engine.onCall((request) => {
      receipts.push({ path: new URL(request.url).pathname.slice(1), atMs: performance.now() });
      return receipts.length === 2 ? answer(429, {}, { "retry-after": "3" }) : answer(200, {});
    });
    const runs = await Promise.all(Array.from({ length: 8 }, (_, no) => start(saved, `o${no}`)));
    await succeeds(runs);
    const [refusedAt = 0, ...after] = times().slice(1);
    for (const at of after) expect(at - refusedAt).toBeGreaterThanOrEqual(2_900);
  }, 60_000);

  test("scenario 71: with concurrency 1 and leases that nobody renews, two calls never overlap", async () => {
    const shortLease = throttle();
    const acquire = shortLease.acquire;
    shortLease.acquire = (request) => acquire({ ...request, leaseMs: 600 });
    let inFlight = 0;
    let most = 0;
    let cutOff = 0;
    const lone = await createLimitedEngine({
      throttle: shortLease,
      // A remote that answers some calls only after their lease is over: they are given up before.
      send: async (request, { signal }) => {
        most = Math.max(most, ++inFlight);
        try {
          await sleep(Number(new URL(request.url).pathname.slice(1)), undefined, { signal });
        } catch (error) {
          cutOff++;
          throw error;
        } finally {
          inFlight--;
        }
        return answer(200, {});
      },
    });
    try {
      // The throttle of all these workers is that of the first engine: leases are of one table.
      for (let worker = 0; worker < 3; worker++) await lone.startWorker();
      const policy = { retry: { maxAttempts: 1 } };
      const saved = await lone.saveDocument(lone.callThrough(await lone.connect({ concurrency: 1 }), { policy }));
      const runs = await Promise.all([100, 5_000, 100, 5_000, 100].map((id) => lone.accept(saved, { id: String(id) })));
      const ends = await Promise.all(runs.map((run) => untilEnd(lone, run.runId)));
      expect(ends.map((end) => end.status)).toEqual(["succeeded", "failed", "succeeded", "failed", "succeeded"]);
      expect({ most, cutOff }).toEqual({ most: 1, cutOff: 2 });
    } finally {
      await lone.stop();
    }
  }, 90_000);
});

test("when a limit is raised, those who wait by the old one are called up with the next call", async () => {
  const { connection, saved } = await through({ windows: [{ limit: 1, perMs: 600_000 }] });
  const runs = await Promise.all(Array.from({ length: 12 }, (_, no) => start(saved, `w${no}`)));
  await expect.poll(waiting, { timeout: 15_000 }).toBe(11);
  const raised = JSON.stringify({ windows: [{ limit: 1_000, perMs: 600_000 }] });
  await engine.db.pool.query("UPDATE connection SET limits = $2 WHERE id = $1", [connection, raised]);
  // Workers read a connection once a second.
  for (let no = 0; (await waiting()) > 0; no++) {
    expect(no).toBeLessThan(100);
    runs.push(await start(saved, `next${no}`));
    await sleep(200);
  }
  await succeeds(runs);
}, 60_000);

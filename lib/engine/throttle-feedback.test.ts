import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OutboundRequest, OutboundResponse } from "#lib/nodes/runner.ts";
import { answer, untilEnd } from "./testing.ts";
import { createLimitedEngine, type LimitedEngine } from "./testing-limits.ts";

/* What remotes tell of their limits, and what all runs make of it. */

let engine: LimitedEngine;
/** When each call reached the remote, by its path. */
let receipts: { path: string; atMs: number }[] = [];

beforeAll(async () => {
  engine = await createLimitedEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  receipts = [];
  reply(() => answer(200, { ok: true }));
});

function reply(remote: (path: string, nth: number, request: OutboundRequest) => OutboundResponse): void {
  engine.onCall((request) => {
    const path = new URL(request.url).pathname.slice(1);
    const nth = receipts.filter((receipt) => receipt.path === path).length;
    receipts.push({ path, atMs: performance.now() });
    return remote(path, nth, request);
  });
}

async function start(saved: Awaited<ReturnType<LimitedEngine["saveDocument"]>>, id: string) {
  const { runId } = await engine.accept(saved, { id });
  return { runId, end: () => untilEnd(engine, runId) };
}

const timesOf = (path: string) => receipts.filter((receipt) => receipt.path === path).map((receipt) => receipt.atMs);

async function attemptsOf(runId: string) {
  const { rows } = await engine.db.pool.query<{ state: string; class: string | null }>(
    "SELECT state, class FROM attempt WHERE run_id = $1 ORDER BY no",
    [runId],
  );
  return rows;
}

describe("a pause", () => {
  test("scenario 61: of one channel holds for that channel alone; of the account, for all", async () => {
    const pauseMs = 2_000; // for 30 s
    const throttle = { key: "{{ trigger.body.id }}", windows: [{ limit: 100, perMs: 1_000 }] };
    for (const scope of ["key", "connection"] as const) {
      const connection = await engine.connect({});
      const saved = await engine.saveDocument(
        engine.callThrough(connection, { policy: { throttle: { ...throttle, retryAfterScope: scope } } }),
      );
      receipts = [];
      reply((path, nth) => (path === "a" && nth === 0 ? answer(429, {}, { "retry-after": String(pauseMs / 1_000) }) : answer(200, {})));
      const first = await start(saved, "a");
      await expect.poll(() => timesOf("a").length, { timeout: 15_000 }).toBe(1);
      await expect.poll(paused, { timeout: 15_000 }).toBe(true);
      const others = await Promise.all([start(saved, "a"), start(saved, "b")]);
      for (const run of [first, ...others]) expect((await run.end()).status).toBe("succeeded");
      const [refusedAt = 0, ...again] = timesOf("a");
      for (const at of again) expect(at - refusedAt).toBeGreaterThanOrEqual(pauseMs - 5);
      const b = (timesOf("b")[0] ?? 0) - refusedAt;
      if (scope === "key") expect(b).toBeLessThan(pauseMs);
      else expect(b).toBeGreaterThanOrEqual(pauseMs - 5);
      await engine.db.pool.query("DELETE FROM throttle_bucket");
    }
  }, 60_000);

  test("scenario 62: as a date is read by the remote's clock, with the worker's ten minutes wrong", async () => {
    const realNow = Date.now;
    Date.now = () => realNow() + 600_000;
    try {
      const saved = await engine.saveDocument(engine.callThrough(await engine.connect({})));
      const theirs = (inMs: number) => new Date(Math.floor(realNow() / 1_000) * 1_000 + inMs).toUTCString();
      reply((_, nth) => (nth === 0 ? answer(429, {}, { "retry-after": theirs(3_000), date: theirs(0) }) : answer(200, {})));
      expect((await (await start(saved, "x")).end()).status).toBe("succeeded");
      const [refusedAt = 0, at = 0] = timesOf("x");
      expect(at - refusedAt).toBeGreaterThanOrEqual(2_995);
      expect(at - refusedAt).toBeLessThan(5_000 + 3_000); // two seconds, and what a busy machine adds
    } finally {
      Date.now = realNow;
    }
  }, 60_000);

  test("scenario 63: is as long as Retry-After says and not RateLimit; malformed headers change nothing", async () => {
    const saved = await engine.saveDocument(engine.callThrough(await engine.connect({})));
    const headers = { "retry-after": "1", ratelimit: '"p";r=0;t=600', "ratelimit-policy": '"p";q=5000;w=60' };
    reply((_, nth) => (nth === 0 ? answer(429, {}, headers) : answer(200, {})));
    expect((await (await start(saved, "both")).end()).status).toBe("succeeded");
    const [refusedAt = 0, at = 0] = timesOf("both");
    expect(at - refusedAt).toBeGreaterThanOrEqual(995);

    const connection = await engine.connect({});
    const other = await engine.saveDocument(engine.callThrough(connection));
    reply(() =>
      answer(200, {}, { "retry-after": "soon", ratelimit: '"p;r=0;t=600', "ratelimit-policy": '"p";q=one;w=60', "x-ratelimit-reset": "?" }),
    );
    for (const id of ["m1", "m2"]) expect((await (await start(other, id)).end()).status).toBe("succeeded");
    const { rows } = await engine.db.pool.query("SELECT FROM learned_limit WHERE connection_id = $1", [connection]);
    expect(rows).toEqual([]);
  }, 60_000);
});

async function paused(): Promise<boolean> {
  const { rows } = await engine.db.pool.query("SELECT FROM throttle_bucket WHERE blocked_until > clock_timestamp()");
  return rows.length > 0;
}

describe("a limit that is told with another status", () => {
  const fragile = { retry: { maxAttempts: 1 }, breaker: { enabled: true, minCalls: 1, failureRatio: 0.1 } };

  test.each([
    ["the connection's rule", 200],
    ["the connection's rule", 500],
    ["the node's rule", 200],
    ["the node's rule", 500],
  ])(
    "scenario 64: by %s in the body of a %i is waited out: no attempt is used, and the breaker hears nothing",
    async (whose, status) => {
      const rule = "response.body.error == 'rate_limited'";
      const connection = await engine.connect(whose === "the connection's rule" ? { throttledWhen: rule } : {});
      const config = whose === "the node's rule" ? { expect: { throttled: rule } } : {};
      const saved = await engine.saveDocument(engine.callThrough(connection, { policy: fragile, config }));
      reply((_, nth) => (nth < 2 ? answer(status, { error: "rate_limited" }, { "retry-after": "0" }) : answer(200, { ok: true })));
      const run = await start(saved, "limited");
      expect((await run.end()).status).toBe("succeeded");
      expect(await attemptsOf(run.runId)).toEqual([
        { state: "failed", class: "throttled" },
        { state: "failed", class: "throttled" },
        { state: "succeeded", class: null },
      ]);
      const { rows: steps } = await engine.db.pool.query(
        "SELECT attempts - throttled_attempts AS used FROM step WHERE run_id = $1 AND node_id = 'call'",
        [run.runId],
      );
      expect(steps).toEqual([{ used: 1 }]);
      const open = async () => (await engine.db.pool.query("SELECT FROM breaker WHERE state <> 'closed'")).rowCount;
      expect(await open()).toBe(0);
      // It would have opened at once, and the step have failed: without the rule's words both happen.
      reply(() => answer(500, { error: "broken" }));
      expect((await (await start(saved, "broken")).end()).status).toBe("failed");
      await expect.poll(open, { timeout: 15_000 }).toBe(1);
      await engine.db.pool.query("DELETE FROM breaker");
    },
    60_000,
  );

  test("is not seen in an answer that lacks what the rule asks for", async () => {
    const connection = await engine.connect({ throttledWhen: "response.body.error.code == 'slow_down'" });
    const saved = await engine.saveDocument(engine.callThrough(connection, { policy: fragile }));
    reply(() => answer(200, { fine: true }));
    const run = await start(saved, "fine");
    expect((await run.end()).status).toBe("succeeded");
    expect(await attemptsOf(run.runId)).toHaveLength(1);
  });
});

describe("a problem type of the RateLimit draft", () => {
  const problem = (name: string) => ({ type: `https://iana.org/assignments/http-problem-types#${name}`, title: name });
  const headers = (retryAfter: string) => ({ "content-type": "application/problem+json", "retry-after": retryAfter });

  test("that calls our use abnormal stops: the call is not made again, a person is asked, and the connection pauses", async () => {
    const connection = await engine.connect({});
    const saved = await engine.saveDocument(engine.callThrough(connection));
    reply(() => answer(429, problem("abnormal-usage-detected"), headers("2")));
    const run = await start(saved, "much");
    expect((await run.end()).status).toBe("failed");
    expect(await attemptsOf(run.runId)).toEqual([{ state: "failed", class: "permanent" }]);
    const { rows } = await engine.db.pool.query(
      "SELECT d.error::json->>'code' AS code, i.status FROM dead_letter d JOIN issue i ON i.id = d.issue_id WHERE d.run_id = $1",
      [run.runId],
    );
    expect(rows).toEqual([{ code: "abnormal_usage", status: "open" }]);
    expect(await paused()).toBe(true);
  });

  test("that names a quota is waited out like any limit", async () => {
    const connection = await engine.connect({});
    const saved = await engine.saveDocument(engine.callThrough(connection));
    reply((_, nth) => (nth === 0 ? answer(429, problem("quota-exceeded"), headers("0")) : answer(200, {})));
    const run = await start(saved, "quota");
    expect((await run.end()).status).toBe("succeeded");
    expect(await attemptsOf(run.runId)).toMatchObject([{ class: "throttled" }, { state: "succeeded" }]);
  });
});

describe("learned limits", () => {
  test("hold for the node that was told, from its next calls on, and for no other", async () => {
    const connection = await engine.connect({});
    const search = await engine.saveDocument(engine.callThrough(connection));
    const headers = { "ratelimit-policy": '"search";q=2;w=60' };
    reply((path) => answer(200, {}, path.startsWith("s") ? headers : {}));
    expect((await (await start(search, "s0")).end()).status).toBe("succeeded");
    const { rows } = await engine.db.pool.query("SELECT policy, quota, per_ms::int AS per FROM learned_limit WHERE connection_id = $1", [
      connection,
    ]);
    expect(rows).toEqual([{ policy: "search", quota: 2, per: 60_000 }]);
    // Workers read a connection once a second.
    let waiting = 0;
    for (let no = 1; waiting === 0; no++) {
      await start(search, `s${no}`);
      await expect.poll(async () => (await waits()) + timesOf(`s${no}`).length, { timeout: 15_000 }).toBeGreaterThan(0);
      waiting = await waits();
    }
    const other = await engine.saveDocument(engine.callThrough(connection));
    expect((await (await start(other, "other")).end()).status).toBe("succeeded");
  }, 60_000);
});

async function waits(): Promise<number> {
  const { rows } = await engine.db.pool.query<{ count: number }>("SELECT count(*)::int AS count FROM throttle_wait");
  return rows[0]?.count ?? 0;
}

test("a refusal without a hint lowers the level of the windows that are full", async () => {
  const connection = await engine.connect({
    windows: [
      { limit: 4, perMs: 60_000 },
      { limit: 1_000, perMs: 600_000 },
    ],
  });
  const saved = await engine.saveDocument(engine.callThrough(connection));
  reply((path) => (path === "n3" ? answer(429, {}) : answer(200, {})));
  for (const id of ["n0", "n1", "n2"]) expect((await (await start(saved, id)).end()).status).toBe("succeeded");
  await start(saved, "n3");
  const levels = async () => {
    const { rows } = await engine.db.pool.query("SELECT period_ms::int AS per, level FROM throttle_bucket WHERE level IS NOT NULL");
    return rows;
  };
  await expect.poll(levels, { timeout: 15_000 }).toEqual([{ per: 60_000, level: 2 }]);
});

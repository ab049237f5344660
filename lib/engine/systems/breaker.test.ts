import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import type { CallOutcome } from "#lib/policies/breaker.ts";
import { policyDefaults } from "#lib/policies/defaults.ts";
import { newId } from "#lib/shared/ids.ts";
import { type BreakerAnswer, type BreakerRequest, BreakerSystem } from "./breaker.ts";

let own: TestDb;
let system: BreakerSystem;
let id: string;

beforeAll(async () => {
  own = await createTestDb();
});
afterAll(() => own.drop());
beforeEach(() => {
  system = new BreakerSystem({ pool: own.db.pool });
  id = newId();
});

const settings = { ...policyDefaults.breaker, minCalls: 4, openMs: 20 };

function request(over: Partial<BreakerRequest> = {}): BreakerRequest {
  return { workspaceId: newId(), id, holder: newId(), settings, leaseMs: 60_000, now: Date.now, repeatable: true, ...over };
}

type Go = Extract<BreakerAnswer, { next: "go" }>;

function report(of: BreakerRequest, { gen, probe }: Go, outcome: CallOutcome, slow = false, by = system): void {
  by.report({ request: of, gen, probe, outcome, slow });
}

/** Calls that come to an end one after the other while the breaker is closed. */
async function calls(
  times: number,
  outcome: CallOutcome,
  { slow = false, over = {} }: { slow?: boolean; over?: Partial<BreakerRequest> } = {},
) {
  for (let call = 0; call < times; call++) report(request(over), { next: "go", gen: 1, probe: false }, outcome, slow);
  await system.flush();
}

async function stored() {
  const { rows } = await own.db.pool.query<{ state: string; gen: number; opens: number }>(
    "SELECT state, gen, opens FROM breaker WHERE id = $1",
    [id],
  );
  return rows[0];
}

/** Asks until the call may be made. */
async function admitted(of: BreakerRequest): Promise<Go> {
  const granted: Go[] = [];
  const ask = async () => {
    const answer = await system.admit(of);
    if (answer.next === "go") granted.push(answer);
    return granted[0];
  };
  await expect.poll(ask, { timeout: 5_000, interval: 5 }).toBeDefined();
  return granted[0] as Go; // safe because of the line before
}

/** How many probes have passed. */
async function passed() {
  const { rows } = await own.db.pool.query("SELECT FROM breaker_probe WHERE id = $1 AND passed", [id]);
  return rows.length;
}

/** Opens the breaker and takes its three probes. */
async function halfOpen(): Promise<{ of: BreakerRequest; permit: Go }[]> {
  await calls(4, "failure");
  const probes: { of: BreakerRequest; permit: Go }[] = [];
  for (let probe = 0; probe < 3; probe++) {
    const of = request();
    probes.push({ of, permit: await admitted(of) });
  }
  expect(probes.map(({ permit }) => permit)).toEqual(Array.from({ length: 3 }, () => ({ next: "go", gen: 3, probe: true })));
  return probes;
}

/** As if the probes had been taken an hour earlier. */
async function lapse() {
  await own.db.pool.query("UPDATE breaker_probe SET lease_until = lease_until - interval '1 hour' WHERE id = $1", [id]);
}

/** As if all that had been an hour earlier. */
async function longAgo() {
  await lapse();
  await own.db.pool.query("UPDATE breaker SET changed_at = changed_at - interval '1 hour' WHERE id = $1", [id]);
}

test("half of enough calls failing opens it, for all workers", async () => {
  const other = new BreakerSystem({ pool: own.db.pool });
  expect(await other.admit(request())).toEqual({ next: "go", gen: 1, probe: false });
  const long = { ...settings, openMs: 60_000 };
  await calls(2, "success", { over: { settings: long } });
  await calls(1, "failure", { over: { settings: long } });
  expect(await stored()).toBeUndefined();
  await calls(1, "failure", { over: { settings: long } });
  expect(await stored()).toMatchObject({ state: "open", gen: 2 });
  await expect.poll(async () => (await other.admit(request({ settings: long }))).next, { timeout: 5_000 }).toBe("wait");
  expect((await system.admit(request({ settings: long }))).next).toBe("wait");
});

test("while it is closed, a known breaker is not asked about in the database", async () => {
  expect(await system.admit(request())).toEqual({ next: "go", gen: 1, probe: false });
  expect(system.admit(request())).toEqual({ next: "go", gen: 1, probe: false }); // no promise
});

test("scenario 82: calls that were refused never open it", async () => {
  await calls(50, "ignored");
  expect(await stored()).toBeUndefined();
});

test("scenario 81: slow calls open it although all succeed", async () => {
  await calls(4, "success", { slow: true });
  expect(await stored()).toMatchObject({ state: "open" });
});

test("three probes at a time; when all have passed it closes", async () => {
  const probes = await halfOpen();
  const others = await Promise.all(Array.from({ length: 5 }, () => system.admit(request())));
  expect(others.map((answer) => answer.next)).toEqual(Array.from({ length: 5 }, () => "wait"));
  for (const { of, permit } of probes) report(of, permit, "success");
  await expect.poll(stored).toEqual({ state: "closed", gen: 4, opens: 0 });
  expect(await system.admit(request())).toEqual({ next: "go", gen: 4, probe: false });
});

test("a failed probe opens it again, for longer", async () => {
  const [first] = await halfOpen();
  if (first) report(first.of, first.permit, "failure");
  await expect.poll(stored).toEqual({ state: "open", gen: 4, opens: 2 });
});

test("a throttled answer gives the probe back", async () => {
  const [first] = await halfOpen();
  const next = request();
  expect((await system.admit(next)).next).toBe("wait");
  if (first) report(first.of, first.permit, "ignored");
  expect(await admitted(next)).toEqual({ next: "go", gen: 3, probe: true });
  expect(await stored()).toMatchObject({ state: "half_open" });
});

test("scenario 78: probes that died are offered again, and it closes", async () => {
  await halfOpen();
  await lapse();
  for (let probe = 0; probe < 3; probe++) {
    const of = request();
    report(of, await admitted(of), "success");
  }
  await expect.poll(stored).toMatchObject({ state: "closed" });
});

test("scenario 79: calls that began before it opened decide nothing", async () => {
  await halfOpen();
  await calls(20, "failure");
  await calls(20, "success");
  expect(await stored()).toEqual({ state: "half_open", gen: 3, opens: 1 });
});

test("a call that must not be repeated probes only when for a whole lease no other has, alone, and its verdict decides", async () => {
  for (const outcome of ["success", "failure"] as const) {
    id = newId();
    await calls(4, "failure");
    const unsafe = request({ repeatable: false, leaseMs: 100 });
    await expect
      .poll(async () => (await system.admit(unsafe)).next === "wait" && (await stored())?.state, { interval: 5 })
      .toBe("half_open");
    const permit = await admitted(unsafe);
    expect(permit).toEqual({ next: "go", gen: 3, probe: true });
    expect((await system.admit(request({ repeatable: false, leaseMs: 100 }))).next).toBe("wait");
    report(unsafe, permit, outcome);
    const after = outcome === "success" ? { state: "closed", gen: 4, opens: 0 } : { state: "open", gen: 4, opens: 2 };
    await expect.poll(stored).toEqual(after);
  }
});

test("it probes as well when those that may have stopped coming", async () => {
  await halfOpen();
  await lapse();
  const passing = request();
  report(passing, await admitted(passing), "success");
  await expect.poll(() => passed()).toBe(1);
  await longAgo();
  expect(await system.admit(request({ repeatable: false }))).toEqual({ next: "go", gen: 3, probe: true });
});

test("when probes go and none comes back, it opens again", async () => {
  await halfOpen();
  await longAgo();
  expect((await system.admit(request())).next).toBe("wait");
  expect(await stored()).toEqual({ state: "open", gen: 4, opens: 2 });
});

test("where calls are rare it goes on probing, however long that takes", async () => {
  const [first, second, third] = await halfOpen();
  if (!first || !second || !third) throw new Error("there are three probes");
  report(first.of, first.permit, "success");
  report(second.of, second.permit, "ignored");
  report(third.of, third.permit, "ignored");
  await expect.poll(() => passed()).toBe(1);
  await longAgo();
  const rare = request();
  report(rare, await admitted(rare), "success");
  expect(await admitted(request())).toEqual({ next: "go", gen: 3, probe: true });
});

test("an isolated breaker lets nobody through", async () => {
  await own.db.pool.query(
    "INSERT INTO breaker (id, workspace_id, state, gen, isolated_reason, changed_at) VALUES ($1, $2, 'isolated', 2, 'by hand', now())",
    [id, newId()],
  );
  expect((await system.admit(request())).next).toBe("wait");
});

test("prune forgets what is over, and keeps what is in force", async () => {
  await calls(4, "failure");
  await own.db.pool.query("INSERT INTO breaker_slot VALUES ($1, 1, 1, 1, 1, 1)", [id]);
  await system.prune();
  expect(await stored()).toBeDefined();
  const { rows } = await own.db.pool.query("SELECT FROM breaker_slot WHERE id = $1", [id]);
  expect(rows.length).toBeGreaterThan(0);
  await own.db.pool.query("UPDATE breaker SET changed_at = now() - interval '2 days', open_until = NULL WHERE id = $1", [id]);
  await system.prune();
  expect(await stored()).toBeUndefined();
});

describe("a network that fails", () => {
  let workers: string[] = [];
  beforeEach(async () => {
    workers = [newId(), newId()];
    for (const worker of workers)
      await own.db.pool.query("INSERT INTO worker (id, host, pid, version, concurrency) VALUES ($1, 'x', 1, 'x', 1)", [worker]);
  });
  afterEach(() => own.db.pool.query("DELETE FROM worker"));

  const long = { ...settings, openMs: 60_000 };
  const lose = (by: BreakerSystem, times: number) => {
    for (let call = 0; call < times; call++) report(request({ settings: long }), { next: "go", gen: 1, probe: false }, "unsent", false, by);
    return by.flush();
  };

  test("scenario 80 (the database): seen by one of two workers it opens nothing, and that worker alone stays away", async () => {
    const other = new BreakerSystem({ pool: own.db.pool });
    await lose(system, 50);
    report(request({ settings: long }), { next: "go", gen: 1, probe: false }, "success", false, other);
    await other.flush();
    expect(await stored()).toBeUndefined();
    expect((await system.admit(request({ settings: long }))).next).toBe("wait");
    expect(await other.admit(request({ settings: long }))).toEqual({ next: "go", gen: 1, probe: false });
  });

  test("seen by two workers it opens for all", async () => {
    const other = new BreakerSystem({ pool: own.db.pool });
    await lose(system, 4);
    await lose(other, 1);
    expect(await stored()).toMatchObject({ state: "open" });
  });

  test("seen by the only worker it opens", async () => {
    await own.db.pool.query("UPDATE worker SET stopped_at = now() WHERE id = $1", [workers[0]]);
    await lose(system, 4);
    expect(await stored()).toMatchObject({ state: "open" });
  });

  test("a worker that reaches nothing stays away although the calls of the others keep the average good", async () => {
    const other = new BreakerSystem({ pool: own.db.pool });
    for (let call = 0; call < 200; call++)
      report(request({ settings: long }), { next: "go", gen: 1, probe: false }, "success", false, other);
    await other.flush();
    await lose(system, 10);
    expect(await stored()).toBeUndefined();
    expect((await system.admit(request({ settings: long }))).next).toBe("wait");
  });

  test("a probe that never left gives its place back, until another worker sees the same", async () => {
    const probes = await halfOpen();
    const [first, second] = probes;
    if (!first || !second) throw new Error("there are three");
    report(first.of, first.permit, "unsent");
    await system.flush();
    expect(await stored()).toMatchObject({ state: "half_open" });
    const other = new BreakerSystem({ pool: own.db.pool });
    report(second.of, second.permit, "unsent", false, other);
    await other.flush();
    await expect.poll(stored).toMatchObject({ state: "open", opens: 2 });
  });
});

test("without a database an admission fails, and reports are lost quietly", async () => {
  const gone = await createTestDb();
  const lost = new BreakerSystem({ pool: gone.db.pool });
  await gone.drop();
  await expect(lost.admit(request())).rejects.toThrow();
  report(request(), { next: "go", gen: 1, probe: false }, "failure", false, lost);
  await expect(lost.flush()).resolves.toBeUndefined();
});

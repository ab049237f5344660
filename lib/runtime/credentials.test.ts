import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import { type SendTokenRequest, Tokens } from "#lib/secrets/tokens.ts";
import * as services from "#lib/services/connections/index.ts";
import { createTestTeam, type TestContext } from "#lib/services/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { Connections } from "./connections.ts";
import type { Worker } from "./worker.ts";

let engine: TestEngine;
let ctx: TestContext;
const key = randomBytes(32);
/** As many processes, each with its own caches, that share nothing but the database. */
let processes: Connections[] = [];
const workers: Worker[] = [];
let tokenEndpoint: SendTokenRequest;
/** The grants the token endpoint was asked for. */
let asked: URLSearchParams[] = [];
/** The credential the remote takes. */
let accepted: string;

beforeAll(async () => {
  engine = await createTestEngine();
  const { pool } = engine.db;
  processes = [1, 2].map(() => {
    const secrets = new Secrets({ pool, key });
    const send: SendTokenRequest = (request, options) => {
      asked.push(new URLSearchParams(request.body));
      return tokenEndpoint(request, options);
    };
    return new Connections({ pool, secrets, tokens: new Tokens({ pool, secrets, send }) });
  });
  const team = await createTestTeam(engine.db);
  ctx = { ...team.as("builder"), workspaceId: engine.workspaceId, secrets: new Secrets({ pool, key }) };
  for (const own of processes) workers.push(await engine.startWorker({ connection: (...where) => own.open(...where) }));
});
afterAll(() => engine.stop());
beforeEach(() => {
  asked = [];
  engine.calls.length = 0;
  engine.onCall(({ headers }) => answer(headers.Authorization === accepted ? 200 : 401, {}));
});
afterEach(() => engine.db.pool.query("TRUNCATE issue CASCADE"));

const baseUrl = "https://api.test";

function create(input: object) {
  const parsed = services.createConnectionSchema.parse({ name: newId(), baseUrl, ...input });
  return services.createConnection({ ctx, input: parsed });
}

const createKey = () => create({ kind: "bearer", secrets: { token: "old" } });

function createOauth(secrets: object = { clientSecret: "client secret" }) {
  const fields = { tokenUrl: "https://id.test/token", clientId: "me" };
  return create({ kind: "oauth2", allowedHosts: ["id.test"], fields, secrets });
}

function granted(token: string, more: object = {}) {
  return { status: 200, body: JSON.stringify({ access_token: token, ...more }) };
}

function save(connectionId: string, policy: object = {}, config: object = {}): Promise<SavedDocument> {
  return engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: `${baseUrl}/x`, ...config }, connectionId, policy },
    ],
    edges: [{ id: "e0", source: "start", target: "call" }],
  });
}

const start = (saved: SavedDocument, runs: number) =>
  Promise.all(Array.from({ length: runs }, (_, index) => engine.accept(saved, { index })));

async function ended(runs: { runId: string }[]) {
  const statuses = new Set<string>();
  for (const { runId } of runs) statuses.add((await untilEnd(engine, runId)).status);
  return [...statuses];
}

/** The steps that wait for the connection, by what they say. */
async function waiting(connectionId: string) {
  const { rows } = await engine.db.pool.query<{ error: string; attempts: number; attempts_base: number }>(
    "SELECT s.error, s.attempts, s.attempts_base FROM step s JOIN run r ON r.id = s.run_id WHERE s.wait_reason = 'breaker' AND r.worker_id IS NULL AND strpos(s.error, $1) > 0",
    [connectionId],
  );
  return rows.map((row) => ({ code: JSON.parse(row.error).code as string, counted: row.attempts - row.attempts_base }));
}

async function issues() {
  const { rows } = await engine.db.pool.query<{ type: string; status: string; count: number }>("SELECT type, status, count FROM issue");
  return rows;
}

async function letters() {
  const { rows } = await engine.db.pool.query("SELECT FROM dead_letter");
  return rows.length;
}

test("scenario 74: one worker renews a refused token while others wait; refused again, the connection's steps park under one issue", async () => {
  let tokens = 0;
  tokenEndpoint = async () => granted(`t${++tokens}`, { expires_in: 3_600 });
  accepted = "Bearer t2";
  const { id } = await createOauth();
  const saved = await save(id);
  expect(await ended(await start(saved, 12))).toEqual(["succeeded"]);
  expect(asked.map((form) => form.get("grant_type"))).toEqual(["client_credentials", "client_credentials"]);

  accepted = "nothing any more";
  const parked = await start(saved, 12);
  await expect.poll(async () => (await waiting(id)).length, { timeout: 10_000 }).toBe(12);
  expect(await waiting(id)).toEqual(Array.from({ length: 12 }, () => ({ code: "connection_auth", counted: 0 })));
  // A step asks for a new token once at most, and mostly finds that another has.
  expect(asked.length).toBeLessThanOrEqual(2 + 12);
  const renewals = asked.length;
  expect(await issues()).toEqual([{ type: "connection_auth", status: "open", count: 1 }]);
  expect(await letters()).toBe(0);
  // What comes once every worker knows, which takes a second at most, makes no call at all.
  const known = async () => (await Promise.all(processes.map((own) => own.open(engine.workspaceId, id)))).every((open) => open.held);
  await expect.poll(known, { timeout: 5_000 }).toBe(true);
  engine.calls.length = 0;
  parked.push(...(await start(saved, 3)));
  await expect.poll(async () => (await waiting(id)).length, { timeout: 10_000 }).toBe(15);
  expect(engine.calls).toHaveLength(0);
  expect(await services.getConnection({ ctx, input: { id } })).toMatchObject({ status: "failing", waitingRuns: 15 });

  accepted = `Bearer t${renewals + 1}`;
  await services.rotateConnection({ ctx, input: { id, secrets: { clientSecret: "another" }, keepOldForMs: 0 } });
  expect(await ended(parked)).toEqual(["succeeded"]);
  expect(await issues()).toEqual([{ type: "connection_auth", status: "resolved", count: 1 }]);
}, 40_000);

test("scenario 75: parked calls use the secret that was rotated in, and calls in flight with the old one are made again", async () => {
  accepted = "Bearer new";
  const { id } = await createKey();
  const saved = await save(id);
  const parked = await start(saved, 5);
  await expect.poll(async () => (await waiting(id)).length, { timeout: 10_000 }).toBe(5);
  await services.rotateConnection({ ctx, input: { id, secrets: { token: "new" }, keepOldForMs: 0 } });
  expect(await ended(parked)).toEqual(["succeeded"]);

  // Now a call that is under way while the secret changes.
  accepted = "Bearer newer";
  let rotated: Promise<unknown> | null = null;
  engine.onCall(async ({ headers }) => {
    rotated ??= services.rotateConnection({ ctx, input: { id, secrets: { token: "newer" }, keepOldForMs: 0 } });
    await rotated;
    return answer(headers.Authorization === accepted ? 200 : 401, {});
  });
  engine.calls.length = 0;
  expect(await ended(await start(saved, 1))).toEqual(["succeeded"]);
  expect(engine.calls).toHaveLength(2);
  expect(engine.calls.map((call) => call.headers.Authorization)[1]).toBe("Bearer newer");
  expect(await letters()).toBe(0);
}, 40_000);

test("scenario 76: of two workers that use up a rotating refresh token at once, the loser takes the token of the other", async () => {
  // Each refresh token is good once; whoever comes second is told that its grant is invalid.
  let valid = "r1";
  let arrived = 0;
  let meet = () => {};
  const both = new Promise<void>((resolve) => {
    meet = resolve;
  });
  tokenEndpoint = async ({ body }) => {
    const offered = new URLSearchParams(body).get("refresh_token");
    arrived += 1;
    if (arrived === 2) meet();
    await both;
    if (offered !== valid) return { status: 400, body: '{"error":"invalid_grant"}' };
    valid = "r2";
    return granted("fresh", { refresh_token: "r2" });
  };
  accepted = "Bearer fresh";
  const { id } = await createOauth({ clientSecret: "client secret", refreshToken: "r1" });
  const [one, two] = processes;
  if (!one || !two) throw new Error("there are two");
  const renew = async (process: Connections) => (await process.open(engine.workspaceId, id)).care?.renew("clientSecret:1,refreshToken:1");
  const first = renew(one);
  await expect.poll(() => arrived, { timeout: 5_000 }).toBe(1);
  // As if the first had been too slow for its lease.
  await engine.db.pool.query("UPDATE connection SET refresh_lease_until = now() WHERE id = $1", [id]);
  const results = await Promise.all([first, renew(two)]);
  expect(results.map((result) => result?.next)).toContain("ready");
  expect(results.map((result) => result?.next)).not.toContain("refused");
  expect(await ended(await start(await save(id), 4))).toEqual(["succeeded"]);
  expect(await issues()).toEqual([]);
}, 40_000);

test("a token endpoint that refuses its client stops the connection before any call is made", async () => {
  tokenEndpoint = async () => ({ status: 401, body: '{"error":"invalid_client"}' });
  const { id } = await createOauth();
  const runs = await start(await save(id), 3);
  await expect.poll(async () => (await waiting(id)).length, { timeout: 10_000 }).toBe(3);
  expect(engine.calls).toHaveLength(0);
  expect(await issues()).toEqual([{ type: "connection_auth", status: "open", count: 1 }]);
  tokenEndpoint = async () => granted("good");
  accepted = "Bearer good";
  await services.rotateConnection({ ctx, input: { id, secrets: { clientSecret: "right" }, keepOldForMs: 0 } });
  expect(await ended(runs)).toEqual(["succeeded"]);
}, 40_000);

test("a token that is about to end is replaced beside the work", async () => {
  let tokens = 0;
  tokenEndpoint = async () => granted(`t${++tokens}`, { expires_in: tokens === 1 ? 30 : 3_600 });
  engine.onCall(({ headers }) => answer(headers.Authorization === undefined ? 401 : 200, {}));
  const { id } = await createOauth();
  const saved = await save(id);
  expect(await ended(await start(saved, 1))).toEqual(["succeeded"]);
  await expect.poll(() => tokens, { timeout: 5_000 }).toBe(2);
  expect(await ended(await start(saved, 3))).toEqual(["succeeded"]);
  expect(tokens).toBe(2);
  expect(engine.calls).toHaveLength(4);
});

test("isolated by hand, steps wait without an attempt past their own deadline, and go on when it is released", async () => {
  accepted = "Bearer old";
  const { id } = await createKey();
  await services.isolateConnection({ ctx, input: { id, reason: "the provider asked us to stop" } });
  const runs = await start(await save(id, { deadlineMs: 1 }), 4);
  await expect.poll(async () => (await waiting(id)).length, { timeout: 10_000 }).toBe(4);
  expect(await waiting(id)).toEqual(Array.from({ length: 4 }, () => ({ code: "connection_isolated", counted: 0 })));
  expect(engine.calls).toHaveLength(0);
  expect(await services.getConnection({ ctx, input: { id } })).toMatchObject({
    status: "isolated",
    isolatedReason: "the provider asked us to stop",
    waitingRuns: 4,
  });
  await services.rotateConnection({ ctx, input: { id, secrets: { token: "old" }, keepOldForMs: 0 } });
  expect(await waiting(id)).toHaveLength(4); // a new secret is no release
  expect(await services.releaseConnection({ ctx, input: { id } })).toMatchObject({ status: "untested", waitingRuns: 0 });
  // The clock of the steps began anew: with 1 ms some may pass their deadline, but none did so while it was isolated.
  for (const { runId } of runs) await untilEnd(engine, runId);
  expect(engine.calls.length).toBeLessThanOrEqual(4);
}, 30_000);

test("a run's own deadline ends it although its connection is isolated", async () => {
  const { id } = await createKey();
  await services.isolateConnection({ ctx, input: { id, reason: "closed" } });
  const [run] = await start(await save(id), 1);
  if (!run) throw new Error("it was accepted");
  await expect.poll(async () => (await waiting(id)).length, { timeout: 10_000 }).toBe(1);
  await engine.db.pool.query("UPDATE run SET deadline_at = now() WHERE id = $1", [run.runId]);
  await engine.db.pool.query("UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key = $1", [`run:${run.runId}`]);
  expect(await untilEnd(engine, run.runId)).toMatchObject({ status: "failed", error: { code: "run_deadline" } });
  expect(engine.calls).toHaveLength(0);
});

test("a test run is told at once that its connection is isolated or its key refused", async () => {
  accepted = "Bearer right";
  const { id } = await createKey();
  const saved = await save(id);
  const refused = await engine.accept(saved, {}, { mode: "test" });
  expect(await untilEnd(engine, refused.runId)).toMatchObject({ status: "failed", error: { code: "http_401" } });
  expect(await issues()).toEqual([]);
  await services.isolateConnection({ ctx, input: { id, reason: "closed" } });
  const isolated = await engine.accept(saved, {}, { mode: "test" });
  expect(await untilEnd(engine, isolated.runId)).toMatchObject({ status: "failed", error: { code: "connection_isolated" } });
});

test("a call that alone is refused, while others are taken with the same key, fails by itself", async () => {
  const { id } = await createKey();
  const saved = await save(id);
  const other = await save(id, {}, { body: "{{ trigger.body }}" });
  const [, second] = workers;
  if (second) await engine.stopWorker(second); // what one worker sees accepted, another need not have seen
  let refusals = 0;
  let others: Promise<string[]> = Promise.resolve([]);
  engine.onCall(async ({ body }) => {
    if (body !== null) return answer(200, {});
    refusals += 1;
    if (refusals === 2) others = start(other, 3).then(ended);
    await others;
    return answer(401, {});
  });
  const [run] = await start(saved, 1);
  if (!run) throw new Error("it was accepted");
  expect(await untilEnd(engine, run.runId)).toMatchObject({ status: "failed", error: { code: "http_401" } });
  expect(refusals).toBe(2);
  expect(await others).toEqual(["succeeded"]);
  expect(await issues()).toMatchObject([{ type: "permanent" }]);
}, 30_000);

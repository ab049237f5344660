import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { getSandboxLedger, getSandboxTarget, putSandboxTarget, putSandboxTargetSchema } from "#lib/services/sandbox-targets/index.ts";
import { createTestTeam, type TestTeam } from "#lib/services/testing.ts";
import { sandboxRoutes } from "./routes.ts";

let test: TestDb;
let team: TestTeam;
const servers: Server[] = [];
const origins: string[] = [];
let name: string;
let made = 0;

/** Two servers, as two web processes: their numbers must agree. */
beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  for (let i = 0; i < 2; i++) {
    const app = new Hono().route("/sandbox", sandboxRoutes({ pool: test.db.pool }));
    const server = await new Promise<Server>((resolve) => {
      const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started as Server)); // safe because no other kind of server was asked for
    });
    servers.push(server);
    origins.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); // safe because it listens on TCP
  }
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  await test.drop();
});
beforeEach(() => {
  name = `target-${++made}`;
});

const ctx = () => ({ ...team.as("builder"), baseUrl: "https://sluice.example" });
const put = (settings: object) => putSandboxTarget({ ctx: ctx(), input: { name, ...putSandboxTargetSchema.parse(settings) } });
const view = () => getSandboxTarget({ ctx: ctx(), input: { name } });
const ledger = () => getSandboxLedger({ ctx: ctx(), input: { name, limit: 50 } });

function call(parts: { method?: string; path?: string; key?: string; body?: string; server?: number } = {}): Promise<Response> {
  const { method = "POST", path = "/things", key, body = '{"a":1}', server = 0 } = parts;
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  return fetch(`${origins[server]}/sandbox/${name}${path}`, { method, headers, ...(method === "GET" ? {} : { body }) });
}

describe("a recorder", () => {
  it("applies calls without a key each time, and reads never", async () => {
    await put({ kind: "recorder" });
    expect((await call()).status).toBe(201);
    expect((await call({ method: "PUT" })).status).toBe(200);
    expect((await call({ method: "GET", path: "?x=1" })).status).toBe(200);
    expect(await view()).toMatchObject({ calls: 3, effects: 2, url: `https://sluice.example/sandbox/${name}` });
    expect(await ledger()).toMatchObject({ calls: 3, applied: 2, keys: [{ idempotencyKey: null, count: 2, lastBody: '{"a":1}' }] });
  });

  it("applies a key once and gives the first answer to repeats, quoted or not", async () => {
    await put({ kind: "recorder" });
    const first = await call({ key: "order-7", path: "/a?b=c" });
    const again = await call({ key: '"order-7"', path: "/other", body: "{}", server: 1 });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect([first.headers.get("idempotent-replay"), again.headers.get("idempotent-replay")]).toEqual([null, "true"]);
    const answer = await first.json();
    expect(await again.json()).toEqual(answer);
    expect(answer).toMatchObject({ target: name, method: "POST", path: `/sandbox/${name}/a?b=c`, idempotencyKey: "order-7" });
    expect((await ledger()).keys).toMatchObject([{ idempotencyKey: "order-7", count: 1 }]);
  });

  it("applies each of 20 keys once when 400 calls come to two servers at once", async () => {
    await put({ kind: "recorder" });
    const calls = Array.from({ length: 400 }, (_, i) => call({ key: `k${i % 20}`, server: i % 2, body: String(i) }));
    const answers = await Promise.all(calls);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replay") === null)).toHaveLength(20);
    const { calls: counted, applied, keys } = await ledger();
    expect([counted, applied, keys.length]).toEqual([400, 20, 20]);
    expect(keys.every((entry) => entry.count === 1)).toBe(true);
  });

  it("keeps odd bodies and keys, and refuses a key that is too long", async () => {
    await put({ kind: "recorder" });
    expect((await call({ body: "a\0b\ufeff🙂", key: "Ab" })).status).toBe(201);
    expect((await call({ key: "ab" })).headers.get("idempotent-replay")).toBeNull();
    expect((await call({ key: "k".repeat(256) })).status).toBe(400);
    expect((await ledger()).applied).toBe(2);
  });

  it("refuses a body over its limit without applying it", async () => {
    await put({ kind: "recorder" });
    expect((await call({ body: "x".repeat(1_048_577) })).status).toBe(413);
    expect((await view()).effects).toBe(0);
  });
});

describe("the other kinds", () => {
  it("are unknown without having been put", async () => {
    const response = await call();
    expect([response.status, (await response.json()).code]).toEqual([404, "not_found"]);
    expect((await test.db.pool.query("SELECT FROM sandbox_target WHERE name = $1", [name])).rows).toHaveLength(0);
  });

  it("echo shows the call and applies nothing, in a way no browser runs", async () => {
    await put({ kind: "echo" });
    const response = await call({ path: "/x?y=1", body: '{"b":[2]}' });
    expect(await response.json()).toMatchObject({ target: name, method: "POST", path: `/sandbox/${name}/x?y=1`, body: { b: [2] } });
    expect([response.headers.get("content-security-policy"), response.headers.get("x-content-type-options")]).toEqual([
      "sandbox",
      "nosniff",
    ]);
    expect(await view()).toMatchObject({ calls: 1, effects: 0 });
  });

  it("flaky fails its first calls over all servers, and again after it was put anew", async () => {
    await put({ kind: "flaky", failTimes: 3, status: 502 });
    const statuses = async () =>
      [await call(), await call({ server: 1 }), await call(), await call({ server: 1 })].map((response) => response.status);
    expect(await statuses()).toEqual([502, 502, 502, 201]);
    await put({ kind: "flaky", failTimes: 1 });
    expect(await statuses()).toEqual([503, 201, 201, 201]);
    expect(await view()).toMatchObject({ calls: 8, effects: 4 });
  });

  it("slow applies after its time, whether or not the caller has waited", async () => {
    await put({ kind: "slow", delayMs: 150 });
    const startedAt = performance.now();
    expect((await call()).status).toBe(201);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
    await expect(fetch(`${origins[0]}/sandbox/${name}`, { method: "POST", signal: AbortSignal.timeout(30) })).rejects.toThrow();
    await expect.poll(async () => (await view()).effects, { timeout: 5_000 }).toBe(2);
    expect((await view()).calls).toBe(2);
  });

  it("rate-limited refuses with the real wait, over all servers, and lets calls through after it", async () => {
    await put({ kind: "rate-limited", limit: 2, perMs: 1_000 });
    const answers = [await call(), await call({ server: 1 }), await call({ server: 1 })];
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 429]);
    expect(answers[0]?.headers.get("ratelimit")).toBe('"default";r=1;t=1');
    const limited = answers[2]?.headers;
    expect([limited?.get("retry-after"), limited?.get("ratelimit"), limited?.get("ratelimit-policy")]).toEqual([
      "1",
      '"default";r=0;t=1',
      '"default";q=2;w=1',
    ]);
    await expect.poll(async () => (await call()).status, { timeout: 5_000 }).toBe(201);
    expect((await view()).effects).toBe(3);
  });

  it("apply-then-drop does the work and loses the answer, which a repeat with the key gets", async () => {
    await put({ kind: "apply-then-drop" });
    await expect(call({ key: "k1" })).rejects.toThrow("fetch failed");
    expect((await view()).effects).toBe(1);
    const again = await call({ key: "k1" });
    expect([again.status, again.headers.get("idempotent-replay")]).toEqual([201, "true"]);
    await expect(call()).rejects.toThrow("fetch failed");
    await expect(call()).rejects.toThrow("fetch failed");
    expect(await view()).toMatchObject({ calls: 4, effects: 3 });
  });
});

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Signals } from "#lib/engine/ledger/signals.ts";
import { createTestEngine, type SavedDocument, type TestEngine, testLinks } from "#lib/engine/testing.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { derivedId, newId } from "#lib/shared/ids.ts";
import { callbackRoutes } from "./callbacks.ts";

let engine: TestEngine;
let server: Server;
let origin: string;
let saved: SavedDocument;

beforeAll(async () => {
  engine = await createTestEngine();
  const routes = callbackRoutes({ pool: engine.db.pool, links: testLinks, maxBodyBytes: 2_000 });
  const app = new Hono().route("/callbacks", routes);
  server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started as Server)); // safe because no other kind of server was asked for
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // safe because it listens on TCP
  saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "wait", type: "wait-for-callback", name: "Wait" },
    ],
    edges: [{ id: "e1", source: "start", target: "wait" }],
  });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await engine.stop();
});

async function newRun(): Promise<{ runId: string; token: string }> {
  const { runId } = await engine.accept(saved, null);
  return { runId, token: testLinks.token({ workspaceId: engine.workspaceId, runId, nodeId: "wait", iteration: "" }) };
}

function call(token: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}/callbacks/${token}`, { method: "POST", ...init });
}

function json(body: unknown): RequestInit {
  return { headers: { "content-type": "application/json", authorization: "Bearer a-secret-of-theirs" }, body: JSON.stringify(body) };
}

async function storedFor(runId: string) {
  const [signal] = await new Signals({ pool: engine.db.pool }).read([derivedId(runId, "wait", "")]);
  return signal?.payload;
}

const words = async (response: Response) => ({ ...(await response.json()), requestId: "" });

describe("a call back", () => {
  it("is committed with the job that wakes its run before it is answered, and the second is told the same", async () => {
    const { runId, token } = await newRun();
    const first = await call(token, json({ n: 1 }));
    expect([first.status, await first.json()]).toEqual([200, { status: "received" }]);
    const second = await call(token, json({ n: 2 }));
    expect([second.status, await second.json()]).toEqual([200, { status: "received" }]);
    expect(await storedFor(runId)).toMatchObject({ body: { n: 1 }, headers: { authorization: "Bearer [masked]" } });
    const { rows } = await engine.db.pool.query("SELECT FROM graphile_worker.jobs WHERE key = $1", [`run:${runId}`]);
    expect(rows).toHaveLength(1);
  });

  it("may bring JSON, a form, text or nothing", async () => {
    const bodies = [
      [{ "content-type": "application/x-www-form-urlencoded" }, "a=1&a=2", { a: ["1", "2"] }],
      [{ "content-type": "text/plain" }, "done", "done"],
      [{}, undefined, null],
    ] as const;
    for (const [headers, body, seen] of bodies) {
      const { runId, token } = await newRun();
      expect((await call(token, { headers, ...(body !== undefined && { body }) })).status).toBe(200);
      expect(await storedFor(runId)).toMatchObject({ body: seen });
    }
  });

  it("that cannot be read or is too large is refused, and the right one may still come", async () => {
    const { token } = await newRun();
    expect((await call(token, { headers: { "content-type": "application/json" }, body: "{" })).status).toBe(400);
    expect((await call(token, json("x".repeat(3_000)))).status).toBe(413);
    expect((await call(token, { headers: { "content-type": "image/png" }, body: "x" })).status).toBe(415);
    expect((await call(token, json(1))).status).toBe(200);
  });

  it("on a run that has ended is told so", async () => {
    const { runId, token } = await newRun();
    await engine.db.pool.query("UPDATE run SET status = 'canceled' WHERE id = $1", [runId]);
    const response = await call(token, json(1));
    expect([response.status, await words(response)]).toEqual([410, expect.objectContaining({ code: "gone", status: 410 })]);
    expect(await storedFor(runId)).toBeUndefined();
  });

  it("is slowed down when it comes again and again", async () => {
    const { token } = await newRun();
    const statuses = await Promise.all(Array.from({ length: 25 }, async () => (await call(token, json(1))).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    const refused = await call(token, json(1));
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  });
});

describe("a link", () => {
  it("that was made up, changed, of another instance or of no run is unknown, always in the same words", async () => {
    const { token } = await newRun();
    const step = { workspaceId: engine.workspaceId, runId: newId(), nodeId: "wait", iteration: "" };
    const elsewhere = new CallbackLinks({ secretKey: Buffer.alloc(32, 9), baseUrl: "" }).token(step);
    const known = await words(await call("x", json(1)));
    expect(known).toMatchObject({ status: 404, code: "not_found" });
    for (const other of [`${token}x`, token.slice(0, -2), elsewhere, testLinks.token(step), "a".repeat(5_000)]) {
      const response = await call(other, json(1));
      expect(response.status).toBe(404);
      expect(await words(response)).toEqual(known);
    }
  });

  it("shows nothing and changes nothing when it is looked at, whether it is one or not", async () => {
    const { runId, token } = await newRun();
    const look = async (path: string) => {
      const response = await fetch(`${origin}/callbacks/${path}`);
      return [response.status, response.headers.get("allow"), await words(response)];
    };
    expect(await look(token)).toEqual(await look("made-up"));
    expect((await look(token)).slice(0, 2)).toEqual([405, "POST"]);
    for (const method of ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]) expect((await call(token, { method })).status).toBe(405);
    expect(await storedFor(runId)).toBeUndefined();
  });
});

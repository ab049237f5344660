import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { hashToken, makeToken } from "#lib/services/tokens/format.ts";
import { newId } from "#lib/shared/ids.ts";
import { isDoorPath } from "./app.ts";
import { createTestDoor, createTestMember, type TestDoor, testBaseUrl } from "./testing.ts";

let test: TestDb;
let door: TestDoor;
let cookie: string;
let workspaceId: string;

beforeAll(async () => {
  test = await createTestDb();
  door = await createTestDoor(test);
  workspaceId = (await createTestWorkspace(test.db)).workspaceId;
  cookie = await door.signIn((await createTestMember(test, workspaceId, "owner")).email);
});
afterAll(async () => {
  await door.close();
  await test.drop();
});

async function insertToken(scopes: string[]): Promise<string> {
  const { token, hint } = makeToken();
  const values = [newId(), workspaceId, Buffer.from(hashToken(token)), hint, scopes];
  await test.db.pool.query(
    "INSERT INTO api_token (id, workspace_id, name, token_hash, hint, scopes) VALUES ($1, $2, 't', $3, $4, $5)",
    values,
  );
  return token;
}

const create = (options: { headers?: Record<string, string>; body?: unknown } = {}) =>
  door.send("/api/v1/workflows", { method: "POST", body: { name: "x" }, ...options, headers: { cookie, ...options.headers } });

describe("the door", () => {
  it("knows which paths are its own", () => {
    for (const path of ["/api/v1/runs", "/api", "/hooks/x", "/sandbox/a/b?c", "/healthz", "/healthz?x", "/metrics", "/metrics#y"])
      expect(isDoorPath(path)).toBe(true);
    for (const path of [
      "/",
      "/runs",
      "/sandbox",
      "/sandbox?_rsc=1",
      "/hooks",
      "/healthz/x",
      "/apis",
      "/API/v1",
      "//api/v1/runs",
      "/x/../api",
      "/_next/static/a.js",
    ])
      expect(isDoorPath(path)).toBe(false);
  });

  it("is healthy while the database answers, and not once it stops", async () => {
    const healthy = await door.send("/healthz");
    expect([healthy.status, await healthy.json()]).toEqual([200, { status: "ok" }]);
    const other = await createTestDb();
    const otherDoor = await createTestDoor(other);
    otherDoor.shutdown.abort();
    expect((await otherDoor.send("/healthz")).status).toBe(503);
    await otherDoor.close();
    await other.drop();
  });

  it("sends headers that keep answers from being framed, sniffed, cached or run", async () => {
    const answer = await door.send("/api/v1/session", { headers: { cookie } });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("shows metrics without ids in their labels", async () => {
    await door.send(`/api/v1/runs/${newId()}`, { headers: { cookie } });
    const text = await (await door.send("/metrics")).text();
    expect(text).toContain('sluice_http_answers_total{part="api",status="4xx"}');
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

describe("the API refuses", () => {
  it("state changes that another site made the browser send, and lets bearer tokens be", async () => {
    const refused = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ];
    for (const headers of refused) expect((await create({ headers })).status).toBe(403);
    expect((await create({ headers: { "sec-fetch-site": "same-origin" } })).status).toBe(201);
    expect((await create({ headers: { origin: testBaseUrl } })).status).toBe(201);
    const token = await insertToken(["workflows:write"]);
    const headers = { authorization: `Bearer ${token}`, "sec-fetch-site": "cross-site" };
    expect((await door.send("/api/v1/workflows", { method: "POST", body: { name: "x" }, headers })).status).toBe(201);
    const signIn = { email: "a@example.com", password: "whatever it is" };
    const crossSite = { "sec-fetch-site": "cross-site" };
    expect((await door.send("/api/auth/sign-in/email", { method: "POST", body: signIn, headers: crossSite })).status).toBe(403);
  });

  it("bodies that are not JSON, too long, too deep, or hold unknown fields", async () => {
    expect((await create({ headers: { "content-type": "text/plain" } })).status).toBe(415);
    expect((await create({ headers: { "content-type": "application/x-www-form-urlencoded" }, body: "name=x" })).status).toBe(415);
    expect((await create({ body: "{" })).status).toBe(400);
    expect((await create({ body: `{"name":${"[".repeat(100_000)}` })).status).toBe(400);
    expect((await create({ body: { name: "x".repeat(2_000_000) } })).status).toBe(413);
    const unknown = await create({ body: { name: "x", workspaceId: newId(), role: "owner" } });
    expect(await unknown.json()).toMatchObject({
      type: "urn:sluice:problem:invalid_input",
      status: 422,
      code: "invalid_input",
      problems: [
        { path: "workspaceId", message: "unknown field" },
        { path: "role", message: "unknown field" },
      ],
    });
    expect(unknown.headers.get("content-type")).toBe("application/problem+json");
    expect((await create({ body: { name: "a\u0000b" } })).status).toBe(422);
    expect((await door.send("/api/v1/runs?statuss=failed", { headers: { cookie } })).status).toBe(422);
  });

  it("tokens that are malformed, unknown, in the query, or given beside a good cookie", async () => {
    const token = await insertToken(["runs:read"]);
    const get = (headers: Record<string, string>, query = "") => door.send(`/api/v1/runs${query}`, { headers });
    expect((await get({ authorization: `Bearer ${token}` })).status).toBe(200);
    for (const authorization of [
      "",
      "Bearer",
      "Bearer ",
      "Basic x",
      `Bearer ${token}x`,
      `Bearer ${makeToken().token}`,
      "x".repeat(8_000),
    ]) {
      expect((await get({ authorization, cookie })).status).toBe(401);
    }
    expect((await get({}, `?token=${token}`)).status).toBe(401);
    const answer = await get({ authorization: `Bearer ${makeToken().token}` });
    expect(await answer.json()).toMatchObject({ code: "unauthenticated", requestId: answer.headers.get("x-request-id") });
  });

  it("unknown addresses, and known ones with another method", async () => {
    expect((await door.send("/api/v1/nothing", { headers: { cookie } })).status).toBe(404);
    expect((await door.send("/api/v1/runs/not-an-id", { headers: { cookie } })).status).toBe(404);
    const wrong = await door.send("/api/v1/issues/counts", { method: "DELETE", headers: { cookie } });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET"]);
    for (const path of ["/api/v1/workflows/", "/api/v1//workflows", "/api/v1/workflows;x", "/api/v1/workflows.rsc", "/api/v1/WORKFLOWS"]) {
      expect((await door.send(path)).status).toBe(404);
    }
  });

  it("more requests than its limit, telling when to come back", async () => {
    const limited = await createTestDoor(test, { apiLimit: { name: "api", limit: 2, perMs: 60_000 } });
    const token = await insertToken(["runs:read"]);
    const get = () => limited.send("/api/v1/runs", { headers: { authorization: `Bearer ${token}` } });
    const first = await get();
    expect([first.headers.get("ratelimit-policy"), first.headers.get("ratelimit")]).toEqual(['"api";q=2;w=60', '"api";r=1;t=60']);
    await get();
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "rate_limited" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(refused.headers.get("ratelimit")).toMatch(/^"api";r=0;t=\d+$/);
    await limited.close();
  });
});

describe("the OpenAPI document", () => {
  it("is 3.1, open to everybody, and refers only to what it holds", async () => {
    const answer = await door.send("/api/v1/openapi.json");
    const document = (await answer.json()) as {
      openapi: string;
      paths: Record<string, object>;
      components: { schemas: Record<string, object> };
    };
    expect(document.openapi).toBe("3.1.0");
    expect(document.paths["/workflows/{id}/publish"]).toMatchObject({
      post: { operationId: "postWorkflowsByIdPublish", "x-permission": "workflows:publish" },
    });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect(references.filter((reference) => !known.has(reference))).toEqual([]);
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"(\w+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, operations] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const operation of Object.values(operations) as { parameters: { name: string; in: string }[] }[]) {
        expect(operation.parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name)).toEqual(named);
      }
    }
  });
});

describe("the stream of changes", () => {
  async function read(reader: ReadableStreamDefaultReader<Uint8Array>, until: string): Promise<string> {
    let text = "";
    while (!text.includes(until)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    return text;
  }

  it("tells members of the workspace what changed, and nobody else", async () => {
    expect((await door.send("/api/v1/stream")).status).toBe(401);
    const token = await insertToken(["issues:read"]);
    expect((await door.send("/api/v1/stream", { headers: { authorization: `Bearer ${token}` } })).status).toBe(403);
    const answer = await door.send("/api/v1/stream", { headers: { cookie } });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const reader = answer.body?.getReader();
    if (reader === undefined) throw new Error("the stream has no body");
    expect(await read(reader, "retry")).toContain("retry: 2000");
    const other = (await createTestWorkspace(test.db)).workspaceId;
    const notify = (workspace: string, id: string) =>
      test.db.pool.query("SELECT pg_notify('sluice_run', $1)", [JSON.stringify({ w: workspace, k: "run", i: [id] })]);
    await notify(other, "theirs");
    await notify(workspaceId, "ours");
    const seen = await read(reader, "ours");
    expect(seen).toContain('data: {"kind":"run","ids":["ours"]}');
    expect(seen).not.toContain("theirs");
    await reader.cancel();
  });

  it("ends when the process stops", async () => {
    const ending = await createTestDoor(test);
    const answer = await ending.send("/api/v1/stream", {
      headers: { cookie: await ending.signIn((await createTestMember(test, workspaceId, "viewer")).email) },
    });
    const text = answer.text();
    ending.shutdown.abort();
    expect(await text).toContain("retry");
    await ending.close();
  });
});

import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { type FakeRemote, type SeenRequest, startRemote } from "#lib/outbound/testing.ts";
import { auditActions, createTestCapabilities, createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import { smallDocument } from "../testing-rows.ts";
import { createWorkflow, createWorkflowSchema } from "../workflows/index.ts";
import * as connections from "./index.ts";

const secret = "sk_live_0123456789abcdef";
let test: TestDb;
let remote: FakeRemote;
let team: TestTeam;
let other: TestTeam;
let names = 0;

beforeAll(async () => {
  test = await createTestDb();
  remote = await startRemote((request, response) => {
    if (request.url.startsWith("/oauth/")) return answerAsOauth(request, response);
    response.statusCode = request.headers.authorization === `Bearer ${secret}` ? 404 : 401;
    response.end("a body nobody needs");
  });
  const capabilities = createTestCapabilities(test.db, [remote]);
  team = await createTestTeam(test.db, capabilities);
  other = await createTestTeam(test.db, capabilities);
});
afterAll(async () => {
  await remote.close();
  await test.drop();
});

/** The tokens it has granted; it takes the last one only, and grants none while that is `null`. */
let granted: string[] | null = [];

function answerAsOauth({ url, headers }: SeenRequest, response: ServerResponse): void {
  if (url !== "/oauth/token") response.statusCode = granted?.length && headers.authorization === `Bearer ${granted.at(-1)}` ? 200 : 401;
  else if (granted === null) response.writeHead(400).write(JSON.stringify({ error: "invalid_client" }));
  else response.write(JSON.stringify({ access_token: granted[granted.push(`token ${granted.length + 1}`) - 1] }));
  response.end();
}

const create = (input: object = {}) => {
  const parsed = connections.createConnectionSchema.parse({
    name: `api ${++names}`,
    kind: "bearer",
    baseUrl: remote.origin,
    secrets: { token: secret },
    ...input,
  });
  return connections.createConnection({ ctx: team.as("builder"), input: parsed });
};
const update = (id: string, change: object, ctx: TestContext = team.as("builder")) =>
  connections.updateConnection({ ctx, input: { ...connections.updateConnectionSchema.parse(change), id } });
const decrypt = (id: string, host = new URL(remote.origin).host) =>
  team.as("builder").secrets.decrypt({ actor: { type: "system", job: "test" }, workspaceId: team.workspaceId, connectionId: id, host });

describe("connections", () => {
  it("keep their secrets sealed and show only a hint", async () => {
    const made = await create({ fields: { account: "acme" }, limits: { windows: [{ limit: 10, perMs: 1_000 }] } });
    expect(made).toMatchObject({
      kind: "bearer",
      status: "untested",
      fields: { account: "acme" },
      limits: { windows: [{ limit: 10, perMs: 1_000 }], concurrency: null },
      secrets: [{ field: "token", hint: "•••• cdef", version: 1 }],
      usedBy: [],
    });
    const { rows } = await test.db.pool.query("SELECT c.*, s.* FROM connection c JOIN secret s ON s.connection_id = c.id");
    const audit = await test.db.pool.query("SELECT * FROM audit_log");
    expect(JSON.stringify([made, rows, audit.rows])).not.toContain(secret);
    expect(await decrypt(made.id)).toEqual({ token: secret });
  });

  it("refuse a secret their kind does not have, a taken name, and odd addresses and hosts", async () => {
    await expect(create({ secrets: { password: "x" } })).rejects.toMatchObject({
      code: "invalid_input",
      problems: [{ path: "secrets.password" }],
    });
    await create({ name: "taken" });
    await expect(create({ name: "taken" })).rejects.toMatchObject({ code: "conflict" });
    for (const baseUrl of ["ftp://x.example", "https://user:pass@x.example", "https://x.example/#a", "x.example"]) {
      expect(connections.createConnectionSchema.safeParse({ name: "x", baseUrl }).success).toBe(false);
    }
    for (const host of ["*", "*.", "a b", "x.example/path", "https://x.example"]) {
      expect(connections.createConnectionSchema.safeParse({ name: "x", allowedHosts: [host] }).success).toBe(false);
    }
  });

  it("cannot send a stored secret to a new host without entering it again", async () => {
    const { id } = await create({ baseUrl: "https://api.example.com", allowedHosts: ["*.files.example.com"] });
    await expect(update(id, { baseUrl: "https://evil.example" })).rejects.toMatchObject({ problems: [{ path: "baseUrl" }] });
    await expect(update(id, { baseUrl: "http://api.example.com" })).rejects.toMatchObject({ problems: [{ path: "baseUrl" }] });
    await expect(update(id, { allowedHosts: ["evil.example"] })).rejects.toMatchObject({ problems: [{ path: "allowedHosts" }] });
    await expect(update(id, { allowedHosts: ["*.example.com"] })).rejects.toMatchObject({ problems: [{ path: "allowedHosts" }] });
    await update(id, { baseUrl: "https://api.example.com/v2", allowedHosts: ["eu.files.example.com"], name: "narrower" });
    const moved = await update(id, { baseUrl: "https://new.example", secrets: { token: "another value, long enough" } });
    expect(moved).toMatchObject({ baseUrl: "https://new.example", secrets: [{ version: 2 }] });
  });

  it("are tested with their credential, which a 404 shows to be good and a 401 to be bad", async () => {
    const good = await create();
    expect(await connections.testConnection({ ctx: team.as("builder"), input: { id: good.id, path: "/me" } })).toEqual({
      ok: true,
      status: 404,
      message: "it answered 404",
    });
    const bad = await create({ secrets: { token: "wrong" } });
    expect(await connections.testConnection({ ctx: team.as("builder"), input: { id: bad.id } })).toMatchObject({ ok: false, status: 401 });
    const read = (id: string) => connections.getConnection({ ctx: team.as("viewer"), input: { id } });
    expect(await read(good.id)).toMatchObject({ status: "ok", lastTestedAt: expect.any(String) });
    expect(await read(bad.id)).toMatchObject({ status: "failing" });
  });

  it("with OAuth2 fetch a token for a test where none is stored, and a new one where the stored one is refused", async () => {
    granted = [];
    const fields = { tokenUrl: `${remote.origin}/oauth/token`, clientId: "me" };
    const { id } = await create({ kind: "oauth2", fields, secrets: { clientSecret: "client secret" } });
    const testIt = () => connections.testConnection({ ctx: team.as("builder"), input: { id, path: "/oauth/me" } });
    expect(await testIt()).toEqual({ ok: true, status: 200, message: "it answered 200" });
    expect(await testIt()).toMatchObject({ ok: true });
    expect(granted).toEqual(["token 1"]);
    granted.push("granted to somebody else");
    expect(await testIt()).toMatchObject({ ok: true, status: 200 });
    expect(granted).toHaveLength(3);
    granted = null;
    expect(await testIt()).toEqual({
      ok: false,
      status: null,
      message: "no token was granted: the token endpoint answered 400 invalid_client",
    });
  });

  it("are not tested against another host or a private address", async () => {
    const { id } = await create();
    const elsewhere = await connections.testConnection({ ctx: team.as("builder"), input: { id, path: "https://evil.example/" } });
    expect(elsewhere).toMatchObject({ ok: false, status: null });
    const inside = await create({ baseUrl: "http://169.254.169.254" });
    const result = await connections.testConnection({ ctx: team.as("builder"), input: { id: inside.id } });
    expect(result).toMatchObject({ ok: false, status: null });
    const nowhere = await create({ baseUrl: null });
    expect((await connections.testConnection({ ctx: team.as("builder"), input: { id: nowhere.id } })).message).toContain("no base URL");
  });

  it("are rotated: calls use the new value at once, signatures may use the old one for a while", async () => {
    const { id } = await create();
    const rotate = (input: object) =>
      connections.rotateConnection({ ctx: team.as("builder"), input: { ...connections.rotateConnectionSchema.parse(input), id } });
    const rotated = await rotate({ secrets: { token: "the second value" }, keepOldForMs: 60_000 });
    expect(rotated.secrets).toMatchObject([{ field: "token", version: 2 }]);
    expect(await decrypt(id)).toEqual({ token: "the second value" });
    const { secrets } = await team.as("builder").secrets.decryptForVerification({ workspaceId: team.workspaceId, connectionId: id });
    expect(secrets.map((held) => held.value)).toEqual(["the second value", secret]);
    await rotate({ secrets: { token: "the third value" } });
    const { rows } = await test.db.pool.query("SELECT version FROM secret WHERE connection_id = $1", [id]);
    expect(rows).toEqual([{ version: 3 }]);
    expect(connections.rotateConnectionSchema.safeParse({ secrets: {} }).success).toBe(false);
  });

  it("are not deleted while a workflow uses them, and tell which", async () => {
    const { id } = await create();
    const nodes = smallDocument.nodes.map((node) => (node.id === "call" ? { ...node, connectionId: id } : node));
    const document = { ...smallDocument, nodes };
    const workflow = await createWorkflow({ ctx: team.as("builder"), input: createWorkflowSchema.parse({ name: "Uses it", document }) });
    expect((await connections.getConnection({ ctx: team.as("viewer"), input: { id } })).usedBy).toEqual([
      { workflowId: workflow.id, name: "Uses it" },
    ]);
    await expect(connections.deleteConnection({ ctx: team.as("builder"), input: { id } })).rejects.toThrow("Uses it");
    const unused = await create();
    await connections.deleteConnection({ ctx: team.as("builder"), input: { id: unused.id } });
    await expect(connections.getConnection({ ctx: team.as("owner"), input: { id: unused.id } })).rejects.toMatchObject({
      code: "not_found",
    });
    const { rows } = await test.db.pool.query("SELECT 1 FROM secret WHERE connection_id = $1", [unused.id]);
    expect(rows).toEqual([]);
  });

  it("can be isolated, listed, searched literally and paged", async () => {
    const { id } = await create({ name: "50%_off" });
    expect(await update(id, { isolated: true })).toMatchObject({ status: "isolated" });
    const list = async (query: object) =>
      (await connections.listConnections({ ctx: team.as("viewer"), input: connections.listConnectionsSchema.parse(query) })).items.map(
        (item) => item.id,
      );
    expect(await list({ q: "50%_" })).toEqual([id]);
    expect(await list({ q: "%" })).toEqual([id]);
    expect(await list({ limit: "1" })).toEqual([id]);
  });

  it("are not changed by a viewer or operator, nor seen from another workspace", async () => {
    const { id } = await create();
    const input = connections.createConnectionSchema.parse({ name: "x" });
    for (const [ctx, code] of [
      [team.as("viewer"), "forbidden"],
      [team.as("operator"), "forbidden"],
      [other.as("owner"), "not_found"],
    ] as const) {
      await expect(update(id, { name: "x" }, ctx)).rejects.toMatchObject({ code });
      await expect(connections.testConnection({ ctx, input: { id } })).rejects.toMatchObject({ code });
      await expect(connections.deleteConnection({ ctx, input: { id } })).rejects.toMatchObject({ code });
      const rotation = { ...connections.rotateConnectionSchema.parse({ secrets: { token: "x" } }), id };
      await expect(connections.rotateConnection({ ctx, input: rotation })).rejects.toMatchObject({ code });
    }
    await expect(connections.createConnection({ ctx: team.as("viewer"), input })).rejects.toMatchObject({ code: "forbidden" });
    await expect(connections.getConnection({ ctx: other.as("owner"), input: { id } })).rejects.toMatchObject({ code: "not_found" });
    const listed = await connections.listConnections({ ctx: other.as("owner"), input: connections.listConnectionsSchema.parse({}) });
    expect(listed.items).toEqual([]);
    expect(await auditActions(test.db, team.workspaceId)).toEqual(
      expect.arrayContaining(["connection.created", "connection.updated", "connection.tested", "connection.rotated", "connection.deleted"]),
    );
  });
});

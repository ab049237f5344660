import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { Secrets } from "./secrets.ts";

const key = randomBytes(32);
const actor = { type: "system", job: "test" } as const;
let test: TestDb;
let secrets: Secrets;

beforeAll(async () => {
  test = await createTestDb();
  secrets = new Secrets({ pool: test.db.pool, key });
});
afterAll(() => test.drop());

async function createConnection(workspaceId: string, allowedHosts: string[] = ["api.example.com"]): Promise<string> {
  const id = newId();
  await test.db.pool.query("INSERT INTO connection (id, workspace_id, name, kind, allowed_hosts) VALUES ($1, $2, $3, 'bearer', $4)", [
    id,
    workspaceId,
    id,
    allowedHosts,
  ]);
  return id;
}

async function store(
  workspaceId: string,
  connectionId: string,
  field: string,
  version: number,
  value: string,
  validFor: string | null = null,
): Promise<void> {
  const sealed = await secrets.seal({ workspaceId, connectionId, field, version, value });
  await test.db.pool.query(
    "INSERT INTO secret (connection_id, field, version, workspace_id, sealed, hint, valid_until) VALUES ($1, $2, $3, $4, $5, '', now() + $6::interval)",
    [connectionId, field, version, workspaceId, sealed, validFor],
  );
}

describe("secrets", () => {
  it("gives a connection's credential for an allowed host, and for no other", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const connectionId = await createConnection(workspaceId);
    await store(workspaceId, connectionId, "token", 1, "tök€n");
    await store(workspaceId, connectionId, "user", 1, "ann");
    expect(await secrets.decrypt({ actor, workspaceId, connectionId, host: "api.example.com" })).toEqual({ token: "tök€n", user: "ann" });
    await expect(secrets.decrypt({ actor, workspaceId, connectionId, host: "evil.example" })).rejects.toMatchObject({
      code: "egress_blocked",
    });
  });

  it("knows no connection of another workspace", async () => {
    const [mine, other] = [await createTestWorkspace(test.db), await createTestWorkspace(test.db)];
    const connectionId = await createConnection(other.workspaceId);
    await store(other.workspaceId, connectionId, "token", 1, "value of the other");
    await expect(secrets.decrypt({ actor, workspaceId: mine.workspaceId, connectionId, host: "api.example.com" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(secrets.decryptForVerification({ workspaceId: mine.workspaceId, connectionId })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("does not open a ciphertext moved to another field, version, connection or workspace", async () => {
    const [one, two] = [await createTestWorkspace(test.db), await createTestWorkspace(test.db)];
    const from = await createConnection(one.workspaceId);
    await store(one.workspaceId, from, "token", 1, "moved value");
    await secrets.seal({ workspaceId: two.workspaceId, connectionId: newId(), field: "x", version: 1, value: "makes the key" });
    const targets = [
      { workspaceId: one.workspaceId, field: "other", version: 1 },
      { workspaceId: one.workspaceId, field: "token", version: 2 },
      { workspaceId: one.workspaceId, field: "token", version: 1 },
      { workspaceId: two.workspaceId, field: "token", version: 1 },
    ];
    for (const target of targets) {
      const to = await createConnection(target.workspaceId);
      await test.db.pool.query(
        "INSERT INTO secret (connection_id, field, version, workspace_id, sealed, hint) SELECT $1, $2, $3, $4, sealed, '' FROM secret WHERE connection_id = $5",
        [to, target.field, target.version, target.workspaceId, from],
      );
      await expect(
        secrets.decrypt({ actor, workspaceId: target.workspaceId, connectionId: to, host: "api.example.com" }),
      ).rejects.toMatchObject({ code: "secret_unreadable" });
    }
  });

  it("sends the newest version and verifies with every one that still holds", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const connectionId = await createConnection(workspaceId);
    await store(workspaceId, connectionId, "secret", 1, "expired", "-1 second");
    await store(workspaceId, connectionId, "secret", 2, "old one", "1 hour");
    await store(workspaceId, connectionId, "secret", 3, "new one");
    expect(await secrets.decrypt({ actor, workspaceId, connectionId, host: "api.example.com" })).toEqual({ secret: "new one" });
    expect(await secrets.decryptForVerification({ workspaceId, connectionId })).toEqual({
      plain: {},
      secrets: [
        { field: "secret", value: "new one" },
        { field: "secret", value: "old one" },
      ],
    });
  });

  it("gives an empty credential for a connection without secrets", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const connectionId = await createConnection(workspaceId);
    expect(await secrets.decrypt({ actor, workspaceId, connectionId, host: "api.example.com" })).toEqual({});
  });

  it("uses one data key when two processes seal a workspace's first secret at once", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const processes = Array.from({ length: 4 }, () => new Secrets({ pool: test.db.pool, key }));
    const sealed = await Promise.all(processes.map((process, i) => process.sealText({ workspaceId, owner: "o", text: `text ${i}` })));
    for (const [i, text] of sealed.entries()) expect(await secrets.openText({ workspaceId, owner: "o", sealed: text })).toBe(`text ${i}`);
    const { rows } = await test.db.pool.query("SELECT FROM data_key WHERE workspace_id = $1", [workspaceId]);
    expect(rows).toHaveLength(1);
  });

  it("opens a sealed text for its owner only", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const sealed = await secrets.sealText({ workspaceId, owner: "trigger 1", text: "hook-token" });
    expect(sealed).not.toContain("hook-token");
    await expect(secrets.openText({ workspaceId, owner: "trigger 2", sealed })).rejects.toMatchObject({ code: "secret_unreadable" });
    await expect(secrets.openText({ workspaceId, owner: "trigger 1", sealed: "garbage" })).rejects.toMatchObject({
      code: "secret_unreadable",
    });
  });

  it("keeps values out of the database and of error texts", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const connectionId = await createConnection(workspaceId);
    await store(workspaceId, connectionId, "token", 1, "canary-0815-value");
    const { rows } = await test.db.pool.query<{ sealed: Buffer }>("SELECT sealed FROM secret WHERE connection_id = $1", [connectionId]);
    expect(rows[0]?.sealed.includes("canary-0815-value")).toBe(false);
  });
});

describe("the instance's key", () => {
  it("is accepted when nothing is sealed yet, and when it is the right one", async () => {
    const empty = await createTestDb();
    const fresh = new Secrets({ pool: empty.db.pool, key });
    await fresh.verifyKey();
    const { workspaceId } = await createTestWorkspace(empty.db);
    await fresh.sealText({ workspaceId, owner: "o", text: "text" });
    await new Secrets({ pool: empty.db.pool, key }).verifyKey();
    await empty.drop();
  });

  it("is refused in plain words when it is another one, which also never seals over the old data", async () => {
    const { workspaceId } = await createTestWorkspace(test.db);
    const sealed = await secrets.sealText({ workspaceId, owner: "o", text: "text" });
    const wrong = new Secrets({ pool: test.db.pool, key: randomBytes(32) });
    await expect(wrong.verifyKey()).rejects.toThrow(
      /^SLUICE_SECRET_KEY: this key \(fingerprint [0-9a-f]{16}\) is not the one the stored secrets were sealed with/,
    );
    await expect(wrong.sealText({ workspaceId, owner: "o", text: "new" })).rejects.toMatchObject({ code: "secret_unreadable" });
    await expect(wrong.openText({ workspaceId, owner: "o", sealed })).rejects.toMatchObject({ code: "secret_unreadable" });
    expect(await secrets.openText({ workspaceId, owner: "o", sealed })).toBe("text");
  });

  it("must have 32 bytes", () => {
    expect(() => new Secrets({ pool: test.db.pool, key: Buffer.alloc(16) })).toThrow(/^SLUICE_SECRET_KEY/);
  });
});

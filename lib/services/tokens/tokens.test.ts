import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDb } from "#lib/db/db.ts";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { auditActions, createTestTeam, type TestTeam } from "../testing.ts";
import { createToken, createTokenSchema, findTokenActor, listTokens, revokeToken } from "./index.ts";

let test: TestDb;
let team: TestTeam;
let other: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  other = await createTestTeam(test.db);
});
afterAll(() => test.drop());

const make = (scopes: string[], rest: object = {}) =>
  createToken({ ctx: team.as("owner"), input: createTokenSchema.parse({ name: "ci", scopes, ...rest }) });

describe("API tokens", () => {
  it("are made, shown once, listed without their value, and recorded", async () => {
    const made = await make(["runs:read", "runs:write"]);
    const { items } = await listTokens({ ctx: team.as("owner"), input: { limit: 50 } });
    expect(items.find((item) => item.id === made.id)).toMatchObject({ name: "ci", scopes: ["runs:read", "runs:write"], lastUsedAt: null });
    expect(JSON.stringify(items)).not.toContain(made.token);
    const { rows } = await test.db.pool.query("SELECT * FROM api_token");
    expect(JSON.stringify(rows)).not.toContain(made.token);
    expect(await auditActions(test.db, team.workspaceId)).toContain("token.created");
  });

  it("act with their scopes in their workspace, and show that they are used", async () => {
    const made = await make(["read"]);
    const found = await findTokenActor({ db: test.db, token: made.token });
    expect(found).toMatchObject({ workspaceId: team.workspaceId, actor: { type: "token", tokenId: made.id } });
    expect(found?.actor).toHaveProperty("scopes", expect.arrayContaining(["runs:read", "workflows:read"]));
    expect(found?.actor).not.toHaveProperty("scopes", expect.arrayContaining(["runs:write"]));
    const { items } = await listTokens({ ctx: team.as("owner"), input: { limit: 50 } });
    expect(items.find((item) => item.id === made.id)?.lastUsedAt).not.toBeNull();
  });

  it("are not found when unknown, revoked or expired", async () => {
    const revoked = await make(["all"]);
    await revokeToken({ ctx: team.as("owner"), input: { id: revoked.id } });
    expect(await findTokenActor({ db: test.db, token: revoked.token })).toBeNull();
    const expired = await make(["all"]);
    await test.db.pool.query("UPDATE api_token SET expires_at = now() - interval '1 second' WHERE id = $1", [expired.id]);
    expect(await findTokenActor({ db: test.db, token: expired.token })).toBeNull();
    await test.db.pool.query("UPDATE api_token SET token_hash = $1 WHERE id = $2", [Buffer.alloc(32), expired.id]);
    expect(await findTokenActor({ db: test.db, token: expired.token })).toBeNull();
  });

  it("with a wrong checksum never reach the database", async () => {
    const unreachable = openDb({ url: "postgresql://nobody@127.0.0.1:1/none", applicationName: "test" });
    const { token } = await make(["all"]);
    const broken = token.slice(0, -1) + (token.endsWith("a") ? "b" : "a");
    expect(await findTokenActor({ db: unreachable, token: broken })).toBeNull();
    await expect(findTokenActor({ db: unreachable, token })).rejects.toThrow("ECONNREFUSED");
    await unreachable.close();
  });

  it("shrink with their maker's role and end with their maker's membership", async () => {
    const { token } = await make(["all"]);
    await test.db.pool.query("UPDATE member SET role = 'viewer' WHERE workspace_id = $1 AND role = 'owner'", [team.workspaceId]);
    const bounded = await findTokenActor({ db: test.db, token });
    expect(bounded?.actor).not.toHaveProperty("scopes", expect.arrayContaining(["workflows:write"]));
    const actor = team.as("owner").actor;
    const userId = actor.type === "user" ? actor.userId : "";
    await test.db.pool.query("DELETE FROM member WHERE workspace_id = $1 AND user_id = $2", [team.workspaceId, userId]);
    expect(await findTokenActor({ db: test.db, token })).toBeNull();
    await test.db.pool.query("INSERT INTO member (workspace_id, user_id, role) VALUES ($1, $2, 'owner')", [team.workspaceId, userId]);
  });

  it("cannot be made or seen by a viewer, nor grant what their maker lacks", async () => {
    const input = createTokenSchema.parse({ name: "x", scopes: ["read"] });
    await expect(createToken({ ctx: team.as("viewer"), input })).rejects.toMatchObject({ code: "forbidden" });
    await expect(listTokens({ ctx: team.as("viewer"), input: { limit: 1 } })).rejects.toMatchObject({ code: "forbidden" });
    await expect(revokeToken({ ctx: team.as("viewer"), input: { id: newId() } })).rejects.toMatchObject({ code: "forbidden" });
    const wide = createTokenSchema.parse({ name: "x", scopes: ["members:write"] });
    await expect(createToken({ ctx: team.withScopes(["tokens:write"]), input: wide })).rejects.toThrow("members:write");
  });

  it("of another workspace are neither listed nor revoked", async () => {
    const made = await make(["read"]);
    await expect(revokeToken({ ctx: other.as("owner"), input: { id: made.id } })).rejects.toMatchObject({ code: "not_found" });
    expect((await listTokens({ ctx: other.as("owner"), input: { limit: 50 } })).items).toEqual([]);
  });

  it("are refused with an unknown scope, an unknown field, or an expiry in the past", async () => {
    expect(createTokenSchema.safeParse({ name: "x", scopes: ["runs:delete"] }).success).toBe(false);
    expect(createTokenSchema.safeParse({ name: "x", scopes: ["read"], workspaceId: other.workspaceId }).success).toBe(false);
    await expect(make(["read"], { expiresAt: "2020-01-01T00:00:00Z" })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("are listed in pages", async () => {
    const mine = await createTestTeam(test.db);
    for (let i = 0; i < 3; i++) {
      await createToken({ ctx: mine.as("owner"), input: createTokenSchema.parse({ name: `t${i}`, scopes: ["read"] }) });
    }
    const first = await listTokens({ ctx: mine.as("owner"), input: { limit: 2 } });
    const second = await listTokens({ ctx: mine.as("owner"), input: { limit: 2, cursor: first.nextCursor ?? undefined } });
    expect([...first.items, ...second.items].map((item) => item.name)).toEqual(["t2", "t1", "t0"]);
    expect(second.nextCursor).toBeNull();
    await expect(listTokens({ ctx: mine.as("owner"), input: { limit: 2, cursor: "'; DROP" } })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});

import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { createTestDoor, createTestMember, type TestDoor, testPassword } from "../testing.ts";

let test: TestDb;
let door: TestDoor;
let workspaceId: string;

beforeAll(async () => {
  test = await createTestDb();
  door = await createTestDoor(test);
  workspaceId = (await createTestWorkspace(test.db)).workspaceId;
});
afterAll(async () => {
  await door.close();
  await test.drop();
});

const signIn = (email: unknown, password: unknown, headers = {}) =>
  door.send("/api/auth/sign-in/email", { method: "POST", body: { email, password }, headers });
const session = (cookie: string) => door.send("/api/v1/session", { headers: { cookie } });

describe("signing in", () => {
  it("gives a cookie that scripts cannot read, and tells who is signed in", async () => {
    const { email, userId } = await createTestMember(test, workspaceId, "builder");
    const answer = await signIn(email.toUpperCase(), testPassword);
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^sluice_session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const read = await session(cookie);
    expect(await read.json()).toMatchObject({
      user: { id: userId, email },
      role: "builder",
      permissions: expect.arrayContaining(["workflows:publish"]),
      workspace: { id: workspaceId },
    });
  });

  it("marks the cookie as secure and bound to the host when the base URL is https", async () => {
    const secure = await createTestDoor(test, {
      settings: { baseUrl: "https://sluice.example.com", maxBodyBytes: 1_024, retentionDays: 30 },
    });
    const { email } = await createTestMember(test, workspaceId, "viewer");
    const answer = await secure.send("/api/auth/sign-in/email", { method: "POST", body: { email, password: testPassword } });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-sluice_session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(answer.headers.get("strict-transport-security")).toContain("max-age");
    await secure.close();
  });

  it("answers an unknown address, a wrong password and no address at all alike", async () => {
    const { email } = await createTestMember(test, workspaceId, "viewer");
    const answers = [
      await signIn(email, "wrong password"),
      await signIn("nobody@example.com", testPassword),
      await signIn("nobody", testPassword),
    ];
    const bodies = await Promise.all(answers.map(async (answer) => ({ ...((await answer.json()) as object), requestId: "" })));
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401]);
    expect(bodies[0]).toMatchObject({ code: "unauthenticated", detail: "E-mail or password is wrong." });
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  it("slows guessing down per account, and forgets it after a right password", async () => {
    const { email } = await createTestMember(test, workspaceId, "viewer");
    for (let i = 0; i < 9; i++) expect((await signIn(email, "wrong password")).status).toBe(401);
    expect((await signIn(email, testPassword)).status).toBe(204);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) statuses.push((await signIn(email, "wrong password")).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const refused = await signIn(email, testPassword);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit-policy")).toBe('"sign-in";q=10;w=60');
    const other = await createTestMember(test, workspaceId, "viewer");
    expect((await signIn(other.email, testPassword)).status).toBe(204);
  });

  it.each([
    [{ not: "" }, testPassword],
    ["a@example.com", { contains: "" }],
    ["a@example.com", "x".repeat(1_000)],
    [undefined, undefined],
  ])("refuses %j as input before anything is looked up", async (email, password) => {
    expect((await signIn(email, password)).status).toBe(422);
  });

  it("is not a way to make an account, nor to reach the rest of the library", async () => {
    for (const path of [
      "sign-up/email",
      "forget-password",
      "reset-password",
      "change-email",
      "delete-user",
      "update-user",
      "list-sessions",
    ]) {
      const answer = await door.send(`/api/auth/${path}`, {
        method: "POST",
        body: { email: "a@example.com", password: testPassword, name: "A" },
      });
      expect(answer.status).toBe(404);
    }
    expect((await door.send("/api/auth/get-session")).status).toBe(404);
  });
});

describe("a session", () => {
  it("ends with signing out", async () => {
    const { email } = await createTestMember(test, workspaceId, "viewer");
    const cookie = await door.signIn(email);
    expect((await door.send("/api/auth/sign-out", { method: "POST", headers: { cookie } })).status).toBe(204);
    expect((await session(cookie)).status).toBe(401);
  });

  it("ends everywhere else when the password changes", async () => {
    const { email } = await createTestMember(test, workspaceId, "viewer");
    const [here, there] = [await door.signIn(email), await door.signIn(email)];
    const change = (currentPassword: string, newPassword: string) =>
      door.send("/api/auth/change-password", { method: "POST", headers: { cookie: here }, body: { currentPassword, newPassword } });
    expect((await change("wrong password", "another long password")).status).toBe(422);
    expect((await change(testPassword, "short")).status).toBe(422);
    const changed = await change(testPassword, "another long password");
    expect(changed.status).toBe(204);
    const renewed = changed.headers.getSetCookie().find((line) => line.startsWith("sluice_session=")) ?? "";
    expect((await session(there)).status).toBe(401);
    expect((await session(renewed.split(";")[0] ?? "")).status).toBe(200);
    expect((await signIn(email, testPassword)).status).toBe(401);
  });

  it("follows the role at once, and ends when the membership does", async () => {
    const { email, userId } = await createTestMember(test, workspaceId, "owner");
    const cookie = await door.signIn(email);
    const tokens = () => door.send("/api/v1/tokens", { headers: { cookie } });
    expect((await tokens()).status).toBe(200);
    await test.db.pool.query("UPDATE member SET role = 'viewer' WHERE user_id = $1", [userId]);
    expect((await tokens()).status).toBe(403);
    await test.db.pool.query("DELETE FROM member WHERE user_id = $1", [userId]);
    expect((await tokens()).status).toBe(401);
  });

  it("ends after thirty days however much it is used, and after twelve idle hours", async () => {
    const { email, userId } = await createTestMember(test, workspaceId, "viewer");
    const old = await door.signIn(email);
    await test.db.pool.query("UPDATE auth_session SET created_at = now() - interval '31 days' WHERE user_id = $1", [userId]);
    expect((await session(old)).status).toBe(401);
    const idle = await door.signIn(email);
    await test.db.pool.query("UPDATE auth_session SET expires_at = now() - interval '1 second' WHERE user_id = $1", [userId]);
    expect((await session(idle)).status).toBe(401);
  });

  it("that is used moves its end, in the database and in the cookie", async () => {
    const { email, userId } = await createTestMember(test, workspaceId, "viewer");
    const cookie = await door.signIn(email);
    expect((await session(cookie)).headers.getSetCookie()).toEqual([]);
    await test.db.pool.query("UPDATE auth_session SET expires_at = now() + interval '1 hour' WHERE user_id = $1", [userId]);
    const renewed = await session(cookie);
    expect(renewed.headers.getSetCookie()[0]).toContain("Max-Age=43200");
    const { rows } = await test.db.pool.query(
      "SELECT expires_at > now() + interval '11 hours' AS later FROM auth_session WHERE user_id = $1",
      [userId],
    );
    expect(rows).toEqual([{ later: true }]);
  });

  it("is not opened by what the table holds, by a forged cookie, or by junk", async () => {
    const { email, userId } = await createTestMember(test, workspaceId, "viewer");
    const cookie = await door.signIn(email);
    const { rows } = await test.db.pool.query<{ token: string }>("SELECT token FROM auth_session WHERE user_id = $1", [userId]);
    const token = rows[0]?.token ?? "";
    expect(cookie).toContain(token);
    for (const junk of [token, `${token}.`, `${token}.${"A".repeat(43)}=`, "x".repeat(8_000), "%00", "%E0%A4%A", ""]) {
      expect((await session(`sluice_session=${junk}`)).status).toBe(401);
    }
    expect((await session(`${cookie.slice(0, -8)}AAAAAAAA`)).status).toBe(401);
  });
});

describe("setting up", () => {
  it("makes the first account with the one-time token and signs it in", async () => {
    const fresh = await createTestDb();
    const freshDoor = await createTestDoor(fresh);
    await fresh.db.pool.query(
      "INSERT INTO one_time_token (token_hash, purpose, expires_at) VALUES ($1, 'setup', now() + interval '1 hour')",
      [createHash("sha256").update("the link").digest()],
    );
    const input = { token: "the link", name: "Olga", email: "olga@example.com", password: testPassword };
    const post = (body: object) => freshDoor.send("/api/v1/setup", { method: "POST", body });
    expect(await (await freshDoor.send("/api/v1/setup")).json()).toEqual({ needed: true });
    expect((await post({ ...input, token: "guess" })).status).toBe(403);
    expect(await (await post({ ...input, password: "short", role: "owner" })).json()).toMatchObject({ status: 422 });
    const made = await post(input);
    expect(made.status).toBe(201);
    const cookie = made.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(await (await freshDoor.send("/api/v1/session", { headers: { cookie } })).json()).toMatchObject({ role: "owner" });
    expect(await (await freshDoor.send("/api/v1/setup")).json()).toEqual({ needed: false });
    expect((await post(input)).status).toBe(403);
    await freshDoor.close();
    await fresh.drop();
  });
});

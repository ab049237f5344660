import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { findUserActor } from "../session/index.ts";
import { auditActions, createTestTeam, createTestUser, type TestTeam } from "../testing.ts";
import { addMember, addMemberSchema, changeRole, listMembers, removeMember } from "./index.ts";

let test: TestDb;
let team: TestTeam;
let other: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  other = await createTestTeam(test.db);
});
afterAll(() => test.drop());

const ann = addMemberSchema.parse({ email: " Ann@Example.com ", name: "Ann", role: "builder", password: "a good long password" });

describe("members", () => {
  it("are added with an account, listed, given another role, and removed with their sessions", async () => {
    const added = await addMember({ ctx: team.as("owner"), input: ann });
    expect(added).toMatchObject({ email: "ann@example.com", name: "Ann", role: "builder" });
    const { items } = await listMembers({ ctx: team.as("viewer") });
    expect(items).toHaveLength(5);
    const changed = await changeRole({ ctx: team.as("owner"), input: { userId: added.userId, role: "viewer" } });
    expect(changed.role).toBe("viewer");
    expect((await findUserActor({ db: test.db, userId: added.userId }))?.actor).toMatchObject({ role: "viewer" });
    await test.db.pool.query("INSERT INTO auth_session (id, user_id, token, expires_at) VALUES ('s', $1, 't', now() + interval '1 hour')", [
      added.userId,
    ]);
    await removeMember({ ctx: team.as("owner"), input: { userId: added.userId } });
    expect(await findUserActor({ db: test.db, userId: added.userId })).toBeNull();
    expect((await test.db.pool.query("SELECT 1 FROM auth_session WHERE user_id = $1", [added.userId])).rowCount).toBe(0);
    const actions = await auditActions(test.db, team.workspaceId);
    expect(actions).toEqual(expect.arrayContaining(["member.added", "member.role_changed", "member.removed"]));
  });

  it("cannot be added twice, or without a password when they have no account", async () => {
    const input = addMemberSchema.parse({ email: "bob@example.com", role: "viewer", password: "a good long password" });
    await addMember({ ctx: team.as("owner"), input });
    await expect(addMember({ ctx: team.as("owner"), input })).rejects.toMatchObject({ code: "conflict" });
    const bare = addMemberSchema.parse({ email: "carl@example.com", role: "viewer" });
    await expect(addMember({ ctx: team.as("owner"), input: bare })).rejects.toMatchObject({
      code: "invalid_input",
      problems: [{ path: "password" }],
    });
    expect((await test.db.pool.query("SELECT 1 FROM auth_user WHERE email = 'carl@example.com'")).rowCount).toBe(0);
  });

  it("always include an owner", async () => {
    const mine = await createTestTeam(test.db);
    const { actor } = mine.as("owner");
    const userId = actor.type === "user" ? actor.userId : "";
    await expect(changeRole({ ctx: mine.as("owner"), input: { userId, role: "viewer" } })).rejects.toMatchObject({ code: "conflict" });
    await expect(removeMember({ ctx: mine.as("owner"), input: { userId } })).rejects.toMatchObject({ code: "conflict" });
    const second = await createTestUser(test.db, mine.workspaceId, "owner");
    const demote = (id: string) => changeRole({ ctx: mine.as("owner"), input: { userId: id, role: "viewer" } });
    const outcomes = await Promise.allSettled([demote(userId), demote(second.userId)]);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  });

  it("are changed by owners alone, who cannot be outdone by a token", async () => {
    for (const role of ["builder", "operator", "viewer"] as const) {
      await expect(addMember({ ctx: team.as(role), input: ann })).rejects.toMatchObject({ code: "forbidden" });
      await expect(changeRole({ ctx: team.as(role), input: { userId: "x", role: "owner" } })).rejects.toMatchObject({ code: "forbidden" });
      await expect(removeMember({ ctx: team.as(role), input: { userId: "x" } })).rejects.toMatchObject({ code: "forbidden" });
    }
    await expect(listMembers({ ctx: team.withScopes([]) })).rejects.toMatchObject({ code: "forbidden" });
    const owner = addMemberSchema.parse({ ...ann, email: "eve@example.com", role: "owner" });
    await expect(addMember({ ctx: team.withScopes(["members:write"]), input: owner })).rejects.toThrow("cannot grant");
  });

  it("of another workspace do not exist", async () => {
    const { actor } = team.as("viewer");
    const userId = actor.type === "user" ? actor.userId : "";
    await expect(changeRole({ ctx: other.as("owner"), input: { userId, role: "owner" } })).rejects.toMatchObject({ code: "not_found" });
    await expect(removeMember({ ctx: other.as("owner"), input: { userId } })).rejects.toMatchObject({ code: "not_found" });
  });

  it.each([
    "a@x.example,b@y.example",
    '"e@evil"@victim.example',
    "ａ@example.com",
    "a@example.com\r\nBcc: b@example.com",
    `${"x".repeat(320)}@example.com`,
  ])("with the address %j are refused", (email) => {
    expect(addMemberSchema.safeParse({ email, role: "viewer" }).success).toBe(false);
  });
});

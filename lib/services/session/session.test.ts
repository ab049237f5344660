import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { templates } from "#lib/graph/templates/templates.ts";
import { newId } from "#lib/shared/ids.ts";
import { listTemplates } from "../templates/index.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { findUserActor, getSession } from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

describe("a session", () => {
  it("shows who one is and what one may do", async () => {
    const session = await getSession({ ctx: team.as("viewer") });
    expect(session).toMatchObject({ role: "viewer", workspace: { id: team.workspaceId }, baseUrl: "http://localhost:3000" });
    expect(session.permissions).toContain("runs:read");
    expect(session.permissions.filter((permission) => permission.endsWith(":write"))).toEqual([]);
  });

  it("is for people, not for tokens", async () => {
    await expect(getSession({ ctx: team.withScopes(["runs:read"]) })).rejects.toMatchObject({ code: "forbidden" });
  });

  it("belongs to members alone", async () => {
    const { actor } = team.as("builder");
    const userId = actor.type === "user" ? actor.userId : "";
    expect(await findUserActor({ db: test.db, userId })).toEqual({ actor, workspaceId: team.workspaceId });
    expect(await findUserActor({ db: test.db, userId: newId() })).toBeNull();
    expect(await findUserActor({ db: test.db, userId: "' OR true --" })).toBeNull();
  });
});

describe("templates", () => {
  it("are shown to everybody who may see workflows", async () => {
    expect((await listTemplates({ ctx: team.as("viewer") })).items.map((template) => template.id)).toEqual(
      templates.map((template) => template.id),
    );
    await expect(listTemplates({ ctx: team.withScopes(["runs:read"]) })).rejects.toMatchObject({ code: "forbidden" });
  });
});

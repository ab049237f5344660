import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import type { Context } from "../context.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import * as views from "./index.ts";

let own: TestDb;
let team: TestTeam;

beforeAll(async () => {
  own = await createTestDb();
  team = await createTestTeam(own.db);
});
afterAll(() => own.drop());

const create = (ctx: Context, input: object) =>
  views.createSavedView({ ctx, input: views.createSavedViewSchema.parse({ screen: "runs", search: "status=failed", ...input }) });
const names = async (ctx: Context) => (await views.listSavedViews({ ctx, input: { screen: "runs" } })).items.map((view) => view.name);

test("one's own views are seen by nobody else, the team's by everybody, and both by name", async () => {
  const [operator, viewer] = [team.as("operator"), team.as("viewer")];
  await create(viewer, { name: "mine" });
  await create(operator, { name: "Ours", shared: true });
  await create(operator, { name: "another's" });
  await create(operator, { name: "Of the inbox", screen: "inbox", shared: true });
  expect(await names(viewer)).toEqual(["mine", "Ours"]);
  expect(await names(operator)).toEqual(["another's", "Ours"]);
  const other = await createTestTeam(own.db);
  expect(await names(other.as("owner"))).toEqual([]);
});

test("who may only read keeps no view for the team, changes none of it, and finds none of somebody else's", async () => {
  const [operator, viewer] = [team.as("operator"), team.as("viewer")];
  const shared = await create(operator, { name: "Shared", shared: true });
  const hidden = await create(operator, { name: "Hidden" });
  await expect(create(viewer, { name: "x", shared: true })).rejects.toMatchObject({ code: "forbidden" });
  await expect(views.changeSavedView({ ctx: viewer, input: { id: shared.id, name: "y" } })).rejects.toMatchObject({ code: "forbidden" });
  await expect(views.deleteSavedView({ ctx: viewer, input: { id: hidden.id } })).rejects.toMatchObject({ code: "not_found" });
  const kept = await create(viewer, { name: "Kept" });
  const toTeam = views.changeSavedView({ ctx: viewer, input: { id: kept.id, shared: true } });
  await expect(toTeam).rejects.toMatchObject({ code: "forbidden" });
});

test("is changed and removed, and each act is recorded with before and after", async () => {
  const ctx = team.as("builder");
  const { id } = await create(ctx, { name: "Night" });
  expect(await views.changeSavedView({ ctx, input: { id, search: "status=canceled", shared: true } })).toMatchObject({
    name: "Night",
    search: "status=canceled",
    shared: true,
    mine: true,
    createdBy: "Test builder",
  });
  await views.deleteSavedView({ ctx, input: { id } });
  expect(await names(ctx)).not.toContain("Night");
  const { rows } = await own.db.pool.query<{ action: string; details: string }>(
    "SELECT action, details FROM audit_log WHERE entity_id = $1 ORDER BY id",
    [id],
  );
  expect(rows.map((row) => row.action)).toEqual(["saved_view.created", "saved_view.changed", "saved_view.deleted"]);
  expect(JSON.parse(rows[1]?.details ?? "{}")).toEqual({
    before: { name: "Night", search: "status=failed", shared: false },
    after: { name: "Night", search: "status=canceled", shared: true },
  });
  expect(views.createSavedViewSchema.safeParse({ screen: "runs", name: "x", search: "a b" }).success).toBe(false);
});

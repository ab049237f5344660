import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { listEvents, listEventsSchema } from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

describe("events", () => {
  it("are listed by trigger and outcome, with the reason of a refusal", async () => {
    const triggerId = newId();
    for (const [outcome, reason] of [
      ["accepted", null],
      ["duplicate", null],
      ["rejected", "signature_invalid"],
    ]) {
      await test.db.pool.query(
        "INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome, reason, data, size) VALUES ($1, $2, $3, $4, $5, $6, '{\"a\":1}', 7)",
        [newId(), team.workspaceId, newId(), triggerId, outcome, reason],
      );
    }
    const list = async (query: object, ctx = team.as("viewer")) => (await listEvents({ ctx, input: listEventsSchema.parse(query) })).items;
    expect((await list({ triggerId })).map((event) => event.outcome)).toEqual(["rejected", "duplicate", "accepted"]);
    expect(await list({ triggerId, outcome: "rejected" })).toMatchObject([{ reason: "signature_invalid", data: { a: 1 }, size: 7 }]);
    expect(await list({ triggerId: newId() })).toEqual([]);
    const other = await createTestTeam(test.db);
    expect(await list({ triggerId }, other.as("owner"))).toEqual([]);
    await expect(list({}, team.withScopes(["issues:read"]))).rejects.toMatchObject({ code: "forbidden" });
    expect(listEventsSchema.safeParse({ outcome: "lost" }).success).toBe(false);
  });
});

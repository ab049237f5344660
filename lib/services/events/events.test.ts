import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import { getEvent, listEvents, listEventsSchema } from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

interface TestEvent {
  triggerId: string;
  workflowId?: string;
  outcome?: string;
  reason?: string | null;
}

/** Ids of one millisecond are in no order, so they are sorted before they are given out: the first event is the oldest. */
async function insertEvents(events: TestEvent[]): Promise<string[]> {
  const ids = events.map(() => newId()).sort();
  for (const [index, { triggerId, workflowId = newId(), outcome = "rejected", reason = null }] of events.entries()) {
    await test.db.pool.query(
      "INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome, reason, data, size) VALUES ($1, $2, $3, $4, $5, $6, '{\"a\":1}', 7)",
      [ids[index], team.workspaceId, workflowId, triggerId, outcome, reason],
    );
  }
  return ids;
}

describe("events", () => {
  it("are listed by trigger and outcome, with the reason of a refusal", async () => {
    const triggerId = newId();
    await insertEvents([
      { triggerId, outcome: "accepted" },
      { triggerId, outcome: "duplicate" },
      { triggerId, outcome: "rejected", reason: "signature_invalid" },
    ]);
    const list = async (query: object, ctx = team.as("viewer")) => (await listEvents({ ctx, input: listEventsSchema.parse(query) })).items;
    expect((await list({ triggerId })).map((event) => event.outcome)).toEqual(["rejected", "duplicate", "accepted"]);
    expect(await list({ triggerId, outcome: "rejected" })).toMatchObject([{ reason: "signature_invalid", data: { a: 1 }, size: 7 }]);
    expect(await list({ triggerId: newId() })).toEqual([]);
    const other = await createTestTeam(test.db);
    expect(await list({ triggerId }, other.as("owner"))).toEqual([]);
    await expect(list({}, team.withScopes(["issues:read"]))).rejects.toMatchObject({ code: "forbidden" });
    expect(listEventsSchema.safeParse({ outcome: "lost" }).success).toBe(false);
  });

  it("are listed by workflow, and by several triggers, page by page", async () => {
    const workflowId = newId();
    const [first, second, third] = [newId(), newId(), newId()];
    const ids = (await insertEvents([first, second, third].map((triggerId) => ({ workflowId, triggerId })))).reverse();
    const list = async (query: object) => listEvents({ ctx: team.as("viewer"), input: listEventsSchema.parse(query) });
    expect((await list({ workflowId })).items.map((event) => event.id)).toEqual(ids);
    expect((await list({ workflowId: newId() })).items).toEqual([]);
    const both = { triggerId: `${first},${second}`, limit: 1 };
    const page = await list(both);
    expect(page).toMatchObject({ items: [{ triggerId: second }], nextCursor: ids[1] });
    expect(await list({ ...both, cursor: page.nextCursor })).toMatchObject({ items: [{ triggerId: first }], nextCursor: null });
    await expect(list({ cursor: "zzz" })).rejects.toMatchObject({ code: "invalid_input" });
    expect(listEventsSchema.safeParse({ triggerId: "no-id" }).success).toBe(false);
  });

  it("are shown one by one, and only to their workspace", async () => {
    const [id = ""] = await insertEvents([{ triggerId: newId() }]);
    expect(await getEvent({ ctx: team.as("viewer"), input: { id } })).toMatchObject({ id, outcome: "rejected", data: { a: 1 } });
    const other = await createTestTeam(test.db);
    await expect(getEvent({ ctx: other.as("owner"), input: { id } })).rejects.toMatchObject({ code: "not_found" });
    await expect(getEvent({ ctx: team.withScopes(["issues:read"]), input: { id } })).rejects.toMatchObject({ code: "forbidden" });
  });
});

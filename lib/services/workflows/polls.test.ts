import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { auditActions, createTestCapabilities, createTestTeam, type TestContext, type TestTeam } from "../testing.ts";
import * as workflows from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  const outbound: TestContext["outbound"] = {
    send: async ({ url }) => {
      const found = url.endsWith("/orders");
      const body = found ? JSON.stringify([{ id: "o-1" }, { id: null }]) : "";
      return { status: found ? 200 : 404, headers: { "content-type": "application/json" }, body, durationMs: 1 };
    },
  };
  team = await createTestTeam(test.db, { ...createTestCapabilities(test.db), outbound });
});
afterAll(() => test.drop());

const documentOf = (config: object = {}) =>
  documentSchema.parse({
    schemaVersion: 1,
    nodes: [
      {
        id: "orders",
        type: "poll",
        name: "New orders",
        config: { request: { url: "https://api.test/orders" }, itemKey: "{{ item.id }}", ...config },
      },
      { id: "keep", type: "set", name: "Keep", config: { values: { id: "{{ trigger.item.id }}" } } },
    ],
    edges: [{ id: "e1", source: "orders", target: "keep" }],
  });

async function made(config: object = {}): Promise<string> {
  const input = workflows.createWorkflowSchema.parse({ name: "Orders", document: documentOf(config) });
  return (await workflows.createWorkflow({ ctx: team.as("builder"), input })).id;
}

const publish = (id: string) => workflows.publishWorkflow({ ctx: team.as("builder"), input: { id, note: "" } });
const pollOf = async (id: string) => (await workflows.getWorkflow({ ctx: team.as("viewer"), input: { id } })).triggers[0];

async function readTo(triggerId: string, cursor: string): Promise<void> {
  await test.db.pool.query("UPDATE poll_state SET cursor = $2, seeded = true, sweep = '{}', failures = 2 WHERE trigger_id = $1", [
    triggerId,
    JSON.stringify(cursor),
  ]);
}

describe("a poll trigger", () => {
  it("is read at once when it is published, and shows how it fares", async () => {
    const id = await made();
    const [trigger] = (await publish(id)).triggers;
    expect(trigger).toMatchObject({
      type: "poll",
      nextFireAt: null,
      poll: { begun: false, failures: 0, lastError: null, lastPolledAt: null },
    });
    expect(Date.parse(trigger?.poll?.nextPollAt ?? "")).toBeLessThanOrEqual(Date.now() + 1_000);
    const backfilled = await made({ backfill: true });
    expect((await publish(backfilled)).triggers[0]?.poll?.begun).toBe(true);
  });

  it("keeps its cursor over a new version, and does not poll while the workflow is paused", async () => {
    const id = await made();
    const [trigger] = (await publish(id)).triggers;
    await readTo(trigger?.id ?? "", "c-7");
    await workflows.saveDraft({ ctx: team.as("builder"), input: { id, revision: 1, document: documentOf({ everyMs: 5_000 }) } });
    await publish(id);
    expect(await pollOf(id)).toMatchObject({ id: trigger?.id, poll: { cursor: "c-7", begun: true } });
    const { rows } = await test.db.pool.query("SELECT sweep FROM poll_state WHERE trigger_id = $1", [trigger?.id]);
    expect(rows).toEqual([{ sweep: null }]);
    await workflows.pauseWorkflow({ ctx: team.as("operator"), input: { id } });
    expect(await pollOf(id)).toMatchObject({ enabled: false, poll: { cursor: "c-7", nextPollAt: null } });
  });

  it.each(["now", "beginning"] as const)("begins anew from %s when a person says so, which is audited", async (from) => {
    const id = await made();
    const [trigger] = (await publish(id)).triggers;
    await readTo(trigger?.id ?? "", "c-7");
    await test.db.pool.query(
      "INSERT INTO event_dedup (trigger_id, key_hash, run_id, event_id, body_hash, expires_at) VALUES ($1, '\\x01', $1, $1, '', now() + interval '1 day')",
      [trigger?.id],
    );
    const reset = workflows.resetPoll({ ctx: team.as("operator"), input: { id, nodeId: "orders", from } });
    expect(await reset).toMatchObject({ poll: { cursor: null, failures: 0, begun: from === "beginning" } });
    const { rows } = await test.db.pool.query(
      "SELECT s.fence::int AS fence, (SELECT count(*)::int FROM event_dedup WHERE trigger_id = $1) AS known FROM poll_state s WHERE trigger_id = $1",
      [trigger?.id],
    );
    expect(rows).toEqual([{ fence: 1, known: from === "beginning" ? 0 : 1 }]);
    expect(await auditActions(test.db, team.workspaceId)).toContain("workflow.poll_reset");
    await expect(workflows.resetPoll({ ctx: team.as("viewer"), input: { id, nodeId: "orders", from } })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(workflows.resetPoll({ ctx: team.as("operator"), input: { id, nodeId: "keep", from } })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("shows a sample of what the draft would see, and keeps nothing of it", async () => {
    const id = await made();
    const sample = await workflows.samplePoll({ ctx: team.as("builder"), input: { id, nodeId: "orders" } });
    expect(sample).toEqual({
      items: [
        { item: { id: "o-1" }, key: "o-1" },
        { item: { id: null }, key: null },
      ],
      count: 2,
      hasMore: false,
      error: null,
    });
    const failing = await made({ request: { url: "https://api.test/nothing" } });
    const failed = await workflows.samplePoll({ ctx: team.as("builder"), input: { id: failing, nodeId: "orders" } });
    expect(failed).toMatchObject({ items: [], error: { code: "http_404", message: "GET api.test answered 404" } });
    const broken = await made({ itemKey: "id" });
    await expect(workflows.samplePoll({ ctx: team.as("builder"), input: { id: broken, nodeId: "orders" } })).rejects.toMatchObject({
      code: "invalid_input",
      problems: [{ path: "itemKey" }],
    });
    expect(
      (await test.db.pool.query("SELECT FROM event_dedup d JOIN workflow_trigger t ON t.id = d.trigger_id WHERE t.workflow_id = $1", [id]))
        .rows,
    ).toEqual([]);
  });
});

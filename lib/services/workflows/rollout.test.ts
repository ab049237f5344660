import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { guardRollouts } from "#lib/runtime/rollout-guard.ts";
import { newId } from "#lib/shared/ids.ts";
import { startRun } from "../runs/index.ts";
import { auditActions, createTestTeam, type TestTeam } from "../testing.ts";
import { smallDocument } from "../testing-rows.ts";
import * as workflows from "./index.ts";

let test: TestDb;
let team: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
});
afterAll(() => test.drop());

const changed = { ...smallDocument, nodes: smallDocument.nodes.map((node) => ({ ...node, name: `${node.name}!` })) };

async function workflowWithTrial(percent: number): Promise<string> {
  const ctx = team.as("builder");
  const input = workflows.createWorkflowSchema.parse({ name: "Flow", document: smallDocument });
  const { id } = await workflows.createWorkflow({ ctx, input });
  await workflows.publishWorkflow({ ctx, input: { id, note: "" } });
  await workflows.saveDraft({ ctx, input: { id, revision: 1, document: changed } });
  expect(await workflows.publishWorkflow({ ctx, input: { id, note: "", rollout: { percent } } })).toMatchObject({ version: 2 });
  return id;
}

const rollOut = (id: string, input: object) =>
  workflows.rollOutWorkflow({ ctx: team.as("operator"), input: { ...workflows.rollOutSchema.parse(input), id } });
const read = (id: string) => workflows.getWorkflow({ ctx: team.as("viewer"), input: { id } });
const rollouts = async (id: string) => (await workflows.listRollouts({ ctx: team.as("viewer"), input: { id } })).items;

async function startVersions(id: string, keys: string[]): Promise<(number | null)[]> {
  const versions: (number | null)[] = [];
  for (const idempotencyKey of keys) {
    const { runId } = await startRun({ ctx: team.as("operator"), input: { id, mode: "live", input: {}, idempotencyKey } });
    const { rows } = await test.db.pool.query<{ version: number }>("SELECT version FROM run WHERE id = $1", [runId]);
    versions.push(rows[0]?.version ?? null);
  }
  return versions;
}

/** Ended runs of a version, as the ledger leaves them. */
async function endRuns(id: string, version: number, count: number, failed: number): Promise<void> {
  const ids = Array.from({ length: count }, () => newId());
  await test.db.pool.query(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, created_at, started_at, finished_at)
     SELECT r.id, $2, $3, v.document_id, $4, CASE WHEN r.no <= $5 THEN 'failed' ELSE 'succeeded' END, 'manual', 'start', r.id, now(), now(), now() + interval '50 ms'
     FROM unnest($1::uuid[]) WITH ORDINALITY AS r (id, no), workflow_version v WHERE v.workflow_id = $3 AND v.version = $4`,
    [ids, team.workspaceId, id, version, failed],
  );
}

const keys = Array.from({ length: 40 }, (_, index) => `order-${index}`);

describe("rolling out a version", () => {
  it("publishes beside the live version, which goes on taking the rest", async () => {
    const id = await workflowWithTrial(50);
    expect(await read(id)).toMatchObject({ liveVersion: 1, rollout: { version: 2, percent: 50, paused: false } });
    const versions = await startVersions(id, keys);
    expect(new Set(versions)).toEqual(new Set([1, 2]));
  });

  it("keeps every item on its version, and a larger share only adds to it", async () => {
    const id = await workflowWithTrial(30);
    const before = await startVersions(id, keys);
    await rollOut(id, { version: 2, percent: 70 });
    const after = await startVersions(
      id,
      keys.map((key) => key),
    );
    // The same key is the same run: asked again it is still on its version.
    expect(after).toEqual(before);
    const { rows } = await test.db.pool.query<{ count: number }>(
      "SELECT count(*)::int FROM workflow_rollout WHERE workflow_id = $1 AND ended_at IS NULL AND percent = 70",
      [id],
    );
    expect(rows[0]?.count).toBe(1);
  });

  it("sends nothing to a version whose trial is paused, and goes on where it was", async () => {
    const id = await workflowWithTrial(99);
    await rollOut(id, { version: 2, percent: 99, paused: true });
    expect(new Set(await startVersions(id, keys.slice(0, 10)))).toEqual(new Set([1]));
    await rollOut(id, { version: 2, percent: 99 });
    expect(await startVersions(id, ["another", "one more"])).toContain(2);
  });

  it("promotes at 100, aborts at 0, and remembers both", async () => {
    const id = await workflowWithTrial(10);
    expect(await rollOut(id, { version: 2, percent: 100 })).toMatchObject({ liveVersion: 2, rollout: null });
    await rollOut(id, { version: 1, percent: 20 });
    expect(await rollOut(id, { version: 1, percent: 0, reason: "worse" })).toMatchObject({ liveVersion: 2, rollout: null });
    const ended = await rollouts(id);
    expect(ended.map(({ version, state, reason }) => ({ version, state, reason }))).toEqual([
      { version: 1, state: "aborted", reason: "worse" },
      { version: 2, state: "promoted", reason: null },
    ]);
    expect(await auditActions(test.db, team.workspaceId)).toContain("workflow.rolled_out");
  });

  it("gives way when another version is made live", async () => {
    const id = await workflowWithTrial(10);
    await workflows.rollBackWorkflow({ ctx: team.as("operator"), input: { id, version: 2 } });
    expect(await read(id)).toMatchObject({ liveVersion: 2, rollout: null });
  });

  it("refuses what makes no sense, by name", async () => {
    const id = await workflowWithTrial(10);
    await expect(rollOut(id, { version: 1, percent: 50 })).rejects.toMatchObject({ code: "conflict" });
    await expect(rollOut(id, { version: 1, percent: 0 })).rejects.toMatchObject({ code: "conflict" });
    await expect(rollOut(id, { version: 9, percent: 50 })).rejects.toMatchObject({ code: "not_found" });
    const first = await workflows.createWorkflow({
      ctx: team.as("builder"),
      input: workflows.createWorkflowSchema.parse({ name: "New", document: smallDocument }),
    });
    const publish = workflows.publishWorkflow({ ctx: team.as("builder"), input: { id: first.id, note: "", rollout: { percent: 10 } } });
    await expect(publish).rejects.toMatchObject({ code: "invalid_input", problems: [{ path: "rollout.percent" }] });
  });
});

describe("the guard", () => {
  const guard = () => guardRollouts({ pool: test.db.pool, logger: pino({ level: "silent" }) });

  it("pauses a version that fails more than the live one, once, and says why; a person decides", async () => {
    const id = await workflowWithTrial(20);
    await endRuns(id, 1, 100, 1);
    await endRuns(id, 2, 19, 19);
    await guard();
    expect(await read(id)).toMatchObject({ rollout: { version: 2 } });
    await endRuns(id, 2, 1, 1);
    await Promise.all([guard(), guard()]);
    const reason = "100 % of 20 runs failed, against 1 % of the live version";
    expect(await read(id)).toMatchObject({ liveVersion: 1, rollout: { version: 2, percent: 20, paused: true, reason } });
    const [paused] = await rollouts(id);
    expect(paused).toMatchObject({ state: "paused", reason, endedAt: null });
    expect(new Set(await startVersions(id, keys))).toEqual(new Set([1]));
    const noted = (await auditActions(test.db, team.workspaceId)).filter((action) => action === "workflow.rollout_paused");
    expect(noted).toHaveLength(1);
    await rollOut(id, { version: 2, percent: 20, guard: { enabled: false } });
    expect(await read(id)).toMatchObject({ rollout: { paused: false, reason: null } });
    await guard();
    expect(await read(id)).toMatchObject({ rollout: { paused: false } });
    expect(await rollOut(id, { version: 2, percent: 0, reason: "worse" })).toMatchObject({ liveVersion: 1, rollout: null });
  });

  it("leaves a good version alone, and one whose guard is off", async () => {
    const good = await workflowWithTrial(20);
    await endRuns(good, 1, 50, 1);
    await endRuns(good, 2, 50, 2);
    const unguarded = await workflowWithTrial(20);
    await rollOut(unguarded, { version: 2, percent: 20, guard: { enabled: false } });
    await endRuns(unguarded, 2, 50, 50);
    await guard();
    const [row] = await rollouts(good);
    expect(row?.comparison.find(({ metric }) => metric === "failureRate")).toEqual({
      metric: "failureRate",
      live: 0.02,
      canary: 0.04,
      allowed: expect.closeTo(0.07),
      verdict: "pass",
    });
    expect(row?.comparison.find(({ metric }) => metric === "p95DurationMs")).toMatchObject({ live: 50, canary: 50, verdict: "pass" });
    expect(await read(good)).toMatchObject({ rollout: { version: 2 } });
    expect(await read(unguarded)).toMatchObject({ rollout: { version: 2 } });
  });
});

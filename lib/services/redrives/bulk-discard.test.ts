import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { advanceRedrive } from "#lib/engine/ledger/redrives.ts";
import { createTestEngine, type SavedDocument, type TestEngine } from "#lib/engine/testing.ts";
import { insertDeadLetters } from "#lib/engine/testing-letters.ts";
import type { Context } from "../context.ts";
import { getIssue } from "../issues/index.ts";
import * as redrives from "./index.ts";

let engine: TestEngine;
let ctx: Context;

beforeAll(async () => {
  engine = await createTestEngine();
  ctx = { actor: { type: "system", job: "test" }, workspaceId: engine.workspaceId, db: engine.db, now: Date.now, requestId: "test" };
});
afterAll(() => engine.stop());

const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "call", type: "http-request", name: "Call", config: { method: "POST", url: "https://api.test/call", body: {} } },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
};

const create = (input: object) => redrives.createRedrive({ ctx, input: redrives.createRedriveSchema.parse(input) });
const get = (id: string) => redrives.getRedrive({ ctx, input: { id } });

/** As workers would, without waiting for the time of its next step. */
async function finish(id: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await advanceRedrive(engine.db.pool, id);
        return (await get(id)).finishedAt;
      },
      { timeout: 30_000, interval: 20 },
    )
    .not.toBeNull();
}

async function statuses(saved: SavedDocument) {
  const text = "SELECT status, count(*)::int AS n FROM dead_letter WHERE workflow_id = $1 GROUP BY status";
  const { rows } = await engine.db.pool.query<{ status: string; n: number }>(text, [saved.workflowId]);
  return Object.fromEntries(rows.map((row) => [row.status, row.n]));
}

describe("a bulk discard", () => {
  test("takes items out of the inbox with its reason, calls nobody, resolves the issue, and is taken back as a whole", async () => {
    const saved = await engine.saveDocument(document);
    const { issueId } = await insertDeadLetters(engine, saved, 1_000);
    const filter = { workflowId: saved.workflowId };
    await engine.db.pool.query(
      "UPDATE dead_letter SET kind = 'unknown_outcome' WHERE id = (SELECT min(id::text)::uuid FROM dead_letter WHERE workflow_id = $1)",
      [saved.workflowId],
    );
    const plan = await redrives.planRedrive({ ctx, input: redrives.planRedriveSchema.parse({ act: "discard", filter }) });
    expect(plan).toMatchObject({ total: 1_000, redrivable: 1_000, obstacles: [] });
    const { id } = await create({ act: "discard", filter, reason: "test orders", name: "Clean-up" });
    await finish(id);
    expect(await get(id)).toMatchObject({
      act: "discard",
      reason: "test orders",
      status: "completed",
      progress: { succeeded: 1_000, failed: 0, skipped: 0 },
    });
    expect(await statuses(saved)).toEqual({ discarded: 1_000 });
    expect(engine.calls).toEqual([]);
    const issue = () => getIssue({ ctx, input: { id: issueId } });
    expect(await issue()).toMatchObject({
      status: "resolved",
      openCount: 0,
      activity: [{ action: "bulk_discarded", details: { redriveId: id, items: 1_000, reason: "test orders" } }],
    });

    const back = await create({ act: "reopen", filter: { redriveId: id } });
    await finish(back.id);
    expect((await get(back.id)).progress).toMatchObject({ total: 1_000, succeeded: 1_000 });
    expect(await statuses(saved)).toEqual({ open: 1_000 });
    expect(await issue()).toMatchObject({ status: "open", openCount: 1_000 });
    expect((await issue()).activity[0]).toMatchObject({ action: "bulk_brought_back" });
  }, 60_000);

  test("is aborted half-way: the rest stays in the inbox, and of what was discarded only what can go on comes back", async () => {
    const saved = await engine.saveDocument(document);
    await insertDeadLetters(engine, saved, 50);
    const { id } = await create({ act: "discard", filter: { workflowId: saved.workflowId }, reason: "x" });
    await advanceRedrive(engine.db.pool, id);
    const { progress } = await get(id);
    expect(progress.succeeded).toBeGreaterThan(0);
    await redrives.changeRedrive({ ctx, input: { id, change: "cancel" } });
    await finish(id);
    const left = 50 - progress.succeeded;
    expect(await statuses(saved)).toEqual({ discarded: progress.succeeded, ...(left > 0 ? { open: left } : {}) });

    await engine.db.pool.query(
      "UPDATE run SET status = 'canceled' WHERE id = (SELECT min(run_id::text)::uuid FROM dead_letter WHERE workflow_id = $1 AND status = 'discarded')",
      [saved.workflowId],
    );
    const plan = await redrives.planRedrive({ ctx, input: redrives.planRedriveSchema.parse({ act: "reopen", filter: { redriveId: id } }) });
    expect(plan).toMatchObject({ redrivable: progress.succeeded - 1, obstacles: [{ items: 1 }] });
    const back = await create({ act: "reopen", filter: { redriveId: id } });
    await finish(back.id);
    expect((await get(back.id)).progress).toMatchObject({ succeeded: progress.succeeded - 1, skipped: 1 });
    expect((await get(back.id)).notable).toMatchObject([{ state: "skipped", reason: "its run can no longer go on from this step" }]);
  }, 60_000);

  test("needs a reason and has no rate; a redrive needs a rate and has no reason", () => {
    const parses = (input: object) => redrives.createRedriveSchema.safeParse({ filter: {}, ...input }).success;
    expect(parses({ act: "discard", reason: "x" })).toBe(true);
    expect(parses({ act: "discard" })).toBe(false);
    expect(parses({ act: "discard", reason: "x", ratePerSecond: 1 })).toBe(false);
    expect(parses({ act: "reopen" })).toBe(true);
    expect(parses({})).toBe(false);
    expect(parses({ ratePerSecond: 1, reason: "x" })).toBe(false);
  });
});

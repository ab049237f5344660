import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#lib/db/db.ts";
import { advanceRedrive } from "#lib/engine/ledger/redrives.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "#lib/engine/testing.ts";
import { insertDeadLetters } from "#lib/engine/testing-letters.ts";
import type { RedriveView } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { writePostMortem } from "../issues/index.ts";
import * as redrives from "./index.ts";

let engine: TestEngine;
let ctx: Context;

beforeAll(async () => {
  engine = await createTestEngine();
  ctx = {
    actor: { type: "system", job: "test" },
    workspaceId: engine.workspaceId,
    db: engine.db,
    now: Date.now,
    requestId: "test",
  };
});
afterAll(() => engine.stop());
beforeEach(async () => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { ok: true }));
  await engine.db.pool.query("UPDATE redrive SET status = 'canceled', finished_at = now() WHERE finished_at IS NULL");
});

/** start → one keyed call. */
const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    {
      id: "call",
      type: "http-request",
      name: "Call",
      config: { method: "POST", url: "https://api.test/call", body: { n: "{{ trigger.body.n }}" } },
      policy: { retry: { maxAttempts: 1 }, breaker: { enabled: false }, idempotency: { effect: "keyed", header: "Idempotency-Key" } },
    },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
};

async function letters(count: number): Promise<SavedDocument> {
  const saved = await engine.saveDocument(document);
  await insertDeadLetters(engine, saved, count);
  return saved;
}

const create = (saved: SavedDocument, input: object) =>
  redrives.createRedrive({ ctx, input: redrives.createRedriveSchema.parse({ filter: { workflowId: saved.workflowId }, ...input }) });
const get = (id: string) => redrives.getRedrive({ ctx, input: { id } });
const change = (id: string, to: "pause" | "resume" | "cancel") => redrives.changeRedrive({ ctx, input: { id, change: to } });

function sumOf({ progress: p }: RedriveView): number {
  return p.waiting + p.running + p.succeeded + p.failed + p.skipped;
}

async function until(id: string, done: (view: RedriveView) => boolean): Promise<RedriveView> {
  let view = await get(id);
  await expect
    .poll(
      async () => {
        view = await get(id);
        expect(sumOf(view)).toBe(view.progress.total);
        return done(view);
      },
      { timeout: 90_000, interval: 50 },
    )
    .toBe(true);
  return view;
}

const openLetters = async (saved: SavedDocument) => {
  const { rows } = await engine.db.pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM dead_letter WHERE workflow_id = $1 AND status = 'open'",
    [saved.workflowId],
  );
  return rows[0]?.n ?? 0;
};

const keysSent = () => engine.calls.map((call) => call.headers["Idempotency-Key"]);
const numbersSent = () => engine.calls.map((call) => JSON.parse(call.body ?? "{}").n as number);

describe("a bulk redrive", () => {
  test("scenario 90: 10,000 dead letters, redriven at a rate and canceled: oldest first, velocity kept, live traffic first, no key doubled", async () => {
    const total = 10_000;
    const rate = 250;
    const saved = await letters(total);
    const times: number[] = [];
    engine.onCall(() => {
      times.push(performance.now());
      return answer(200, { ok: true });
    });
    const worker = await engine.startWorker();
    const { id } = await create(saved, { ratePerSecond: rate });
    await until(id, ({ progress }) => progress.succeeded >= 500);
    // An event that comes in live meanwhile does not wait for the 9,000 before it.
    const live = await engine.run(saved, { n: "live" });
    expect(live.status).toBe("succeeded");
    expect((await get(id)).progress.waiting).toBeGreaterThan(1_000);

    await change(id, "cancel");
    const ended = await until(id, ({ progress }) => progress.running === 0);
    await engine.stopWorker(worker);
    const { succeeded, skipped, failed } = ended.progress;
    expect(ended.status).toBe("canceled");
    expect(succeeded).toBeGreaterThanOrEqual(500);
    expect({ failed, sum: succeeded + skipped }).toEqual({ failed: 0, sum: total });
    // What was not released is in the inbox as before; what was has left it because its replay succeeded.
    expect(await openLetters(saved)).toBe(skipped);
    // Oldest first: exactly the first ones were called, each once and each under a key of its own.
    const numbers = numbersSent().filter((n) => typeof n === "number");
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: succeeded }, (_, i) => i + 1));
    expect(new Set(keysSent()).size).toBe(engine.calls.length);
    // Velocity, as the remote saw it: in no span of time more than the rate, and a second's worth that may be made up for.
    for (const [from, start] of times.entries()) {
      const within = times.slice(from).filter((at) => at - start <= 2_000).length;
      expect(within).toBeLessThanOrEqual(rate * 3 + 50);
    }
  }, 120_000);

  test("lets live events go before what it has released", async () => {
    const saved = await letters(60);
    const { id } = await create(saved, { ratePerSecond: 1_000 });
    for (let i = 0; i < 40; i++) await advanceRedrive(engine.db.pool, id);
    expect((await get(id)).progress.running).toBe(60);
    const live = await Promise.all(Array.from({ length: 20 }, (_, n) => engine.accept(saved, { n: `live ${n}` })));
    const worker = await engine.startWorker();
    for (const { runId } of live) await untilEnd(engine, runId);
    await until(id, ({ status }) => status === "completed");
    await engine.stopWorker(worker);
    const { rows } = await engine.db.pool.query<{ live: boolean }>(
      "SELECT r.redrive_count = 0 AS live FROM run r WHERE r.workflow_id = $1 ORDER BY (SELECT min(sent_at) FROM attempt a WHERE a.run_id = r.id)",
      [saved.workflowId],
    );
    // The worker has 20 under way at a time, so a few places of the first 40 may be swapped; behind all 60 none of the live ones is.
    expect(rows.slice(0, 40).filter((row) => row.live)).toHaveLength(20);
  }, 60_000);

  test("releases each item once, however often whoever does it is cut off", async () => {
    const saved = await letters(400);
    const { id } = await create(saved, { ratePerSecond: 1_000 });
    const victims = openDb({ url: engine.url, applicationName: "victim", maxConnections: 4 });
    const kill =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND datname = current_database()";
    let killed = 0;
    const cutOff = async () => {
      while (killed < 60 && (await get(id)).progress.waiting > 0) {
        await sleep(Math.random() * 20); // chance decides in which statement it hits
        const { rowCount } = await engine.db.pool.query(kill);
        killed += rowCount ?? 0;
      }
    };
    const advance = async () => {
      while ((await get(id)).progress.waiting > 0) await advanceRedrive(victims.pool, id).catch(() => undefined);
    };
    await Promise.all([cutOff(), advance(), advance(), advance()]);
    await victims.close();
    expect(killed).toBeGreaterThan(0);
    const { rows } = await engine.db.pool.query<{ redrive_count: number; jobs: number }>(
      `SELECT r.redrive_count, (SELECT count(*)::int FROM graphile_worker._private_jobs j WHERE j.key = 'run:' || r.id) AS jobs
       FROM run r WHERE r.workflow_id = $1`,
      [saved.workflowId],
    );
    expect(rows).toHaveLength(400);
    expect(rows.filter((row) => row.redrive_count !== 1 || row.jobs !== 1)).toEqual([]);
    expect((await get(id)).progress).toMatchObject({ total: 400, running: 400 });
    const worker = await engine.startWorker();
    await until(id, ({ status }) => status === "completed");
    await engine.stopWorker(worker);
    expect(new Set(keysSent()).size).toBe(400);
    expect(engine.calls).toHaveLength(400);
  }, 90_000);

  test("goes on by itself in another worker, pauses and resumes, and counts what fails again, which stays in the inbox", async () => {
    const saved = await letters(30);
    engine.onCall((request) => answer(JSON.parse(request.body ?? "{}").n % 3 === 0 ? 422 : 200, {}));
    const { id } = await create(saved, { ratePerSecond: 15 });
    const first = await engine.startWorker();
    await until(id, ({ progress }) => progress.succeeded > 0);
    await engine.stopWorker(first);
    await change(id, "pause");
    await expect(change(id, "pause")).rejects.toMatchObject({ code: "conflict" });
    const second = await engine.startWorker();
    const paused = await until(id, ({ progress }) => progress.running === 0);
    await change(id, "resume");
    const ended = await until(id, ({ status }) => status === "completed");
    await engine.stopWorker(second);
    expect(paused.progress.waiting).toBeGreaterThanOrEqual(ended.progress.waiting);
    expect(ended.progress).toEqual({ total: 30, waiting: 0, running: 0, succeeded: 20, failed: 10, skipped: 0 });
    expect(await openLetters(saved)).toBe(10);
    expect(numbersSent()).toHaveLength(30);
    expect((await get(id)).notable).toHaveLength(10);
    await expect(change(id, "cancel")).rejects.toMatchObject({ code: "conflict" });
  }, 60_000);

  test("asks a person when its canary fails, before it goes any further", async () => {
    const saved = await letters(20);
    engine.onCall(() => answer(422, {}));
    const { id } = await create(saved, { ratePerSecond: 1_000, canary: 2 });
    const worker = await engine.startWorker();
    const asked = await until(id, ({ status }) => status === "paused");
    expect(asked).toMatchObject({ statusReason: "canary_failed", progress: { failed: 2, waiting: 18 } });
    engine.onCall(() => answer(200, {}));
    await change(id, "resume");
    expect((await until(id, ({ status }) => status === "completed")).progress).toMatchObject({ succeeded: 18, failed: 2 });
    await engine.stopWorker(worker);
  }, 60_000);

  test("takes the newest first where it is asked to, in its plan as well as in its canary", async () => {
    const saved = await letters(20);
    engine.onCall(() => answer(422, {}));
    const input = redrives.planRedriveSchema.parse({ filter: { workflowId: saved.workflowId }, order: "newest" });
    expect(await redrives.planRedrive({ ctx, input })).toMatchObject({ total: 20, order: "newest" });
    const { id, order } = await create(saved, { ratePerSecond: 1_000, canary: 2, order: "newest" });
    expect(order).toBe("newest");
    const worker = await engine.startWorker();
    await until(id, ({ status }) => status === "paused");
    await engine.stopWorker(worker);
    expect(numbersSent().toSorted((a, b) => b - a)).toEqual([20, 19]);
    expect(redrives.createRedriveSchema.safeParse({ filter: {}, ratePerSecond: 1, order: "any" }).success).toBe(false);
  }, 60_000);

  test("skips unknown outcomes and what is no longer open, each with the reason", async () => {
    const saved = await letters(4);
    const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE workflow_id = $1 ORDER BY id", [
      saved.workflowId,
    ]);
    const [unknown, discarded, canceled] = rows.map((row) => row.id);
    await engine.db.pool.query("UPDATE dead_letter SET kind = 'unknown_outcome' WHERE id = $1", [unknown]);
    const plan = await redrives.planRedrive({
      ctx,
      input: { act: "redrive", filter: { workflowId: saved.workflowId }, ratePerSecond: 1, order: "oldest" },
    });
    expect(plan).toMatchObject({
      total: 4,
      redrivable: 3,
      estimatedMs: 2_000,
      limitedBy: "rate",
      obstacles: [{ reason: "its outcome is unknown: decide it", items: 1 }],
      groups: [
        { nodeId: "call", kind: "permanent", items: 3 },
        { nodeId: "call", kind: "unknown_outcome", items: 1 },
      ],
    });
    const { id } = await create(saved, { ratePerSecond: 1_000 });
    await engine.db.pool.query("UPDATE dead_letter SET status = 'discarded' WHERE id = $1", [discarded]);
    await engine.db.pool.query("UPDATE run SET status = 'canceled' WHERE id = (SELECT run_id FROM dead_letter WHERE id = $1)", [canceled]);
    const worker = await engine.startWorker();
    const ended = await until(id, ({ status }) => status === "completed");
    await engine.stopWorker(worker);
    expect(ended.progress).toMatchObject({ succeeded: 1, skipped: 3 });
    const reasons = new Map((await get(id)).notable.map((item) => [item.deadLetterId, item.reason]));
    expect(reasons.get(unknown ?? "")).toBe("its outcome is unknown: decide it");
    expect(reasons.get(discarded ?? "")).toBe("no longer open");
    expect(reasons.get(canceled ?? "")).toBe("its run cannot go on from this step");
  }, 60_000);

  test("changes each input as its edit says, shows that beforehand on three, and skips what cannot be changed so", async () => {
    const saved = await letters(5);
    const { pool } = engine.db;
    await pool.query("UPDATE dead_letter l SET input = s.input FROM step s WHERE s.id = l.step_id AND l.workflow_id = $1", [
      saved.workflowId,
    ]);
    const { rows } = await pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE workflow_id = $1 ORDER BY event_at", [
      saved.workflowId,
    ]);
    const odd = rows.at(-1)?.id ?? "";
    await pool.query(`UPDATE dead_letter SET input = '{"url":"https://api.test/call"}' WHERE id = $1`, [odd]);
    const edit = { path: "body.n", value: "{{ item.body.n + 1000 }}" };
    const input = redrives.planRedriveSchema.parse({ filter: { workflowId: saved.workflowId }, edit });
    const { samples } = await redrives.planRedrive({ ctx, input });
    expect(samples).toMatchObject([1, 2, 3].map((n) => ({ before: { body: { n } }, after: { body: { n: n + 1000 } }, problem: null })));

    const newest = await redrives.planRedrive({ ctx, input: { ...input, order: "newest" } });
    expect(newest.samples).toMatchObject([
      { problem: "it has no body.n: there is no body" },
      { before: { body: { n: 4 } } },
      { before: { body: { n: 3 } } },
    ]);

    const { id } = await create(saved, { ratePerSecond: 1_000, edit });
    const worker = await engine.startWorker();
    await until(id, ({ status }) => status === "completed");
    await engine.stopWorker(worker);
    expect((await get(id)).progress).toMatchObject({ succeeded: 4, skipped: 1 });
    expect((await get(id)).notable).toMatchObject([{ deadLetterId: odd, reason: "it has no body.n: there is no body" }]);
    expect(numbersSent().toSorted((a, b) => a - b)).toEqual([1_001, 1_002, 1_003, 1_004]);
    const kept = await pool.query<{ input: string; edited_input: string }>(
      "SELECT input, edited_input FROM dead_letter WHERE workflow_id = $1 AND status = 'resolved' ORDER BY event_at LIMIT 1",
      [saved.workflowId],
    );
    expect(JSON.parse(kept.rows[0]?.input ?? "")).toMatchObject({ body: { n: 1 } });
    expect(JSON.parse(kept.rows[0]?.edited_input ?? "")).toMatchObject({ body: { n: 1_001 } });
    expect(redrives.createRedriveSchema.safeParse({ filter: {}, ratePerSecond: 1, edit: { path: "a..b", value: 1 } }).success).toBe(false);
  }, 60_000);

  test("is named in the post-mortem of its issue, which says how much of a long story it leaves out", async () => {
    const saved = await letters(1);
    await create(saved, { ratePerSecond: 1, name: "Ledger incident" });
    const { id } = await create(saved, { ratePerSecond: 1 });
    const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM issue WHERE workflow_id = $1", [saved.workflowId]);
    const issue = rows[0]?.id ?? "";
    const story = () => writePostMortem({ ctx, input: { id: issue } });
    expect(await story()).toMatch(/bulk redriven \(items 1, as Ledger incident\)\n.*\(items 1, as bulk redrive of [-0-9]+ [:0-9]+ UTC\)/);
    expect(await story()).not.toContain(id);
    await engine.db.pool.query(
      `INSERT INTO issue_activity (id, issue_id, workspace_id, at, actor_type, actor_id, action)
       SELECT gen_random_uuid(), $1, $2, now() + n * interval '1 second', 'system', 'test', 'noted' FROM generate_series(1, 203) AS n`,
      [issue, engine.workspaceId],
    );
    expect(await story()).toMatch(/first seen\n- … 5 more lines between, not listed here: the newest 200 follow\n/);
  });

  test("is refused when nothing matches and when ten are under way, and tells its issues and the audit log who did it", async () => {
    const saved = await letters(1);
    await expect(create(saved, { filter: { nodeId: "none" }, ratePerSecond: 1 })).rejects.toMatchObject({ code: "invalid_input" });
    for (let i = 0; i < 10; i++) await create(saved, { ratePerSecond: 1 });
    await expect(create(saved, { ratePerSecond: 1 })).rejects.toMatchObject({ code: "conflict" });
    const { rows } = await engine.db.pool.query(
      "SELECT a.action, a.actor_id FROM issue_activity a JOIN issue i ON i.id = a.issue_id WHERE i.workflow_id = $1",
      [saved.workflowId],
    );
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual({ action: "bulk_redriven", actor_id: "test" });
    const audit = await engine.db.pool.query(
      "SELECT count(*)::int AS n FROM audit_log WHERE action = 'redrive.created' AND entity_type = 'redrive'",
    );
    expect(audit.rows[0].n).toBeGreaterThanOrEqual(10);
    expect(redrives.createRedriveSchema.safeParse({ filter: {}, ratePerSecond: 0 }).success).toBe(false);
  });

  test("of another workspace does not exist", async () => {
    const saved = await letters(1);
    const { id } = await create(saved, { ratePerSecond: 1 });
    const other = { ...ctx, workspaceId: saved.workflowId };
    await expect(redrives.getRedrive({ ctx: other, input: { id } })).rejects.toMatchObject({ code: "not_found" });
    await expect(redrives.changeRedrive({ ctx: other, input: { id, change: "cancel" } })).rejects.toMatchObject({ code: "not_found" });
    expect((await redrives.listRedrives({ ctx: other, input: { limit: 10 } })).items).toEqual([]);
    expect((await redrives.listRedrives({ ctx, input: { limit: 1 } })).items.map((item) => item.id)).toEqual([id]);
  });
});

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { Admission } from "./ledger/admission.ts";
import { releaseArrival } from "./ledger/arrivals.ts";
import { cancelRun } from "./ledger/commands.ts";
import { Intake } from "./ledger/intake.ts";
import { createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

/* What becomes of events that come fast: against the real intake, and a worker where a run is to start. */

let engine: TestEngine;
/** A second process that takes in events. */
let other: Intake;

beforeAll(async () => {
  engine = await createTestEngine();
  other = new Intake({ pool: engine.db.pool });
  await engine.startWorker();
});
afterAll(() => engine.stop());

const hourMs = 3_600_000;

function save(arrivals: object, settings: object = {}): Promise<SavedDocument> {
  return engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "seen", type: "set", name: "Seen", config: { values: { saw: "{{ trigger }}" } } },
    ],
    edges: [{ id: "e1", source: "start", target: "seen" }],
    settings: { ...settings, arrivals },
  });
}

interface Run {
  id: string;
  status: string;
  data: JsonValue;
}

async function runsOf(saved: SavedDocument): Promise<Run[]> {
  const { rows } = await engine.db.pool.query<{ id: string; status: string; data: string }>(
    `SELECT r.id, r.status, coalesce(e.data, p.body) AS data FROM run r JOIN event e ON e.id = r.event_id LEFT JOIN payload p ON p.id = e.data_ref
     WHERE r.workflow_id = $1 ORDER BY r.id`,
    [saved.workflowId],
  );
  return rows.map(({ data, ...run }) => ({ ...run, data: JSON.parse(data) }));
}

async function outcomes(saved: SavedDocument): Promise<Record<string, number>> {
  const { rows } = await engine.db.pool.query<{ outcome: string; n: number }>(
    "SELECT outcome, count(*)::int AS n FROM event WHERE workflow_id = $1 AND reason IS DISTINCT FROM 'batch' GROUP BY 1 ORDER BY 1",
    [saved.workflowId],
  );
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]));
}

/** As if that much time had gone by for what a workflow gathers. */
async function passTime(saved: SavedDocument, ms: number): Promise<void> {
  await engine.db.pool.query(
    `UPDATE arrival SET due_at = due_at - $2::int * interval '1 millisecond',
       state = jsonb_set(jsonb_set(state::jsonb, '{dueAtMs}', to_jsonb((state::jsonb ->> 'dueAtMs')::float8 - $2)),
         '{openedAtMs}', to_jsonb((state::jsonb ->> 'openedAtMs')::float8 - $2))::text
     WHERE workflow_id = $1 AND control = 'gather' AND state IS NOT NULL`,
    [saved.workflowId, ms],
  );
}

async function releaseAll(saved: SavedDocument): Promise<void> {
  const { rows } = await engine.db.pool.query("SELECT run_id FROM arrival WHERE workflow_id = $1 AND run_id IS NOT NULL", [
    saved.workflowId,
  ]);
  for (const { run_id } of rows) await releaseArrival(engine.db.pool, run_id);
}

const accept = (saved: SavedDocument, body: JsonValue, options: { dedupeKey?: string; triggerType?: string } = {}) =>
  engine.accept(saved, body, options);

describe("a debounce", () => {
  test("scenario 19: given a debounce of 10 s with a cap of 60 s and an event every 5 s, when 60 s passed, then one run with the last event", async () => {
    // A second of the scenario takes a thousand here, beside which those of the test are nothing.
    const second = 1_000_000;
    const saved = await save({ debounce: { periodMs: 10 * second, timeoutMs: 60 * second } });
    const runs = new Set<string>();
    for (let n = 0; n < 12; n++) {
      if (n > 0) await passTime(saved, 5 * second);
      runs.add((await accept(saved, { n })).runId);
      await releaseAll(saved);
      expect((await runsOf(saved)).map(({ status }) => status)).toEqual(["queued"]);
    }
    await passTime(saved, 5 * second);
    await releaseAll(saved);
    const [runId = ""] = runs;
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
    expect(await runsOf(saved)).toEqual([{ id: runId, status: "succeeded", data: { body: { n: 11 } } }]);
    expect(await outcomes(saved)).toEqual({ accepted: 1, superseded: 11 });
    expect((await accept(saved, { n: 12 })).runId).not.toBe(runId);
  });

  test("its timer lets the run go, and no sooner than the last event asks", async () => {
    const saved = await save({ debounce: { periodMs: 300, timeoutMs: 5_000 } });
    const [first, second] = await Promise.all([accept(saved, { n: 1 }), accept(saved, { n: 2 })]);
    expect(second.runId).toBe(first.runId);
    await untilEnd(engine, first.runId);
    const { rows } = await engine.db.pool.query(
      "SELECT r.started_at - e.received_at >= interval '300 milliseconds' AS waited FROM run r JOIN event e ON e.id = r.event_id WHERE r.id = $1",
      [first.runId],
    );
    expect(rows).toEqual([{ waited: true }]);
  });

  test("fifty events at once for a key: one run, of the last; through two processes also", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs, key: "{{ trigger.body.key }}" } });
    const fifty = (key: string, through: (n: number) => Intake) =>
      Array.from({ length: 50 }, (_, n) => engine.accept(saved, { key, n }, { through: through(n) }));
    const taken = await Promise.all([
      ...fifty("one", () => engine.intake),
      ...fifty("other", () => other),
      ...fifty("both", (n) => (n % 2 === 0 ? engine.intake : other)),
    ]);
    expect(new Set(taken.map(({ runId }) => runId)).size).toBe(3);
    const seen = (await runsOf(saved)).map(({ data }) => (data as { body: { key: string; n: number } }).body);
    expect(seen).toHaveLength(3);
    expect(seen).toContainEqual({ key: "one", n: 49 });
    expect(seen).toContainEqual({ key: "other", n: 49 });
    expect(await outcomes(saved)).toEqual({ accepted: 3, superseded: 147 });
  });

  test("a repeat of an event that was superseded is a repeat", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs } });
    const { runId } = await accept(saved, { n: 1 }, { dedupeKey: "one" });
    await accept(saved, { n: 2 }, { dedupeKey: "two" });
    expect(await accept(saved, { n: 1 }, { dedupeKey: "one" })).toMatchObject({ runId, duplicate: true, conflicting: false });
    expect(await accept(saved, { n: 9 }, { dedupeKey: "two" })).toMatchObject({ runId, duplicate: true, conflicting: true });
    expect((await runsOf(saved)).map(({ data }) => data)).toEqual([{ body: { n: 2 } }]);
    expect(await outcomes(saved)).toEqual({ accepted: 1, duplicate: 2, superseded: 1 });
  });

  test("a held run can be canceled, and the next event makes another", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs } });
    const { runId } = await accept(saved, { n: 1 });
    await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "canceled" });
    const next = await accept(saved, { n: 2 });
    expect(next.runId).not.toBe(runId);
    expect((await runsOf(saved)).map(({ status }) => status)).toEqual(["canceled", "queued"]);
  });

  test("what is overdue is let go by the next event, whose run waits anew", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs } });
    const { runId } = await accept(saved, { n: 1 });
    await passTime(saved, hourMs);
    const next = await accept(saved, { n: 2 });
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
    expect((await runsOf(saved)).map(({ status }) => status)).toEqual(["succeeded", "queued"]);
    expect(next.runId).not.toBe(runId);
  });

  test("a timer that was lost is found", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs } });
    const { runId } = await accept(saved, { n: 1 });
    await engine.db.pool.query("SELECT graphile_worker.remove_job($1)", [`arrival:${runId}`]);
    await passTime(saved, hourMs + 20_000);
    await new Admission({ pool: engine.db.pool }).heal();
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  });

  test("the workflow's order and limit hold for it once it goes", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs } }, { orderBy: "{{ trigger.body.k }}", concurrency: 1 });
    const { runId } = await accept(saved, { k: "old" });
    await accept(saved, { k: "new" });
    const { rows } = await engine.db.pool.query("SELECT state, order_key, run_limit FROM run_gate WHERE run_id = $1", [runId]);
    expect(rows).toEqual([{ state: "gathering", order_key: "new", run_limit: 1 }]);
    await passTime(saved, hourMs);
    await releaseAll(saved);
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  });

  test("an event without its key is kept: its run starts and asks a person, and tests never wait", async () => {
    const saved = await save({ debounce: { periodMs: hourMs, timeoutMs: hourMs, key: "{{ trigger.body.id }}" } });
    const kept = await accept(saved, {}, { triggerType: "webhook" });
    expect(await untilEnd(engine, kept.runId)).toMatchObject({ status: "failed" });
    const { rows } = await engine.db.pool.query("SELECT error FROM dead_letter WHERE run_id = $1", [kept.runId]);
    expect(rows[0]?.error).toContain("settings.arrivals.debounce.key {{ trigger.body.id }}");
    const tried = await engine.accept(saved, { id: 1 }, { mode: "test" });
    expect(await untilEnd(engine, tried.runId)).toMatchObject({ status: "succeeded" });
    const replayed = await engine.accept(saved, {}, { triggerType: "webhook", keys: { as: "new" } });
    expect(await untilEnd(engine, replayed.runId)).toMatchObject({ status: "succeeded" });
  });
});

describe("a batch", () => {
  test("95 events in batches of ten: nine full ones go at once, the rest when its time comes, every event in one of them, in order", async () => {
    const saved = await save({ batch: { maxSize: 10, timeoutMs: hourMs } });
    const both = [engine.intake, other];
    await Promise.all(
      Array.from({ length: 95 }, (_, n) => {
        const through = both[n % 2];
        return engine.accept(saved, { n }, through ? { through } : {});
      }),
    );
    await vi.waitFor(
      async () => expect((await runsOf(saved)).map(({ status }) => status).sort()).toEqual(["queued", ...Array(9).fill("succeeded")]),
      { timeout: 15_000 },
    );
    await passTime(saved, hourMs);
    await releaseAll(saved);
    const last = (await runsOf(saved)).find(({ status }) => status === "queued");
    if (last) await untilEnd(engine, last.id);
    const items = (await runsOf(saved)).map(({ data }) => (data as { items: { body: { n: number } }[] }).items);
    expect(items.map(({ length }) => length).sort((a, b) => a - b)).toEqual([5, ...Array(9).fill(10)]);
    expect(
      items
        .flat()
        .map(({ body }) => body.n)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 95 }, (_, n) => n));
    expect(await outcomes(saved)).toEqual({ batched: 95 });
    const { rows } = await engine.db.pool.query("SELECT count(*)::int AS n FROM arrival_item");
    expect(rows).toEqual([{ n: 0 }]);
  });

  test("a batch whose text is large is kept apart from its event", async () => {
    const saved = await save({ batch: { maxSize: 2, timeoutMs: hourMs } });
    const text = "x".repeat(40_000);
    const { runId } = await accept(saved, { n: 1, text });
    await accept(saved, { n: 2, text });
    expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
    expect(await runsOf(saved)).toMatchObject([{ data: { items: [{ body: { n: 1 } }, { body: { n: 2, text } }] } }]);
  });

  test("a canceled batch shows what it had gathered", async () => {
    const saved = await save({ batch: { maxSize: 10, timeoutMs: hourMs } });
    const { runId } = await accept(saved, { n: 1 });
    await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
    await untilEnd(engine, runId);
    await accept(saved, { n: 2 });
    expect((await runsOf(saved))[0]).toEqual({ id: runId, status: "canceled", data: { items: [{ body: { n: 1 } }] } });
  });
});

describe("a drop-limit", () => {
  test("lets through what it allows, whoever takes the events in, and tells the others which run stands for them", async () => {
    const saved = await save({ limit: { limit: 5, perMs: hourMs, key: "{{ trigger.body.key }}" } });
    const both = [engine.intake, other];
    const taken = await Promise.all(
      Array.from({ length: 40 }, (_, n) => {
        const through = both[n % 2];
        return engine.accept(saved, { key: n % 4 < 2 ? "a" : "b", n }, through ? { through } : {});
      }),
    );
    const dropped = taken.filter((each) => each.dropped === "limit");
    expect(dropped).toHaveLength(30);
    expect(await outcomes(saved)).toEqual({ accepted: 10, dropped: 30 });
    const runs = new Set((await runsOf(saved)).map(({ id }) => id));
    expect(runs.size).toBe(10);
    expect(dropped.every(({ runId }) => runs.has(runId))).toBe(true);
  });

  test("a repeat of a dropped event is a repeat, not a second chance", async () => {
    const saved = await save({ limit: { limit: 1, perMs: hourMs } });
    const { runId } = await accept(saved, { n: 1 });
    expect(await accept(saved, { n: 2 }, { dedupeKey: "two" })).toMatchObject({ runId, duplicate: false, dropped: "limit" });
    await engine.db.pool.query("UPDATE arrival SET state = '[]' WHERE workflow_id = $1", [saved.workflowId]);
    expect(await accept(saved, { n: 2 }, { dedupeKey: "two" })).toMatchObject({ runId, duplicate: true });
    expect(await runsOf(saved)).toHaveLength(1);
  });
});

describe("a singleton", () => {
  const waiting = (mode: string) =>
    engine.saveDocument({
      schemaVersion: 1,
      nodes: [
        { id: "start", type: "manual", name: "Start" },
        { id: "wait", type: "delay", name: "Wait", config: { forMs: hourMs } },
      ],
      edges: [{ id: "e1", source: "start", target: "wait" }],
      settings: { arrivals: { singleton: { mode, key: "{{ trigger.body.key }}" } } },
    });

  test("skips a new event while a run of its key goes, and no longer", async () => {
    const saved = await waiting("skip-new");
    const first = await accept(saved, { key: "a" });
    const skipped = await Promise.all([accept(saved, { key: "a" }), accept(saved, { key: "a" })]);
    expect(skipped).toMatchObject([
      { runId: first.runId, dropped: "singleton" },
      { runId: first.runId, dropped: "singleton" },
    ]);
    expect((await accept(saved, { key: "b" })).dropped).toBeUndefined();
    await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId: first.runId });
    await untilEnd(engine, first.runId);
    expect((await accept(saved, { key: "a" })).dropped).toBeUndefined();
    expect(await outcomes(saved)).toEqual({ accepted: 3, dropped: 2 });
  });

  test("or lets the run that goes give way, and its event says why", async () => {
    const saved = await waiting("cancel-running");
    const runs = await Promise.all([1, 2, 3].map((n) => accept(saved, { key: "a", n })));
    const newest = await accept(saved, { key: "a", n: 4 });
    for (const { runId } of runs) expect(await untilEnd(engine, runId)).toMatchObject({ status: "canceled" });
    const { rows } = await engine.db.pool.query("SELECT run_id FROM event WHERE workflow_id = $1 AND reason IS NULL", [saved.workflowId]);
    expect(rows).toEqual([{ run_id: newest.runId }]);
  });
});

test("when the store fails, nothing of an event is kept, and it can be sent again", async () => {
  const saved = await save({ batch: { maxSize: 3, timeoutMs: hourMs } });
  await accept(saved, { n: 1 });
  await engine.db.pool.query("ALTER TABLE arrival_item ADD CONSTRAINT broken CHECK (place <> 2)");
  await expect(accept(saved, { n: 2 }, { dedupeKey: "two" })).rejects.toThrow();
  await engine.db.pool.query("ALTER TABLE arrival_item DROP CONSTRAINT broken");
  expect(await outcomes(saved)).toEqual({ batched: 1 });
  expect(await accept(saved, { n: 2 }, { dedupeKey: "two" })).toMatchObject({ duplicate: false });
  const { runId } = await accept(saved, { n: 3 });
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect((await runsOf(saved))[0]?.data).toEqual({ items: [1, 2, 3].map((n) => ({ body: { n } })) });
});

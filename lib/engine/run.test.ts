import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { answer, createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
  engine.onCall(() => answer(200, { ok: true }));
});

const fast = { initialMs: 1, maxMs: 5 };

/** start → call → after, where `after` sees the call's output. */
function callDocument(policy: object = {}, method = "POST") {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "call",
        type: "http-request",
        name: "Call",
        config: { method, url: "https://api.test/things", body: { id: "{{ trigger.body.id }}" } },
        policy: { retry: fast, ...policy },
      },
      { id: "after", type: "set", name: "After", config: { values: { got: "{{ steps.call.output.ok }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "call" },
      { id: "e2", source: "call", target: "after" },
    ],
  };
}

async function steps(runId: string) {
  const { rows } = await engine.db.pool.query<{
    node_id: string;
    status: string;
    output: string | null;
    attempts: number;
    error: string | null;
  }>("SELECT node_id, status, output, attempts, error FROM step WHERE run_id = $1", [runId]);
  return Object.fromEntries(rows.map((row) => [row.node_id, row]));
}

async function deadLetters(saved: SavedDocument) {
  const { rows } = await engine.db.pool.query<{ id: string; kind: string; status: string; run_id: string }>(
    "SELECT id, kind, status, run_id FROM dead_letter WHERE workflow_id = $1",
    [saved.workflowId],
  );
  return rows;
}

test("a run goes through its steps and keeps what each gave", async () => {
  const saved = await engine.saveDocument(callDocument());
  const ended = await engine.run(saved, { id: 7 });
  expect(ended).toMatchObject({ status: "succeeded", error: null });
  expect(engine.calls).toHaveLength(1);
  const byNode = await steps(ended.runId);
  expect(byNode.after).toMatchObject({ status: "succeeded", output: '{"got":true}' });
  expect(byNode.call).toMatchObject({ status: "succeeded", attempts: 1 });
});

test("a keyed call answered 503 is tried again under the same key until it succeeds", async () => {
  const saved = await engine.saveDocument(callDocument({ idempotency: { key: "{{ trigger.body.id }}", header: "Idempotency-Key" } }));
  engine.onCall(() => (engine.calls.length < 3 ? answer(503, {}) : answer(200, { ok: true })));
  const ended = await engine.run(saved, { id: "a" });
  expect(ended.status).toBe("succeeded");
  expect(engine.calls).toHaveLength(3);
  expect(new Set(engine.calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(1);
  expect(engine.calls[0]?.headers["Idempotency-Key"]).toMatch(/^slc_/);
});

test("404 is not tried again: the item goes to the inbox at once and the run fails", async () => {
  const saved = await engine.saveDocument(callDocument());
  engine.onCall(() => answer(404, { error: "gone" }));
  const ended = await engine.run(saved, { id: 1 });
  expect(ended).toMatchObject({ status: "failed", error: { nodeId: "call", class: "permanent" } });
  expect(engine.calls).toHaveLength(1);
  expect(await deadLetters(saved)).toMatchObject([{ kind: "permanent", status: "open" }]);
});

test("an unsafe call that may have been applied is never sent again by itself", async () => {
  const saved = await engine.saveDocument(callDocument());
  engine.onCall(() => answer(502, {}));
  const ended = await engine.run(saved, { id: 1 });
  expect(ended.status).toBe("failed");
  expect(engine.calls).toHaveLength(1);
  expect(await deadLetters(saved)).toMatchObject([{ kind: "unknown_outcome" }]);
});

test("scenario 41: parallel runs with one key make one call and share its result", async () => {
  const saved = await engine.saveDocument(callDocument({ idempotency: { key: "{{ trigger.body.id }}" } }));
  engine.onCall(async () => answer(200, { ok: true }));
  const started = await Promise.all(Array.from({ length: 12 }, () => engine.accept(saved, { id: "same" })));
  const ended = await Promise.all(started.map((run) => untilEnd(engine, run.runId)));
  expect(ended.map((run) => run.status)).toEqual(Array.from({ length: 12 }, () => "succeeded"));
  expect(engine.calls).toHaveLength(1);
});

test("scenario 44: the same key with another input is refused and the first result stands", async () => {
  const document = callDocument({ idempotency: { key: "fixed" } });
  const saved = await engine.saveDocument(document);
  expect((await engine.run(saved, { id: 1 })).status).toBe("succeeded");
  const second = await engine.run(saved, { id: 2 });
  expect(second).toMatchObject({ status: "failed", error: { code: "key_mismatch" } });
  expect(engine.calls).toHaveLength(1);
});

test("scenario 45: a key that yields nothing fails before any call", async () => {
  const saved = await engine.saveDocument(callDocument({ idempotency: { key: "{{ trigger.body.missing }}" } }));
  const ended = await engine.run(saved, { id: 1 });
  expect(ended).toMatchObject({ status: "failed", error: { class: "validation" } });
  expect(engine.calls).toHaveLength(0);
});

test("a second delivery of an event starts no second run", async () => {
  const saved = await engine.saveDocument(callDocument());
  const first = await engine.accept(saved, { id: 1 }, { dedupeKey: "delivery-1" });
  const again = await Promise.all([1, 2, 3].map(() => engine.accept(saved, { id: 1 }, { dedupeKey: "delivery-1" })));
  expect(first.duplicate).toBe(false);
  for (const repeat of again) expect(repeat).toEqual({ ...first, duplicate: true });
  await untilEnd(engine, first.runId);
  expect(engine.calls).toHaveLength(1);
});

test("a node that throws what nobody foresaw fails its step for a person, and after SENT its outcome counts as unknown", async () => {
  const saved = await engine.saveDocument(callDocument());
  engine.onCall(() => {
    throw new TypeError("cannot read properties of undefined");
  });
  const ended = await engine.run(saved, { id: 1 });
  expect(ended).toMatchObject({ status: "failed", error: { class: "code", code: "unexpected" } });
  expect(await deadLetters(saved)).toMatchObject([{ kind: "unknown_outcome" }]);
});

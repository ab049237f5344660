import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createEgressPolicy } from "#lib/outbound/egress-policy.ts";
import { Outbound } from "#lib/outbound/outbound.ts";
import { newId } from "#lib/shared/ids.ts";
import { cancelRun, decideDeadLetter, discardDeadLetter, redriveDeadLetter } from "./ledger/commands.ts";
import type { ReceivedCall } from "./testing/call.ts";
import { FakeRemote } from "./testing/fake-remote.ts";
import { applyThenDrop, done, dropBefore, refuse } from "./testing/reactions.ts";
import { createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

/* What a run that ends without success does to what it has done, against a remote that keeps a ledger. */

let engine: TestEngine;
let remote: FakeRemote;
let base: string;

beforeAll(async () => {
  remote = await FakeRemote.start();
  const outbound = new Outbound({ policy: createEgressPolicy({ allow: [`127.0.0.1:${remote.port}`], door: null }) });
  engine = await createTestEngine({
    send: (request, { signal, timeoutMs }) => outbound.send(request, { signal, timeoutMs, followRedirects: "any" }),
  });
  await engine.startWorker();
});
afterAll(async () => {
  await engine.stop();
  await remote.stop();
});
beforeEach(() => {
  base = `/${newId()}`;
});

function action(id: string, policy: object = {}) {
  const key = `{{ trigger.body.order + "-${id}" }}`;
  const undo = {
    method: "POST",
    url: `${remote.url}${base}/undo-${id}`,
    body: { marker: "{{ output.id }}", asked: "{{ input.body.marker }}" },
  };
  return {
    id,
    type: "http-request",
    name: id,
    config: { method: "POST", url: `${remote.url}${base}/${id}`, body: { marker: `{{ trigger.body.order + "-${id}" }}` } },
    policy: {
      timeoutMs: 500,
      retry: { initialMs: 1, maxMs: 2, maxAttempts: 2 },
      idempotency: { key, header: "Idempotency-Key" },
      compensate: { request: undo },
      ...policy,
    },
  };
}

/** start → a → b → c → d; the first three can be undone. */
function trip(policies: Record<string, object> = {}) {
  const last = {
    ...action("d"),
    policy: { retry: { maxAttempts: 1 }, onFailure: "stop", idempotency: { effect: "natural" }, ...policies.d },
  };
  const nodes = [{ id: "start", type: "manual", name: "Start" }, ...["a", "b", "c"].map((id) => action(id, policies[id])), last];
  const edges = ["a", "b", "c", "d"].map((target, index) => ({ id: `e${index}`, source: ["start", "a", "b", "c"][index], target }));
  return { schemaVersion: 1, nodes, edges };
}

const receipts = (path: string): ReceivedCall[] => remote.receiptsOf(`${base}${path}`);
const undone = () =>
  remote.effects.filter((effect) => effect.path.startsWith(`${base}/undo-`)).map((effect) => effect.path.slice(base.length + 6));

async function stepsOf(runId: string): Promise<Record<string, string>> {
  const { rows } = await engine.db.pool.query("SELECT node_id || iteration AS name, status FROM step WHERE run_id = $1", [runId]);
  return Object.fromEntries(rows.map((row) => [row.name, row.status]));
}

async function letters(runId: string) {
  const { rows } = await engine.db.pool.query<{ id: string; kind: string; node_id: string; iteration: string }>(
    "SELECT id, kind, node_id, iteration FROM dead_letter WHERE run_id = $1 AND status = 'open' ORDER BY dead_at",
    [runId],
  );
  return rows.map((row) => ({ ...row, letter: { workspaceId: engine.workspaceId, deadLetterId: row.id, by: "anna" } }));
}

const run = (saved: SavedDocument) => engine.run(saved, { order: base });

async function ended(runId: string, status: string): Promise<void> {
  await expect
    .poll(async () => (await engine.db.pool.query("SELECT status FROM run WHERE id = $1", [runId])).rows[0]?.status, { timeout: 20_000 })
    .toBe(status);
}

test("a run that stops is undone in reverse order, each call with what its action was given and what it gave, under a key of its own", async () => {
  remote.script(`${base}/d`, refuse(422));
  const failed = await run(await engine.saveDocument(trip()));
  expect(failed).toMatchObject({ status: "failed", error: { nodeId: "d" } });
  expect(undone()).toEqual(["c", "b", "a"]);
  expect(receipts("/undo-a")[0]?.body).toMatchObject({ marker: expect.stringMatching(/^made-/), asked: `${base}-a` });
  expect(new Set([...receipts("/undo-a"), ...receipts("/a")].map((call) => call.key)).size).toBe(2);
  expect(await stepsOf(failed.runId)).toMatchObject({
    a: "succeeded",
    "a~undo": "succeeded",
    "b~undo": "succeeded",
    "c~undo": "succeeded",
    d: "failed",
  });
});

test("scenario 54: three finished steps, and a crash in the second compensation: each is applied once, in reverse order", async () => {
  remote.script(`${base}/d`, refuse(422));
  let late = () => {};
  const gate = new Promise<void>((resolve) => {
    late = resolve;
  });
  remote.script(
    `${base}/undo-b`,
    async (call) => {
      if (call.nth > 1) return done();
      await gate;
      return dropBefore;
    },
    { recognizesKeys: false },
  );
  const saved = await engine.saveDocument(trip({ b: { timeoutMs: 60_000 } }));
  const { runId } = await engine.accept(saved, { order: base });
  await expect.poll(() => receipts("/undo-b").length, { timeout: 20_000 }).toBe(1);
  // As when the worker is dead: another claims the run, and what this one still writes is void.
  const { pool } = engine.db;
  await pool.query("UPDATE run SET fence = fence + 1, worker_id = NULL WHERE id = $1", [runId]);
  await pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [runId]);
  expect((await untilEnd(engine, runId)).status).toBe("failed");
  expect(undone()).toEqual(["c", "b", "a"]);
  expect(new Set(receipts("/undo-b").map((call) => call.key)).size).toBe(1);
  late();
}, 40_000);

test("scenario 55: a cancel while a call is under way lets it end first, and then undoes what it did", async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  remote.script(`${base}/b`, async () => {
    await gate;
    return done();
  });
  const saved = await engine.saveDocument(trip({ b: { timeoutMs: 30_000 } }));
  const { runId } = await engine.accept(saved, { order: base });
  await expect.poll(() => receipts("/b").length, { timeout: 20_000 }).toBe(1);
  remote.script(`${base}/d`, () => new Promise(() => undefined)); // were the cancel lost, the run would not end
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect(undone()).toEqual([]);
  go();
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  // The worker may hear of the cancel a moment after it was asked for: what it sent until then is undone as well.
  expect(undone()).toEqual(receipts("/c").length === 0 ? ["b", "a"] : ["c", "b", "a"]);
  expect(await stepsOf(runId)).toMatchObject({ b: "succeeded", "b~undo": "succeeded", "a~undo": "succeeded" });
});

test("scenario 55: a call whose outcome a cancel leaves open is looked up before it is undone", async () => {
  remote.script(`${base}/b`, applyThenDrop);
  const lookup = {
    request: { method: "GET", url: `${remote.url}${base}/b/search`, query: { marker: "{{ input.body.marker }}" } },
    found: "size(response.body.items) > 0",
    result: "response.body.items[0]",
    settleDelayMs: 1_500,
  };
  const saved = await engine.saveDocument(trip({ b: { idempotency: { effect: "reconcilable", lookup } } }));
  const { runId } = await engine.accept(saved, { order: base });
  await expect.poll(async () => (await stepsOf(runId)).b, { timeout: 20_000 }).toBe("waiting");
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  expect(undone()).toEqual(["b", "a"]);
  expect(receipts("/b")).toHaveLength(1);
  expect(receipts("/b/search")[0]?.atMs).toBeLessThan(receipts("/undo-b")[0]?.atMs ?? 0);
}, 30_000);

test("what was certainly not applied is left out", async () => {
  remote.script(`${base}/c`, refuse(422));
  const failed = await run(await engine.saveDocument(trip({ c: { onFailure: "stop" } })));
  expect(failed.status).toBe("failed");
  expect(undone()).toEqual(["b", "a"]);
  expect(receipts("/undo-c")).toEqual([]);
});

test("an action of which nobody knows whether it was applied is put before a person, and the undoing goes on with what they say", async () => {
  remote.script(`${base}/c`, dropBefore);
  const saved = await engine.saveDocument(trip({ c: { idempotency: { effect: "unsafe" }, onFailure: "stop" } }));
  const failed = await run(saved);
  expect(failed.status).toBe("failed");
  expect(undone()).toEqual([]);
  const [letter] = await letters(failed.runId);
  expect(letter).toMatchObject({ kind: "unknown_outcome", node_id: "c", iteration: "" });
  if (!letter) return;
  await expect(decideDeadLetter(engine.db.pool, { ...letter.letter, as: "repeat" })).rejects.toMatchObject({ code: "conflict" });
  await decideDeadLetter(engine.db.pool, { ...letter.letter, as: "done", result: { id: "by-hand" } });
  await expect.poll(undone, { timeout: 20_000 }).toEqual(["c", "b", "a"]);
  await ended(failed.runId, "failed");
  expect(receipts("/undo-c")[0]?.body).toMatchObject({ marker: "by-hand" });
});

test("a failure that waits in the inbox undoes nothing, so that its redrive finds all that was done; its discard undoes it", async () => {
  remote.script(`${base}/d`, [refuse(422), refuse(422), done()]);
  const saved = await engine.saveDocument(trip({ d: { onFailure: "dead-letter" } }));
  const { runId } = await run(saved);
  const [first] = await letters(runId);
  expect(undone()).toEqual([]);
  await redriveDeadLetter(engine.db.pool, first?.letter ?? { workspaceId: "", deadLetterId: "", by: "" });
  await expect.poll(() => receipts("/d").length, { timeout: 20_000 }).toBe(2);
  await ended(runId, "failed");
  expect(undone()).toEqual([]);
  await discardDeadLetter(engine.db.pool, { ...(first?.letter ?? { workspaceId: "", deadLetterId: "", by: "" }), reason: "given up" });
  await expect.poll(undone, { timeout: 20_000 }).toEqual(["c", "b", "a"]);
  await ended(runId, "failed");
});

test("a run that succeeds undoes nothing", async () => {
  const saved = await engine.saveDocument(trip());
  expect((await run(saved)).status).toBe("succeeded");
  expect(undone()).toEqual([]);
});

test("what cannot be undone is a dead letter of its own kind and holds what comes before it; its redrive goes on, and nothing goes forward any more", async () => {
  remote.script(`${base}/d`, refuse(422));
  remote.script(`${base}/undo-b`, [refuse(422), done()]);
  const { runId } = await run(await engine.saveDocument(trip()));
  expect(undone()).toEqual(["c"]);
  const open = await letters(runId);
  expect(open.map(({ kind, node_id, iteration }) => [kind, node_id, iteration])).toEqual([
    ["permanent", "d", ""],
    ["compensation", "b", "~undo"],
  ]);
  const [forward, backward] = open;
  if (!forward || !backward) return;
  await expect(redriveDeadLetter(engine.db.pool, forward.letter)).rejects.toMatchObject({ code: "conflict" });
  await redriveDeadLetter(engine.db.pool, backward.letter);
  await expect.poll(undone, { timeout: 20_000 }).toEqual(["c", "b", "a"]);
  await ended(runId, "failed");
  expect(await stepsOf(runId)).toMatchObject({ "b~undo": "succeeded", "a~undo": "succeeded" });
});

test("a compensation is not canceled, and is tried more often than its action", async () => {
  const first = { request: { method: "POST", url: `${remote.url}${base}/undo-a`, body: { marker: "a" } }, maxAttempts: 6 };
  remote.script(`${base}/undo-a`, [...Array.from({ length: 5 }, () => refuse(503)), done()], { recognizesKeys: false });
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  remote.script(`${base}/b`, async () => {
    await gate;
    return refuse(503);
  });
  const { runId } = await engine.accept(await engine.saveDocument(trip({ a: { compensate: first }, b: { timeoutMs: 30_000 } })), {
    order: base,
  });
  await expect.poll(() => receipts("/b").length, { timeout: 20_000 }).toBe(1);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  go();
  expect((await untilEnd(engine, runId)).status).toBe("canceled");
  expect(undone()).toEqual(["a"]);
  expect(receipts("/undo-a")).toHaveLength(6);
}, 30_000);

test("what is to be undone is registered in the commit that marks its action as sent", async () => {
  remote.script(`${base}/a`, () => new Promise(() => undefined));
  const saved = await engine.saveDocument(trip({ a: { timeoutMs: 3_000, idempotency: { effect: "natural" } } }));
  const { runId } = await engine.accept(saved, { order: base });
  await expect.poll(() => receipts("/a").length, { timeout: 20_000 }).toBe(1);
  const { rows } = await engine.db.pool.query(
    "SELECT s.undo_seq, a.state FROM step s JOIN attempt a ON a.run_id = s.run_id AND a.step_id = s.id WHERE s.run_id = $1 AND s.node_id = 'a'",
    [runId],
  );
  expect(rows).toEqual([{ undo_seq: 1, state: "sent" }]);
  await cancelRun(engine.db.pool, { workspaceId: engine.workspaceId, runId });
  await untilEnd(engine, runId);
}, 30_000);

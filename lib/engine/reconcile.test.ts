import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEgressPolicy } from "#lib/outbound/egress-policy.ts";
import { Outbound } from "#lib/outbound/outbound.ts";
import { newId } from "#lib/shared/ids.ts";
import { decideDeadLetter, redriveDeadLetter } from "./ledger/commands.ts";
import type { Reaction } from "./testing/call.ts";
import { FakeRemote } from "./testing/fake-remote.ts";
import { applyThenDrop, applyThenFail, done, dropBefore, lateExecution, refuse } from "./testing/reactions.ts";
import { createTestEngine, type SavedDocument, type TestEngine, untilEnd } from "./testing.ts";

/* What becomes of a call whose outcome is open: against a remote on a real socket, which keeps a ledger of what it did. */

let engine: TestEngine;
let remote: FakeRemote;

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
let path: string;
beforeEach(() => {
  path = `/orders-${newId()}`;
  remote.indexLagMs = 0;
});

function lookup(settleDelayMs: number) {
  return {
    request: { method: "GET", url: `${remote.url}${path}/search`, query: { marker: "{{ input.body.marker }}" } },
    found: "size(response.body.items) > 0",
    result: "response.body.items[0]",
    settleDelayMs,
  };
}

const keyed = { key: "{{ trigger.body.order }}", header: "Idempotency-Key" };

/** start → one POST that makes an order. */
function orderDocument(policy: { idempotency: object; [section: string]: unknown }) {
  const config = { method: "POST", url: `${remote.url}${path}`, body: { marker: "{{ trigger.body.order }}" } };
  const fast = { timeoutMs: 400, retry: { initialMs: 1, maxMs: 2 } };
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", config, policy: { ...fast, ...policy } },
    ],
    edges: [{ id: "e1", source: "start", target: "call" }],
  };
}

async function attemptsOf(runId: string) {
  const { rows } = await engine.db.pool.query<{ kind: string; state: string; created_at: Date; sent_at: Date | null; ended_at: Date }>(
    "SELECT kind, state, created_at, sent_at, ended_at FROM attempt WHERE run_id = $1 ORDER BY no",
    [runId],
  );
  return rows;
}

async function outputOf(runId: string) {
  const { rows } = await engine.db.pool.query<{ output: string; unsettled: string | null }>(
    "SELECT output, unsettled FROM step WHERE run_id = $1 AND node_id = 'call'",
    [runId],
  );
  return { output: JSON.parse(rows[0]?.output ?? "null"), unsettled: rows[0]?.unsettled };
}

const posts = () => remote.receiptsOf(path);
const looks = () => remote.receiptsOf(`${path}/search`);
const run = (saved: SavedDocument, order: string) => engine.run(saved, { order });

test("scenario 24: a keyed call that was applied and then timed out has one effect, and the step's result is the remote's", async () => {
  remote.script(path, [{ apply: "now", answer: "silence" }, done()]);
  const ended = await run(await engine.saveDocument(orderDocument({ idempotency: keyed })), path);
  expect(ended.status).toBe("succeeded");
  expect(remote.effectsOf(path)).toHaveLength(1);
  expect(new Set(posts().map((call) => call.key)).size).toBe(1);
  expect(new Set(posts().map((call) => call.text)).size).toBe(1);
  expect((await outputOf(ended.runId)).output).toEqual({ id: `made-${remote.effects.length}` });
});

test("a create that was cut off after it was applied is looked up and adopted, without a second call", async () => {
  remote.script(path, applyThenDrop);
  const ended = await run(await engine.saveDocument(orderDocument({ idempotency: { lookup: lookup(20) } })), path);
  expect(ended.status).toBe("succeeded");
  expect(posts()).toHaveLength(1);
  expect(remote.effectsOf(path)).toHaveLength(1);
  expect(await outputOf(ended.runId)).toEqual({ output: { id: `made-${remote.effects.length}`, marker: path }, unsettled: null });
  expect(await attemptsOf(ended.runId)).toMatchObject([
    { kind: "call", state: "failed" },
    { kind: "lookup", state: "succeeded", sent_at: null },
  ]);
});

test("a create that was proven absent by every look is made again, and the looks use up none of its attempts", async () => {
  remote.script(path, [dropBefore, dropBefore, done()]);
  const policy = { idempotency: { lookup: lookup(5) }, retry: { initialMs: 1, maxMs: 2, maxAttempts: 3 } };
  const ended = await run(await engine.saveDocument(orderDocument(policy)), path);
  expect(ended.status).toBe("succeeded");
  expect(remote.effectsOf(path)).toHaveLength(1);
  const kinds = (await attemptsOf(ended.runId)).map(({ kind }) => kind);
  expect(kinds).toEqual(["call", "lookup", "lookup", "lookup", "call", "lookup", "lookup", "lookup", "call"]);
});

test("attempts that are used up end in a dead letter only when the looks have shown that nothing was applied, and the key is free", async () => {
  remote.script(path, dropBefore);
  const policy = {
    idempotency: { ...keyed, effect: "reconcilable", lookup: lookup(5) },
    retry: { initialMs: 1, maxMs: 2, maxAttempts: 1 },
  };
  const ended = await run(await engine.saveDocument(orderDocument(policy)), path);
  expect(ended.status).toBe("failed");
  const { rows } = await engine.db.pool.query("SELECT kind FROM dead_letter WHERE run_id = $1", [ended.runId]);
  expect(rows).toEqual([{ kind: "exhausted" }]);
  const { rows: records } = await engine.db.pool.query("SELECT state FROM idempotency_record WHERE owner_run = $1", [ended.runId]);
  expect(records).toEqual([{ state: "released" }]);
});

test.each([
  ["fails", { url: "/broken" }, "size(response.body.items) > 0"],
  ["is neither true nor false", {}, "response.body.items"],
  ["cannot be worked out", {}, "response.body.nothing.here > 0"],
])("a look that %s leaves the outcome to a person, and no second call is made", async (_what, change, found) => {
  remote.script(path, applyThenDrop);
  remote.script("/broken", refuse(503));
  const base = lookup(5);
  const request = "url" in change ? { ...base.request, url: `${remote.url}${change.url}` } : base.request;
  const policy = { idempotency: { ...keyed, effect: "reconcilable", lookup: { ...base, request, found } } };
  const ended = await run(await engine.saveDocument(orderDocument(policy)), path);
  expect(ended).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
  expect(posts()).toHaveLength(1);
  const { rows } = await engine.db.pool.query("SELECT kind FROM dead_letter WHERE run_id = $1", [ended.runId]);
  expect(rows).toEqual([{ kind: "unknown_outcome" }]);
  const { rows: records } = await engine.db.pool.query("SELECT state FROM idempotency_record WHERE owner_run = $1", [ended.runId]);
  expect(records).toEqual([{ state: "unknown_outcome" }]);
});

describe("a person who does not know has the remote asked", () => {
  /** Ends in an item whose outcome is unknown, for all looks have failed. */
  async function inDoubt(reaction: Reaction, idempotency: object) {
    remote.script(path, [reaction, done()]);
    remote.script("/broken", refuse(503));
    const search = { method: "GET", url: `${remote.url}{{ trigger.body.look }}`, query: { marker: "{{ input.body.marker }}" } };
    const policy = { idempotency: { ...idempotency, lookup: { ...lookup(5), request: search } } };
    const saved = await engine.saveDocument(orderDocument(policy));
    const ended = await engine.run(saved, { order: path, look: "/broken" });
    expect(ended).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
    return ended.runId;
  }
  const askedBefore = () => remote.receiptsOf("/broken").length;
  const mend = (runId: string) =>
    engine.db.pool.query("UPDATE event SET data = $2 WHERE run_id = $1", [
      runId,
      JSON.stringify({ body: { order: path, look: `${path}/search` } }),
    ]);
  async function lookUp(runId: string) {
    const { rows } = await engine.db.pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1", [runId]);
    const letter = { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "ada" };
    await decideDeadLetter(engine.db.pool, { ...letter, as: "look-up" });
    return untilEnd(engine, runId);
  }
  const lettersOf = async (runId: string) =>
    (await engine.db.pool.query("SELECT status, kind FROM dead_letter WHERE run_id = $1", [runId])).rows;

  test.each([
    ["without a key", {}],
    ["with a key", { ...keyed, effect: "reconcilable" }],
  ])("what is found is the result, and no second call is made (%s)", async (_, idempotency) => {
    const runId = await inDoubt(applyThenDrop, idempotency);
    await mend(runId);
    expect(await lookUp(runId)).toMatchObject({ status: "succeeded" });
    expect(looks()).toHaveLength(1);
    expect(posts()).toHaveLength(1);
    expect(await outputOf(runId)).toMatchObject({ output: { marker: path }, unsettled: null });
    expect(await lettersOf(runId)).toEqual([{ status: "resolved", kind: "unknown_outcome" }]);
  });

  test("what is not found was not done, and the call is made", async () => {
    const runId = await inDoubt(dropBefore, {});
    await mend(runId);
    expect(await lookUp(runId)).toMatchObject({ status: "succeeded" });
    expect(looks()).toHaveLength(1);
    expect(posts()).toHaveLength(2);
    expect(remote.effectsOf(path)).toHaveLength(1);
  });

  test("a remote that cannot say leaves it to the person, after one look", async () => {
    const runId = await inDoubt(applyThenDrop, { ...keyed, effect: "reconcilable" });
    const before = askedBefore();
    expect(await lookUp(runId)).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
    expect(askedBefore() - before).toBe(1);
    expect(posts()).toHaveLength(1);
    expect(await lettersOf(runId)).toEqual([{ status: "open", kind: "unknown_outcome" }]);
  });
});

test("scenario 101: a request that the remote executes after its socket was cut is found, for the look comes after time-out and settle delay", async () => {
  remote.script(path, lateExecution(400));
  const ended = await run(await engine.saveDocument(orderDocument({ idempotency: { lookup: lookup(700) } })), path);
  expect(ended.status).toBe("succeeded");
  expect(remote.effectsOf(path)).toHaveLength(1);
  expect(posts()).toHaveLength(1);
  const [call, look] = await attemptsOf(ended.runId);
  expect(looks()).toHaveLength(1);
  expect((look?.created_at.getTime() ?? 0) - (call?.sent_at?.getTime() ?? 0)).toBeGreaterThanOrEqual(400 + 700);
});

/** The call's worker died right after the remote had applied it; nothing but SENT is on disk. */
async function cutOffAfterSent(saved: SavedDocument, order: string, sentAgo: string): Promise<string> {
  const { runId } = await engine.accept(saved, { order });
  await untilEnd(engine, runId);
  const { pool } = engine.db;
  const dead = newId();
  await pool.query(
    "UPDATE step SET status = 'running', port = NULL, output = NULL, unsettled = NULL WHERE run_id = $1 AND node_id = 'call'",
    [runId],
  );
  await pool.query("UPDATE attempt SET state = 'sent', ended_at = NULL, sent_at = now() - $2::interval WHERE run_id = $1", [
    runId,
    sentAgo,
  ]);
  await pool.query(
    "UPDATE idempotency_record SET state = 'sent', result = NULL, first_sent_at = now() - $2::interval, last_sent_at = now() - $2::interval WHERE owner_run = $1",
    [runId, sentAgo],
  );
  await pool.query("UPDATE run SET status = 'running', finished_at = NULL, worker_id = $2 WHERE id = $1", [runId, dead]);
  await pool.query("SELECT graphile_worker.add_job('advance', json_build_object('runId', $1::text), job_key => 'run:' || $1)", [runId]);
  return runId;
}

test("scenario 25: the worker died after SENT and the index lags: the look waits, finds what was made and adopts its id", async () => {
  remote.indexLagMs = 1_500;
  const saved = await engine.saveDocument(orderDocument({ idempotency: { lookup: lookup(300) } }));
  const runId = await cutOffAfterSent(saved, path, "0");
  const ended = await untilEnd(engine, runId);
  expect(ended.status).toBe("succeeded");
  expect(posts()).toHaveLength(1);
  // Looks that came while the index lagged saw nothing, and proved nothing.
  expect(looks().length).toBeGreaterThan(1);
  expect((await outputOf(runId)).output).toMatchObject({ id: `made-${remote.effects.length}`, marker: path });
  expect((await attemptsOf(runId)).map(({ kind }) => kind)).toEqual(["call", ...looks().map(() => "lookup")]);
}, 30_000);

test("scenario 48: ten days later the outbound key is the same, and the call is looked up before anything is sent", async () => {
  const first = await engine.saveDocument(orderDocument({ idempotency: { ...keyed, lookup: lookup(5) } }));
  const runId = await cutOffAfterSent(first, path, "10 days");
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(posts()).toHaveLength(1);
  expect(looks()).toHaveLength(1);

  // Proven absent, it is sent again, under the identical key.
  const absent = `${path}-absent`;
  const again = await cutOffAfterSent(first, absent, "10 days");
  remote.effects.splice(
    remote.effects.findIndex((effect) => effect.identity === absent),
    1,
  );
  expect((await untilEnd(engine, again)).status).toBe("succeeded");
  const ofAbsent = posts().filter((call) => call.text.includes(absent));
  expect(ofAbsent).toHaveLength(2);
  expect(new Set(ofAbsent.map((call) => call.key)).size).toBe(1);
}, 30_000);

test("scenario 48: a redrive within the life of the key sends the identical one; ten days later, without a look-up, it sends nothing and asks", async () => {
  remote.script(path, dropBefore);
  const saved = await engine.saveDocument(orderDocument({ idempotency: keyed, retry: { initialMs: 1, maxMs: 2, maxAttempts: 2 } }));
  const { runId } = await run(saved, path);
  const { pool } = engine.db;
  const redrive = async () => {
    const { rows } = await pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1 AND status = 'open'", [runId]);
    await redriveDeadLetter(pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "anna" });
    return untilEnd(engine, runId);
  };
  expect(await redrive()).toMatchObject({ status: "failed", error: { class: "timeout" } });
  expect(posts()).toHaveLength(4);
  expect(new Set(posts().map((call) => call.key)).size).toBe(1);

  const tenDaysMs = 864_000_000;
  await pool.query(
    `UPDATE step SET unsettled = (unsettled::jsonb || jsonb_build_object('firstSentAtMs', (unsettled::jsonb ->> 'firstSentAtMs')::float8 - $2::bigint))::text
     WHERE run_id = $1 AND node_id = 'call'`,
    [runId, tenDaysMs],
  );
  expect(await redrive()).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
  expect(posts()).toHaveLength(4);
});

test("scenario 49: an error the remote has stored for the key is looked up, and only then the call is made under the next generation", async () => {
  remote.script(path, [{ ...applyThenFail(500), identities: () => [] }, done()]);
  const ended = await run(
    await engine.saveDocument(orderDocument({ idempotency: { ...keyed, replaysErrors: true, lookup: lookup(5) } })),
    path,
  );
  expect(ended.status).toBe("succeeded");
  expect(posts()).toHaveLength(2);
  expect(new Set(posts().map((call) => call.key)).size).toBe(2);
  expect(looks().length).toBeGreaterThan(0);
  expect(Math.max(...looks().map((look) => look.atMs))).toBeLessThan(posts()[1]?.atMs ?? 0);
  expect(remote.effectsOf(path)).toHaveLength(1);
  const { rows } = await engine.db.pool.query("SELECT generation, outbound_key, state FROM idempotency_record WHERE owner_run = $1", [
    ended.runId,
  ]);
  expect(rows).toEqual([{ generation: 2, outbound_key: posts()[1]?.key, state: "succeeded" }]);
});

test("a stored error whose call was applied after all is adopted, and no second key is used", async () => {
  remote.script(path, applyThenFail(500));
  const ended = await run(
    await engine.saveDocument(orderDocument({ idempotency: { ...keyed, replaysErrors: true, lookup: lookup(5) } })),
    path,
  );
  expect(ended.status).toBe("succeeded");
  expect(posts()).toHaveLength(1);
  expect(remote.effectsOf(path)).toHaveLength(1);
});

test("scenario 50: a remote that still works on our key is asked again with the same one, and the breaker does not count it", async () => {
  remote.script(path, () => new Promise((resolve) => setTimeout(() => resolve(done()), 1_200)));
  const breaker = { minCalls: 2, failureRatio: 0.9, openMs: 600_000 };
  const retry = { initialMs: 200, maxMs: 200, jitter: "none", maxAttempts: 30 };
  const ended = await run(await engine.saveDocument(orderDocument({ idempotency: keyed, breaker, retry })), path);
  expect(ended.status).toBe("succeeded");
  expect(remote.effectsOf(path)).toHaveLength(1);
  expect(posts().length).toBeGreaterThan(2);
  expect(new Set(posts().map((call) => call.key)).size).toBe(1);
  const { rows } = await engine.db.pool.query("SELECT http_status, class FROM attempt WHERE run_id = $1 ORDER BY no", [ended.runId]);
  expect(rows).toContainEqual({ http_status: 409, class: "conflict" });
});

test("a step whose deadline comes before its look asks a person, and does not end as if nothing had happened", async () => {
  remote.script(path, applyThenDrop);
  const ended = await run(await engine.saveDocument(orderDocument({ deadlineMs: 1_000, idempotency: { lookup: lookup(60_000) } })), path);
  expect(ended).toMatchObject({ status: "failed", error: { class: "unknown_outcome" } });
  expect(posts()).toHaveLength(1);
});

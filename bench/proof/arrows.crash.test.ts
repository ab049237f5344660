import { afterAll, beforeAll, expect, test } from "vitest";
import { putSignal } from "#lib/engine/ledger/signals.ts";
import { loopDocument, loopOutput, numbers } from "#lib/engine/loop-testing.ts";
import { poisonBatch, refuse } from "#lib/engine/testing/reactions.ts";
import type { SavedDocument } from "#lib/engine/testing.ts";
import { poll } from "#lib/nodes/poll/definition.ts";
import type { Context } from "#lib/services/context.ts";
import { createRedrive, createRedriveSchema, getRedrive } from "#lib/services/redrives/index.ts";
import { arrowFailpoints, type Failpoint } from "#lib/shared/failpoints.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { findViolations } from "./checker.ts";
import { createSite, leaseMs, type Site } from "./site.ts";
import type { WorkerProcess } from "./worker-process.ts";

/*
 * The arrows beside those of one call: undoing, called runs, news from outside, loops, gates, bulk redrives and the inbox. Many
 * runs come each to its own point and stay there; then the real worker process is killed with kill -9 and the next one finds what
 * is on disk. Wakings have no points of their own: what wakes a run is in the very statement that stores the news.
 */

/** What a kill is to meet, and what is to be true when all has ended. */
interface Trial {
  point: Failpoint;
  /** What comes to the point: a run, the workflow of a gate, a bulk redrive. Null: a run that is not known yet, a called one. */
  id: string | null;
  runIds: string[];
  check(): Promise<void> | void;
}

let site: Site;
let worker: WorkerProcess;

beforeAll(async () => {
  site = await createSite();
}, 60_000);
afterAll(() => site.stop());

const start = { id: "start", type: "manual", name: "Start" };
const patient = { timeout: 60_000, interval: 50 };

async function accept(saved: SavedDocument, body: JsonObject): Promise<string> {
  return (await site.engine.accept(saved, body)).runId;
}

async function statusOf(runId: string): Promise<{ status: string; code: string | null }> {
  const { rows } = await site.engine.db.pool.query("SELECT status, error::json ->> 'code' AS code FROM run WHERE id = $1", [runId]);
  return rows[0];
}

async function lettersOf(runId: string) {
  const { rows } = await site.engine.db.pool.query(
    "SELECT d.node_id, d.iteration, d.status, i.count::int AS count FROM dead_letter d JOIN issue i ON i.id = d.issue_id WHERE d.run_id = $1",
    [runId],
  );
  return rows;
}

const effectsOf = (path: string) => site.remote.effectsOf(path).map((effect) => effect.identity);

/** start → a → b → last, which is refused; what a and b did is undone, b first. */
async function undoTrials(): Promise<Trial[]> {
  const { remote, engine } = site;
  const action = (id: string) => ({
    id,
    type: "http-request",
    name: id,
    config: { method: "POST", url: `${remote.url}/${id}`, body: { marker: "{{ trigger.body.order }}" } },
    policy: {
      idempotency: { key: `{{ trigger.body.order + "-${id}" }}`, header: "Idempotency-Key" },
      compensate: { request: { method: "POST", url: `${remote.url}/undo-${id}`, body: { marker: "{{ input.body.marker }}" } } },
    },
  });
  const last = {
    id: "last",
    type: "http-request",
    name: "Last",
    config: { method: "PUT", url: `${remote.url}/last` },
    policy: { onFailure: "stop", retry: { maxAttempts: 1 } },
  };
  remote.script("/last", refuse(422));
  const edges = ["a", "b", "last"].map((target, index) => ({ id: `e${index}`, source: ["start", "a", "b"][index], target }));
  const saved = await engine.saveDocument({ schemaVersion: 1, nodes: [start, action("a"), action("b"), last], edges });
  const points = ["undo-begun", "undo-before-sent", "undo-sent-committed", "undo-answered", "undo-ended"] as const;
  return Promise.all(
    points.map(async (point) => {
      const runId = await accept(saved, { order: point });
      const check = async () => {
        expect(await statusOf(runId)).toEqual({ status: "failed", code: "http_422" });
        const done = remote.effects.filter((effect) => effect.identity === point).map((effect) => effect.path);
        expect(done).toEqual(["/a", "/b", "/undo-b", "/undo-a"]);
      };
      return { point, id: runId, runIds: [runId], check };
    }),
  );
}

/** A parent that is killed before it is parked, and one whose child has ended in that very moment. */
async function childTrials(): Promise<Trial[]> {
  const { remote, engine } = site;
  const config = { method: "PUT", url: `${remote.url}/child?id={{ trigger.body.order }}`, body: { id: "{{ trigger.body.order }}" } };
  const get = { id: "get", type: "http-request", name: "Get", config };
  const child = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [start, get],
    edges: [{ id: "e1", source: "start", target: "get" }],
  });
  const values = [child.workflowId, engine.workspaceId, child.documentId];
  await engine.db.pool.query(
    "INSERT INTO workflow_version (workflow_id, version, workspace_id, document_id) VALUES ($1, 1, $2, $3)",
    values,
  );
  await engine.db.pool.query("UPDATE workflow SET live_version = 1 WHERE id = $1", [child.workflowId]);
  const call = {
    id: "call",
    type: "sub-workflow",
    name: "Call",
    config: { workflowId: child.workflowId, input: { order: "{{ trigger.body.order }}" } },
  };
  const parent = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [start, call],
    edges: [{ id: "p1", source: "start", target: "call" }],
  });
  const points = [
    ["child-started", true],
    ["finished", false],
  ] as const;
  return Promise.all(
    points.map(async ([point, ofParent]) => {
      const runId = await accept(parent, { order: `child-${point}` });
      const check = async () => {
        expect((await statusOf(runId)).status).toBe("succeeded");
        const { rows } = await engine.db.pool.query("SELECT status FROM run WHERE parent_run_id = $1", [runId]);
        expect(rows).toEqual([{ status: "succeeded" }]);
      };
      return { point, id: ofParent ? runId : null, runIds: [runId], check };
    }),
  );
}

/** News that comes before the waiting is stored, and news that has been seen and nothing more. */
async function signalTrials(): Promise<(Trial & { call(): Promise<void> })[]> {
  const { engine } = site;
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      start,
      { id: "wait", type: "wait-for-callback", name: "Wait" },
      { id: "after", type: "set", name: "After", config: { values: { got: "{{ steps.wait.output.body }}" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "wait" },
      { id: "e2", source: "wait", target: "after" },
    ],
  });
  const points = ["before-park", "parked", "signal-seen"] as const;
  return Promise.all(
    points.map(async (point) => {
      const runId = await accept(saved, { order: `signal-${point}` });
      const call = async () => {
        if (point === "signal-seen") await expect.poll(async () => (await statusOf(runId)).status, patient).toBe("waiting");
        else await expect.poll(() => worker.heldAt(point), patient).toContain(runId);
        const payload = JSON.stringify({ body: { said: point }, headers: {} });
        const where = { workspaceId: engine.workspaceId, runId, nodeId: "wait", iteration: "" };
        expect(await putSignal(engine.db.pool, { ...where, kind: "callback", payload, sentBy: null })).toBe("first");
      };
      const check = async () => {
        const { rows } = await engine.db.pool.query("SELECT output FROM step WHERE run_id = $1 AND node_id = 'after'", [runId]);
        expect(rows).toEqual([{ output: JSON.stringify({ got: { said: point } }) }]);
      };
      return { point, id: runId, runIds: [runId], call, check };
    }),
  );
}

/** A job at the remote that is polled: submitted once, whatever happens. */
async function pollTrials(): Promise<Trial[]> {
  const { remote, engine } = site;
  remote.jobMs = 1_000;
  const submit = { method: "POST", url: `${remote.url}/jobs`, body: { id: "{{ trigger.body.order }}" } };
  const poll = {
    request: { url: `${remote.url}/jobs/{{ steps.submit.output.id }}` },
    done: 'response.body.status == "done"',
    everyMs: 2_000,
    timeoutMs: 60_000,
  };
  const policy = { idempotency: { key: "{{ trigger.body.order }}", header: "Idempotency-Key" } };
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      start,
      { id: "submit", type: "http-request", name: "Submit", config: submit, policy },
      { id: "poll", type: "poll-until", name: "Poll", config: poll },
    ],
    edges: [
      { id: "e1", source: "start", target: "submit" },
      { id: "e2", source: "submit", target: "poll" },
    ],
  });
  return Promise.all(
    (["before-park", "parked"] as const).map(async (point) => {
      const order = `poll-${point}`;
      const runId = await accept(saved, { order });
      const check = async () => {
        expect((await statusOf(runId)).status).toBe("succeeded");
        expect(effectsOf("/jobs").filter((identity) => identity === order)).toHaveLength(1);
      };
      return { point, id: runId, runIds: [runId], check };
    }),
  );
}

async function loopTrials(): Promise<Trial[]> {
  const { remote, engine } = site;
  const each = { method: "PUT", url: `${remote.url}/each?id={{ item }}`, body: { id: "{{ item }}" } };
  const items = await accept(await engine.saveDocument(loopDocument({ call: each })), { list: numbers(5) });
  // Not announced on disk before it is made: of one that was, nobody knows after a crash, so a person decides about it as a whole.
  const batch = { method: "PUT", url: `${remote.url}/batch`, body: { items: "{{ item }}" } };
  remote.script("/batch", poisonBatch("2"));
  const inBatches = await engine.saveDocument(loopDocument({ call: batch, loop: { batchSize: 4, tolerate: { count: 1 } } }));
  const batches = await accept(inBatches, { list: ["0", "1", "2", "3"].map((id) => ({ id })) });
  const ended: Trial = {
    point: "item-ended",
    id: items,
    runIds: [items],
    async check() {
      expect(await statusOf(items)).toEqual({ status: "succeeded", code: null });
      expect(effectsOf("/each")).toEqual(numbers(5).map(String));
      const { results } = (await loopOutput(engine, items)) as { results: { marker: string }[] };
      expect(results.map((result) => result.marker)).toEqual(numbers(5).map(String));
    },
  };
  const halved: Trial = {
    point: "batch-halved",
    id: batches,
    runIds: [batches],
    async check() {
      expect(effectsOf("/batch").sort()).toEqual(["0", "1", "3"]);
      expect(await lettersOf(batches)).toMatchObject([{ node_id: "call", iteration: "2", status: "open" }]);
    },
  };
  return [ended, halved];
}

/** Three runs of a workflow that lets one in at a time. */
async function admissionTrial(): Promise<Trial> {
  const { remote, engine } = site;
  const config = { method: "PUT", url: `${remote.url}/gate?id={{ trigger.body.order }}`, body: { id: "{{ trigger.body.order }}" } };
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [start, { id: "call", type: "http-request", name: "Call", config }],
    edges: [{ id: "e1", source: "start", target: "call" }],
    settings: { concurrency: 1 },
  });
  const runIds: string[] = [];
  for (const order of ["1", "2", "3"]) runIds.push(await accept(saved, { order }));
  const check = async () => {
    for (const runId of runIds) expect((await statusOf(runId)).status).toBe("succeeded");
    expect(effectsOf("/gate")).toEqual(["1", "2", "3"]);
    expect((await engine.db.pool.query("SELECT FROM run_gate WHERE run_id = ANY ($1::uuid[])", [runIds])).rows).toEqual([]);
  };
  return { point: "run-admitted", id: saved.workflowId, runIds, check };
}

/** Three items that are refused, mended and redriven together; the release is cut off after its commit. */
async function redriveTrial(runIds: string[], workflowId: string): Promise<Trial> {
  const { engine, healed } = site;
  const { workspaceId, db } = engine;
  const ctx: Context = { actor: { type: "system", job: "proof" }, workspaceId, db, now: Date.now, requestId: "proof" };
  for (const order of deadOrders) healed.add(order);
  const { id } = await createRedrive({ ctx, input: createRedriveSchema.parse({ filter: { workflowId }, ratePerSecond: 10 }) });
  const check = async () => {
    await expect.poll(async () => (await getRedrive({ ctx, input: { id } })).status, patient).toBe("completed");
    expect((await getRedrive({ ctx, input: { id } })).progress).toMatchObject({ succeeded: deadOrders.length, failed: 0 });
    expect(effectsOf("/keyed").sort()).toEqual([...deadOrders].sort());
  };
  return { point: "redrive-released", id, runIds, check };
}

const deadOrders = ["dead-1", "dead-2", "dead-3"];

/** A poll trigger whose worker dies between reading page 2 and committing (scenario 10). */
async function pollTriggerTrial(): Promise<Trial> {
  const { remote, engine } = site;
  const orders = ["1", "2", "3", "4", "5"];
  remote.script("/list", ({ url }) => {
    const page = Number(url.searchParams.get("page") ?? 0);
    const rest = orders.length - (page + 1) * 2;
    return refuse(200, { items: orders.slice(page * 2, page * 2 + 2).map((id) => ({ id })), next: rest > 0 ? page + 1 : null });
  });
  const list = {
    request: { url: `${remote.url}/list` },
    items: "response.body.items",
    itemKey: "{{ item.id }}",
    pagination: { mode: "cursor", cursor: "response.body.next", parameter: "page" },
  };
  const config = { method: "PUT", url: `${remote.url}/polled?id={{ trigger.item.id }}`, body: { id: "{{ trigger.item.id }}" } };
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "list", type: "poll", name: "List", config: list },
      { id: "call", type: "http-request", name: "Call", config },
    ],
    edges: [{ id: "e1", source: "list", target: "call" }],
  });
  const triggerId = newId();
  const { pool } = engine.db;
  await pool.query(
    `INSERT INTO workflow_trigger (id, workspace_id, workflow_id, node_id, type, config, version, document_id)
     VALUES ($1, $2, $3, 'list', 'poll', $4, 1, $5)`,
    [triggerId, engine.workspaceId, saved.workflowId, JSON.stringify(poll.config.parse(list)), saved.documentId],
  );
  await pool.query("INSERT INTO poll_state (trigger_id, workspace_id, seeded) VALUES ($1, $2, true)", [triggerId, engine.workspaceId]);
  const check = async () => {
    // As if the lease of the dead one had lapsed.
    await pool.query("UPDATE poll_state SET leased_until = NULL WHERE trigger_id = $1", [triggerId]);
    await expect.poll(() => effectsOf("/polled").sort(), patient).toEqual(orders);
    const { rows } = await pool.query("SELECT count(*)::int AS n FROM run WHERE workflow_id = $1", [saved.workflowId]);
    expect(rows).toEqual([{ n: orders.length }]);
  };
  return { point: "poll-read", id: `${triggerId}/2`, runIds: [], check };
}

/** Between the dead letter and the commit of the transaction it is in. */
async function letterTrial(): Promise<Trial> {
  const runId = await accept(site.workflows.natural, { order: "dead-letter" });
  const check = async () => {
    expect(await statusOf(runId)).toEqual({ status: "failed", code: "http_404" });
    expect(await lettersOf(runId)).toMatchObject([{ node_id: "call", status: "open", count: 1 }]);
  };
  return { point: "dead-letter-put", id: runId, runIds: [runId], check };
}

/** Brings all trials to their points in one worker, kills it there, and starts the next. */
async function killAtAll(trials: readonly Trial[], meanwhile: () => Promise<void>): Promise<void> {
  const points = new Map(trials.flatMap(({ id, point }) => (id === null ? [] : [[id, point]])));
  const known = new Set(trials.flatMap((trial) => trial.runIds));
  const strangers = trials.filter((trial) => trial.id === null).map((trial) => trial.point);
  const isStranger = (id: string) => !known.has(id) && !points.has(id);
  worker = site.startWorker({ failpoints: true });
  worker.hold((point, id) => points.get(id) === point || (strangers.includes(point) && isStranger(id)));
  await meanwhile();
  const missing = () =>
    trials.filter(({ id, point }) => !worker.heldAt(point).some((held) => (id === null ? isStranger(held) : held === id)));
  await expect.poll(() => missing().map((trial) => trial.point), patient).toEqual([]);
  await worker.kill(site.engine.db.pool);
  worker = site.startWorker({ failpoints: true });
}

async function untilEnded(): Promise<void> {
  const open = `SELECT r.id, r.status, r.wake_at, (SELECT json_agg(concat_ws(' ', s.node_id, s.iteration, s.status, s.wait_reason)) FROM step s
      WHERE s.run_id = r.id AND s.finished_at IS NULL) AS steps FROM run r WHERE r.finished_at IS NULL`;
  await expect.poll(async () => (await site.engine.db.pool.query(open)).rows, { ...patient, interval: 200 }).toEqual([]);
}

test("a worker killed at each arrow of undoing, called runs, news, loops, gates, redrives and the inbox loses nothing and doubles nothing", async () => {
  const { engine, remote, workflows } = site;
  const dead = await Promise.all(deadOrders.map((order) => accept(workflows.keyed, { order })));
  const first = site.startWorker();
  await untilEnded();
  await first.stop();
  // Made while no worker is there, so that none passes its point before it is known.
  const signals = await signalTrials();
  const trials = [
    ...(await undoTrials()),
    ...(await childTrials()),
    ...signals,
    ...(await pollTrials()),
    ...(await loopTrials()),
    await admissionTrial(),
    await redriveTrial(dead, workflows.keyed.workflowId),
    await pollTriggerTrial(),
  ];
  await killAtAll(trials, async () => {
    for (const { call } of signals) await call();
  });
  await untilEnded();
  await worker.stop();
  // By itself, for the ledger of a worker writes one thing after the other.
  const letter = await letterTrial();
  await killAtAll([letter], async () => undefined);
  await untilEnded();
  const all = [...trials, letter];
  for (const trial of all) await trial.check();
  expect(arrowFailpoints.filter((point) => !all.some((trial) => trial.point === point))).toEqual([]);
  const violations = await findViolations({
    pool: engine.db.pool,
    workspaceId: engine.workspaceId,
    acknowledged: all.flatMap((trial) => trial.runIds),
    receipts: remote.receipts,
    effects: remote.effects,
    limits: site.limits,
    leaseMs,
    progressFloor: 0.6,
    drained: true,
  });
  expect(violations).toEqual([]);
}, 240_000);

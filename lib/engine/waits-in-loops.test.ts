import { afterEach, beforeEach, expect, test } from "vitest";
import type { JsonValue } from "#lib/shared/json.ts";
import { type PutSignal, putSignal } from "./ledger/signals.ts";
import { bodyOf, loopOutput, stepsOf } from "./loop-testing.ts";
import { answer, createTestEngine, type SavedDocument, type TestEngine, testLinks, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeEach(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterEach(() => engine.stop());

const start = { id: "start", type: "manual", name: "Start" };

/** start → loop over the list; the body is these nodes in a row. */
function bodyDocument(body: object[], loop: object = {}) {
  const ids = body.map((node) => String((node as { id: string }).id));
  const wires = ids.map((target, index) => ({
    id: `b${index}`,
    source: ids[index - 1] ?? "loop",
    sourcePort: index === 0 ? "item" : portOf(body[index - 1]),
    target,
  }));
  return {
    schemaVersion: 1,
    nodes: [
      start,
      { id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body }}", concurrency: 3, ...loop } },
      ...body.map((node) => ({ name: "Inside", ...node })),
    ],
    edges: [{ id: "e0", source: "start", target: "loop" }, ...wires],
  };
}

const portOf = (node: object | undefined) => (node && "type" in node && node.type === "approval" ? "approved" : "out");

async function begin(document: object, list: JsonValue): Promise<string> {
  return (await engine.accept(await engine.saveDocument(document), list)).runId;
}

/** The iterations in which a node waits, once there are as many as expected. */
async function untilWaiting(runId: string, nodeId: string, iterations: string[]): Promise<void> {
  const waiting = async () =>
    (await stepsOf(engine, runId, nodeId))
      .filter(({ status }) => status === "waiting")
      .map(({ iteration }) => iteration)
      .sort();
  await expect.poll(waiting, { timeout: 30_000 }).toEqual(iterations);
}

function send(runId: string, at: { nodeId: string; iteration: string; kind: "callback" | "approval" }, said: object): Promise<PutSignal> {
  return putSignal(engine.db.pool, { workspaceId: engine.workspaceId, runId, ...at, payload: JSON.stringify(said), sentBy: null });
}

test("an approval in a loop asks once for each item, and each goes its own way as it is decided", async () => {
  const ask = { id: "ask", type: "approval", config: { message: "Pay {{ item }}?" } };
  const pay = { id: "pay", type: "http-request", config: { method: "POST", url: "https://api.test/pay", body: "{{ item }}" } };
  const runId = await begin(bodyDocument([ask, pay]), ["a", "b", "c"]);
  await untilWaiting(runId, "ask", ["0", "1", "2"]);
  const { rows } = await engine.db.pool.query<{ message: string }>("SELECT message FROM approval WHERE run_id = $1 ORDER BY message", [
    runId,
  ]);
  expect(rows.map(({ message }) => message)).toEqual(["Pay a?", "Pay b?", "Pay c?"]);
  const decide = (iteration: string, decision: string) =>
    send(runId, { nodeId: "ask", iteration, kind: "approval" }, { decision, by: "ada@example.com", comment: "" });
  expect(await decide("2", "approved")).toBe("first");
  await expect.poll(() => engine.calls.map(bodyOf), { timeout: 30_000 }).toEqual(["c"]);
  await untilWaiting(runId, "ask", ["0", "1"]);
  expect(await decide("0", "approved")).toBe("first");
  expect(await decide("1", "rejected")).toBe("first");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect(engine.calls.map(bodyOf).sort()).toEqual(["a", "c"]);
  // A refusal is an answer like any other: the item ends with it.
  const { results } = await loopOutput(engine, runId);
  expect(results).toMatchObject([{}, { by: "ada@example.com" }, {}]);
  const paid = (await stepsOf(engine, runId, "pay")).map(({ iteration, status }) => [iteration, status]); // in the order they were decided
  expect(Object.fromEntries(paid)).toEqual({ "0": "succeeded", "1": "skipped", "2": "succeeded" });
});

test("an item goes on as soon as it is decided, although the call of another item is still under way", async () => {
  const ask = { id: "ask", type: "approval", config: { message: "Pay {{ item }}?" } };
  const pay = { id: "pay", type: "http-request", config: { method: "POST", url: "https://api.test/pay", body: "{{ item }}" } };
  let answerA = () => {};
  const hung = new Promise<void>((resolve) => {
    answerA = resolve;
  });
  engine.onCall(async (request) => {
    if (bodyOf(request) === "a") await hung;
    return answer(200, {});
  });
  const runId = await begin(bodyDocument([ask, pay]), ["a", "b"]);
  await untilWaiting(runId, "ask", ["0", "1"]);
  const approve = (iteration: string) =>
    send(runId, { nodeId: "ask", iteration, kind: "approval" }, { decision: "approved", by: "ada", comment: "" });
  await approve("0");
  await expect.poll(() => engine.calls.map(bodyOf), { timeout: 10_000 }).toEqual(["a"]);
  await approve("1");
  await expect.poll(() => engine.calls.map(bodyOf), { timeout: 10_000 }).toEqual(["a", "b"]);
  answerA();
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
});

test("a poll in a loop asks after the job of its own item, each until that is done", async () => {
  const submit = { id: "submit", type: "http-request", config: { method: "POST", url: "https://api.test/jobs", body: "{{ item }}" } };
  const poll = {
    id: "poll",
    type: "poll-until",
    config: {
      request: { url: "https://api.test/jobs/{{ steps.submit.output.id }}" },
      done: 'response.body.status == "done"',
      everyMs: 1_000,
    },
  };
  const polls = new Map<string, number>();
  engine.onCall((request) => {
    if (request.method === "POST") return answer(202, { id: `job-${bodyOf(request)}` });
    const job = request.url.split("/").at(-1) ?? "";
    const times = (polls.get(job) ?? 0) + 1;
    polls.set(job, times);
    return answer(200, { job, status: job === "job-b" && times < 3 ? "running" : "done" });
  });
  const runId = await begin(bodyDocument([submit, poll]), ["a", "b"]);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect((await loopOutput(engine, runId)).results).toMatchObject([{ job: "job-a" }, { job: "job-b" }]);
  expect([...polls].sort()).toEqual([
    ["job-a", 1],
    ["job-b", 3],
  ]);
});

async function publish(saved: SavedDocument): Promise<SavedDocument> {
  await engine.db.pool.query("INSERT INTO workflow_version (workflow_id, version, workspace_id, document_id) VALUES ($1, 1, $2, $3)", [
    saved.workflowId,
    engine.workspaceId,
    saved.documentId,
  ]);
  await engine.db.pool.query("UPDATE workflow SET live_version = 1 WHERE id = $1", [saved.workflowId]);
  return saved;
}

test("a sub-workflow in a loop runs once for each item, and gives each its own result", async () => {
  const child = await publish(
    await engine.saveDocument({
      schemaVersion: 1,
      nodes: [start, { id: "get", type: "http-request", name: "Get", config: { url: "https://api.test/{{ trigger.body.id }}" } }],
      edges: [{ id: "e1", source: "start", target: "get" }],
    }),
  );
  engine.onCall((request) => answer(200, { of: request.url.split("/").at(-1) ?? "" }));
  const call = { id: "call", type: "sub-workflow", config: { workflowId: child.workflowId, input: { id: "{{ item }}" } } };
  const runId = await begin(bodyDocument([call]), ["a", "b", "c"]);
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect((await loopOutput(engine, runId)).results).toEqual([{ of: "a" }, { of: "b" }, { of: "c" }]);
  expect(engine.calls).toHaveLength(3);
  const { rows } = await engine.db.pool.query("SELECT status FROM run WHERE parent_run_id = $1", [runId]);
  expect(rows).toEqual([{ status: "succeeded" }, { status: "succeeded" }, { status: "succeeded" }]);
});

test("a batch that is divided has links of its own for each part; the link of the whole completes nothing any more", async () => {
  const submit = {
    id: "submit",
    type: "http-request",
    config: { method: "POST", url: "https://api.test/batch", body: { items: "{{ item }}", link: "{{ run.resumeUrls.wait }}" } },
  };
  const wait = { id: "wait", type: "wait-for-callback", config: {} };
  engine.onCall((request) => {
    const { items } = bodyOf(request) as { items: JsonValue[] };
    return items.length > 2 ? answer(422, { error: "too many" }) : answer(202, {});
  });
  const runId = await begin(bodyDocument([submit, wait], { batchSize: 4 }), ["a", "b", "c", "d"]);
  await untilWaiting(runId, "wait", ["0-1", "2-3"]);
  const links = engine.calls.map((call) => testLinks.read((bodyOf(call) as { link: string }).link.split("/").at(-1) ?? "")?.iteration);
  expect(links.sort()).toEqual(["0-1", "0-3", "2-3"]);

  const callBack = (iteration: string) =>
    send(runId, { nodeId: "wait", iteration, kind: "callback" }, { body: { by: iteration }, headers: {} });
  await callBack("0-3");
  await callBack("0-1");
  await untilWaiting(runId, "wait", ["2-3"]);
  await callBack("2-3");
  expect(await untilEnd(engine, runId)).toMatchObject({ status: "succeeded" });
  expect((await loopOutput(engine, runId)).results).toMatchObject([{ body: { by: "0-1" } }, { body: { by: "2-3" } }]);
});

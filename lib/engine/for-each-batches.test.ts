import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NodeError } from "#lib/nodes/runner.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { redriveDeadLetter } from "./ledger/commands.ts";
import { bodyOf, itemStatuses, lettersOf, loopDocument, loopOutput, numbers, stepsOf } from "./loop-testing.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await createTestEngine();
  await engine.startWorker();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.calls.length = 0;
});

/** What the provider answers for a batch: one entry an item, in order. */
const results = 'output.results.map(r, {"ok": r.status == "created", "value": r.?id, "error": r.?reason})';
const keyed = { idempotency: { key: "{{ run.id + string(item[0]) + '-' + string(size(item)) }}", header: "Idempotency-Key" } };
const batches = (batchSize: number, change: JsonObject = {}) => ({ batchSize, results, ...change });

function items(request: Parameters<typeof bodyOf>[0]): number[] {
  return bodyOf(request) as number[];
}

/** A remote that takes a batch and says of each item what became of it. */
function partly(rejects: (item: number, size: number) => boolean) {
  engine.onCall((request) =>
    answer(200, {
      results: items(request).map((item) =>
        rejects(item, items(request).length) ? { status: "rejected", reason: "busy" } : { status: "created", id: `id-${item}` },
      ),
    }),
  );
}

async function run(document: object, list: unknown[]) {
  return engine.run(await engine.saveDocument(document), { list: JSON.parse(JSON.stringify(list)) });
}

test("batches go out in order, the last one shorter, and item is a list even when it holds one", async () => {
  engine.onCall((request) => answer(200, items(request).length));
  const ended = await run(loopDocument({ loop: { batchSize: 3 } }), numbers(7));
  expect(engine.calls.map(bodyOf)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect((await stepsOf(engine, ended.runId, "call")).map(({ iteration }) => iteration)).toEqual(["0-2", "3-5", "6"]);
  expect(await loopOutput(engine, ended.runId)).toMatchObject({ results: [3, 3, 1], succeeded: 7, failed: 0 });
});

test("scenario 87: of a batch of 100 with 3 rejected items only those 3 are tried again, under their own keys, and the results are complete and in order", async () => {
  const bad = new Set([7, 42, 99]);
  partly((item, size) => bad.has(item) && size > 1);
  const ended = await run(loopDocument({ loop: batches(100), policy: keyed }), numbers(100));
  expect(ended.status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([numbers(100), [7], [42], [99]]);
  expect(new Set(engine.calls.map((call) => call.headers["Idempotency-Key"])).size).toBe(4);
  const output = await loopOutput(engine, ended.runId);
  expect(output).toMatchObject({ succeeded: 100, failed: 0 });
  expect(output.results).toEqual(numbers(100).map((item) => `id-${item}`));
  expect((await stepsOf(engine, ended.runId, "call")).map(({ iteration }) => iteration)).toEqual(["0-99", "7", "42", "99"]);
});

test("an item that is rejected alone too is a dead letter of its own, whose redrive calls again", async () => {
  partly((item) => item === 2);
  const ended = await run(loopDocument({ loop: batches(4, { tolerate: { count: 1 } }), policy: keyed }), numbers(4));
  expect(ended.status).toBe("succeeded");
  expect(await loopOutput(engine, ended.runId)).toMatchObject({ results: ["id-0", "id-1", null, "id-3"], failed: 1 });
  const [letter, ...others] = await lettersOf(engine, ended.runId);
  expect(letter).toMatchObject({ iteration: "2", kind: "permanent" });
  expect(others).toEqual([]);
  partly(() => false);
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter?.id ?? "", by: "anna" });
  await expect.poll(async () => (await lettersOf(engine, ended.runId))[0]?.status, { timeout: 20_000 }).toBe("resolved");
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([numbers(4), [2], [2]]);
  const output = await loopOutput(engine, ended.runId);
  expect(output).toMatchObject({ results: ["id-0", "id-1", "id-2", "id-3"], succeeded: 4, failed: 0 });
  expect(itemStatuses(output)).toBe("ssss");
});

test("scenario 88: one item that makes a batch of 100 fail as a whole stands alone after at most 14 further calls, and the other 99 pass", async () => {
  engine.onCall((request) =>
    items(request).includes(63) ? answer(413, { error: "too large" }) : answer(200, { n: items(request).length }),
  );
  const ended = await run(loopDocument({ loop: { batchSize: 100, tolerate: { count: 1 } } }), numbers(100));
  expect(ended.status).toBe("succeeded");
  expect(engine.calls.length).toBeLessThanOrEqual(15);
  const output = await loopOutput(engine, ended.runId);
  expect(output).toMatchObject({ succeeded: 99, failed: 1 });
  expect(itemStatuses(output)).toBe(`${"s".repeat(63)}f${"s".repeat(36)}`);
  expect(await lettersOf(engine, ended.runId)).toMatchObject([{ node_id: "call", iteration: "63", kind: "permanent", status: "open" }]);
  const passed = engine.calls.map(items).filter((batch) => !batch.includes(63));
  expect(passed.flat().sort((a, b) => a - b)).toEqual(numbers(100).filter((item) => item !== 63));
});

test("an expression that fails for one item of a batch leaves that item alone behind, without a call for the others' halves too many", async () => {
  engine.onCall((request) => answer(200, items(request)));
  const list = [{ n: 1 }, { n: 2 }, {}, { n: 4 }];
  const ended = await run(loopDocument({ loop: { batchSize: 4, tolerate: { count: 1 } }, call: { body: "{{ item.map(i, i.n) }}" } }), list);
  expect(ended.status).toBe("succeeded");
  expect(engine.calls.map(bodyOf)).toEqual([[1, 2], [4]]);
  expect(await lettersOf(engine, ended.runId)).toMatchObject([{ iteration: "2" }]);
});

test("a batch whose outcome is unknown is not divided: a person decides about it as a whole", async () => {
  engine.onCall(() => {
    throw new NodeError("timeout", "timeout", "no answer", { mayHaveApplied: true });
  });
  const ended = await run(loopDocument({ loop: { batchSize: 10 } }), numbers(10));
  expect(ended.error).toMatchObject({ code: "tolerance_exceeded" });
  expect(engine.calls).toHaveLength(1);
  expect(await lettersOf(engine, ended.runId)).toMatchObject([{ iteration: "0-9", kind: "unknown_outcome" }]);
});

test("a batch that the remote keeps failing to take is not divided either, and its redrive runs it as a whole", async () => {
  engine.onCall(() => answer(503, {}));
  const policy = { retry: { maxAttempts: 2, initialMs: 1, maxMs: 2 } };
  const ended = await run(loopDocument({ loop: { batchSize: 4 }, policy }), numbers(8));
  expect(engine.calls.map(bodyOf)).toEqual([numbers(4), numbers(4)]);
  const [letter] = await lettersOf(engine, ended.runId);
  expect(letter).toMatchObject({ iteration: "0-3", kind: "exhausted" });
  engine.onCall((request) => answer(200, items(request).length));
  await redriveDeadLetter(engine.db.pool, { workspaceId: engine.workspaceId, deadLetterId: letter?.id ?? "", by: "anna" });
  expect((await untilEnd(engine, ended.runId)).status).toBe("succeeded");
  expect(engine.calls.slice(2).map(bodyOf)).toEqual([numbers(4), [4, 5, 6, 7]]);
  expect(await loopOutput(engine, ended.runId)).toMatchObject({ results: [4, 4], succeeded: 8 });
});

test("a batch of which something was done for good is not divided when a later step of it is refused", async () => {
  engine.onCall((request) => (request.url.endsWith("/second") ? answer(422, {}) : answer(200, {})));
  const second = { method: "POST", url: "https://api.test/second", body: "{{ item }}" };
  const document = loopDocument({
    loop: { batchSize: 4 },
    nodes: [{ id: "second", type: "http-request", name: "Second", config: second }],
    edges: [["call", "second"]],
  });
  const ended = await run(document, numbers(4));
  expect(engine.calls).toHaveLength(2);
  expect(await lettersOf(engine, ended.runId)).toMatchObject([{ node_id: "second", iteration: "0-3", kind: "permanent" }]);
});

test("a batch with onFailure stop is divided first; the run stops at the item that is to blame", async () => {
  engine.onCall((request) => (items(request).includes(1) ? answer(422, {}) : answer(200, {})));
  const ended = await run(loopDocument({ loop: { batchSize: 4, tolerate: { count: 4 } }, policy: { onFailure: "stop" } }), numbers(4));
  expect(ended).toMatchObject({ status: "failed", error: { nodeId: "call" } });
  expect(engine.calls.map(bodyOf)).toEqual([numbers(4), [0, 1], [0], [1]]);
});

test("scenario 104: an answer of 200 that names errors is no success before its output rule has judged it, alone and in a batch", async () => {
  const schema = { type: "object", properties: { errors: { type: "array", maxItems: 0 } } };
  engine.onCall((request) => answer(200, items(request).includes(2) ? { errors: ["2 is bad"] } : { errors: [] }));
  const judged = { policy: { validateOutput: { schema } }, loop: { batchSize: 2, tolerate: { count: 2 } } };
  const ended = await run(loopDocument(judged), numbers(4));
  expect(ended.status).toBe("succeeded");
  expect(itemStatuses(await loopOutput(engine, ended.runId))).toBe("ssff");
  // The call was made and may not be repeated by itself: the batch is not divided.
  expect(engine.calls).toHaveLength(2);
  expect(await lettersOf(engine, ended.runId)).toMatchObject([{ iteration: "2-3", kind: "output_invalid" }]);
  expect((await stepsOf(engine, ended.runId, "call")).map(({ status }) => status)).toEqual(["succeeded", "failed"]);
});

test("scenario 104: a success condition is asked before the step counts as done, and so is the list of results", async () => {
  engine.onCall(() => answer(200, { errors: ["quota"] }));
  const condition = { call: { method: "PUT", expect: { success: "response.status == 200 && size(response.body.errors) == 0" } } };
  const ended = await run(loopDocument(condition), [1]);
  expect(ended.status).toBe("failed");
  expect(await stepsOf(engine, ended.runId, "call")).toMatchObject([{ status: "failed", error: { code: "unexpected_response" } }]);

  engine.calls.length = 0;
  engine.onCall(() => answer(200, { results: [{ status: "created" }] }));
  const short = await run(loopDocument({ loop: batches(3) }), numbers(3));
  expect(short.status).toBe("failed");
  expect(engine.calls).toHaveLength(1);
  const [letter] = await lettersOf(engine, short.runId);
  expect(letter).toMatchObject({ iteration: "0-2", kind: "output_invalid" });
  const [call] = await stepsOf(engine, short.runId, "call");
  expect(call?.error?.message).toBe("the list of results cannot be used: it has 1 entries for 3 items");
});

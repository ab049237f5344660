import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NodeError } from "#lib/nodes/runner.ts";
import { redriveDeadLetter } from "./ledger/commands.ts";
import { answer, createTestEngine, type TestEngine, untilEnd } from "./testing.ts";

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

interface CallOptions {
  policy?: object;
  method?: string;
  config?: object;
  /** Ports of the call that lead to a node of that name. */
  ports?: string[];
}

/** start → call → one `set` node for each port, named after it. */
function callDocument({ policy = {}, method = "GET", config = {}, ports = ["out"] }: CallOptions) {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "call",
        type: "http-request",
        name: "Call",
        config: { method, url: "https://api.test/x", ...config },
        policy: { retry: { initialMs: 1, maxMs: 2 }, ...policy },
      },
      ...ports.map((port) => ({ id: `on_${port}`, type: "set", name: port, config: { values: { got: "{{ steps.call.output }}" } } })),
    ],
    edges: [
      { id: "e0", source: "start", target: "call" },
      ...ports.map((port) => ({ id: `to_${port}`, source: "call", sourcePort: port, target: `on_${port}` })),
    ],
  };
}

async function statuses(runId: string): Promise<Record<string, string>> {
  const { rows } = await engine.db.pool.query<{ node_id: string; status: string }>("SELECT node_id, status FROM step WHERE run_id = $1", [
    runId,
  ]);
  return Object.fromEntries(rows.map((row) => [row.node_id, row.status]));
}

test("onFailure fallback takes the error port with the failure as output, and nothing lands in the inbox", async () => {
  const saved = await engine.saveDocument(callDocument({ policy: { onFailure: "fallback" }, ports: ["out", "error"] }));
  engine.onCall(() => answer(404, { error: "gone" }));
  const ended = await engine.run(saved, {});
  expect(ended.status).toBe("succeeded");
  expect(await statuses(ended.runId)).toEqual({ start: "succeeded", call: "succeeded", on_out: "skipped", on_error: "succeeded" });
  const { rows } = await engine.db.pool.query("SELECT FROM dead_letter WHERE run_id = $1", [ended.runId]);
  expect(rows).toEqual([]);
});

test("onFailure continue goes on through the usual port and marks the run as partial", async () => {
  const saved = await engine.saveDocument(callDocument({ policy: { onFailure: "continue" } }));
  engine.onCall(() => answer(404, {}));
  const ended = await engine.run(saved, {});
  expect(ended.status).toBe("succeeded");
  const { rows } = await engine.db.pool.query("SELECT partial FROM run WHERE id = $1", [ended.runId]);
  expect(rows).toEqual([{ partial: true }]);
});

test("a retry never comes before the server's Retry-After", async () => {
  const saved = await engine.saveDocument(callDocument({}));
  const times: number[] = [];
  engine.onCall(() => {
    times.push(performance.now());
    return times.length === 1 ? answer(429, {}, { "retry-after": "1" }) : answer(200, { ok: true });
  });
  expect((await engine.run(saved, {})).status).toBe("succeeded");
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test("rate limits do not use up attempts", async () => {
  const saved = await engine.saveDocument(callDocument({ policy: { retry: { maxAttempts: 2, initialMs: 1, maxMs: 1 } } }));
  engine.onCall(() =>
    engine.calls.length <= 4 ? answer(429, {}, { "retry-after": "0" }) : answer(engine.calls.length === 5 ? 503 : 200, { ok: true }),
  );
  expect((await engine.run(saved, {})).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(6);
}, 30_000);

test("exhausted attempts end in a dead letter that says so", async () => {
  const saved = await engine.saveDocument(callDocument({ policy: { retry: { maxAttempts: 3, initialMs: 1, maxMs: 1 } } }));
  engine.onCall(() => answer(503, {}));
  const ended = await engine.run(saved, {});
  expect(engine.calls).toHaveLength(3);
  const { rows } = await engine.db.pool.query("SELECT kind, class FROM dead_letter WHERE run_id = $1", [ended.runId]);
  expect(rows).toEqual([{ kind: "exhausted", class: "unavailable" }]);
});

test("an attempt that takes too long is cut off and counts as a time-out", async () => {
  const saved = await engine.saveDocument(callDocument({ policy: { timeoutMs: 50, retry: { maxAttempts: 1 } } }));
  engine.onCall(() => new Promise((resolve) => setTimeout(() => resolve(answer(200, {})), 400)));
  expect(await engine.run(saved, {})).toMatchObject({ status: "failed", error: { class: "timeout", code: "attempt_timeout" } });
});

test("scenario 58: the limit of a node holds for all its runs together", async () => {
  const saved = await engine.saveDocument(callDocument({ policy: { throttle: { windows: [{ limit: 3, perMs: 500 }] } } }));
  const times: number[] = [];
  engine.onCall(() => {
    times.push(performance.now());
    return answer(200, { ok: true });
  });
  const started = await Promise.all(Array.from({ length: 9 }, (_, id) => engine.accept(saved, { id })));
  for (const run of started) expect((await untilEnd(engine, run.runId)).status).toBe("succeeded");
  times.sort((a, b) => a - b);
  for (let index = 3; index < times.length; index++) expect((times[index] ?? 0) - (times[index - 3] ?? 0)).toBeGreaterThanOrEqual(495);
});

test("scenario 103: a throttle key that yields nothing fails its own item only", async () => {
  const saved = await engine.saveDocument(
    callDocument({ policy: { throttle: { windows: [{ limit: 10, perMs: 1_000 }], key: "{{ trigger.body.channel }}" } } }),
  );
  expect(await engine.run(saved, {})).toMatchObject({ status: "failed", error: { class: "validation" } });
  expect((await engine.run(saved, { channel: "a" })).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(1);
});

test("onExceed fail refuses at once instead of waiting", async () => {
  const saved = await engine.saveDocument(
    callDocument({ policy: { throttle: { windows: [{ limit: 1, perMs: 600_000 }], onExceed: "fail" } } }),
  );
  expect((await engine.run(saved, {})).status).toBe("succeeded");
  expect(await engine.run(saved, {})).toMatchObject({ status: "failed", error: { code: "throttle_exceeded" } });
});

test("scenario 52: a failed output check never repeats the call, not even on a redrive", async () => {
  const schema = { type: "object", required: ["id"] };
  const saved = await engine.saveDocument(callDocument({ method: "POST", policy: { validateOutput: { schema } } }));
  const ended = await engine.run(saved, {});
  expect(ended).toMatchObject({ status: "failed", error: { class: "output_invalid" } });
  const { pool } = engine.db;
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM dead_letter WHERE run_id = $1", [ended.runId]);
  await redriveDeadLetter(pool, { workspaceId: engine.workspaceId, deadLetterId: rows[0]?.id ?? "", by: "test" });
  expect(await untilEnd(engine, ended.runId)).toMatchObject({ status: "failed", error: { class: "output_invalid" } });
  expect(engine.calls).toHaveLength(1);
});

test("scenario 51: an expression that would give something else by now, in a workflow that was edited, does not change what a retry sends", async () => {
  const call = { method: "POST", config: { body: { at: "{{ now }}", id: "{{ trigger.body.id }}" } } };
  const saved = await engine.saveDocument(callDocument({ ...call, policy: { retry: { initialMs: 1_200, factor: 1, jitter: "none" } } }));
  engine.onCall(() => answer(engine.calls.length === 1 ? 503 : 200, {}));
  const { runId } = await engine.accept(saved, { id: 7 });
  await expect.poll(() => engine.calls.length).toBe(1);
  // Published anew meanwhile: the run goes on with the document it began with.
  const edited = JSON.stringify(callDocument({ ...call, config: { body: "something else" } }));
  await engine.db.pool.query("UPDATE workflow SET draft = $2 WHERE id = $1", [saved.workflowId, edited]);
  expect((await untilEnd(engine, runId)).status).toBe("succeeded");
  expect(engine.calls).toHaveLength(2);
  expect(engine.calls[1]?.body).toBe(engine.calls[0]?.body);
});

test("scenario 104: an answer of 200 that lists errors is no success before the rule for it has judged it", async () => {
  const success = "!has(response.body.errors) || size(response.body.errors) == 0";
  const policy = { idempotency: { key: "{{ trigger.body.id }}", header: "Idempotency-Key" } };
  const saved = await engine.saveDocument(callDocument({ method: "POST", config: { expect: { success } }, policy }));
  engine.onCall(() => answer(200, { items: [1], errors: [{ message: "the second page is missing" }] }));
  const ended = await engine.run(saved, { id: "page" });
  expect(ended).toMatchObject({ status: "failed", error: { code: "unexpected_response" } });
  const { rows } = await engine.db.pool.query("SELECT state FROM attempt WHERE run_id = $1", [ended.runId]);
  expect(rows).toEqual([{ state: "failed" }]);
  const records = await engine.db.pool.query("SELECT FROM idempotency_record WHERE owner_run = $1 AND state = 'succeeded'", [ended.runId]);
  expect(records.rows).toEqual([]);
});

test("an input that does not match its schema fails before any call", async () => {
  const schema = { type: "object", properties: { method: { const: "POST" } } };
  const saved = await engine.saveDocument(callDocument({ policy: { validateInput: { schema } } }));
  expect(await engine.run(saved, {})).toMatchObject({ status: "failed", error: { code: "input_invalid" } });
  expect(engine.calls).toHaveLength(0);
});

test("an input is checked field by field before any call, and everything wrong with it is told together", async () => {
  const fields = [
    { path: "headers.x-mail", required: true, steps: [{ type: "email" }] },
    { path: "query.count", required: true, steps: [{ type: "to-integer" }, { type: "expression", cel: "value <= trigger.body.most" }] },
  ];
  const config = { headers: { "x-mail": "{{ trigger.body.mail }}" }, query: { count: "{{ string(trigger.body.count) }}" } };
  const saved = await engine.saveDocument(callDocument({ config, policy: { validateInput: { fields } } }));
  const refused = await engine.run(saved, { mail: "ada.lovelace", count: 12, most: 10 });
  expect(refused).toMatchObject({
    status: "failed",
    error: {
      class: "validation",
      code: "input_invalid",
      message: "2 fields are not valid: headers.x-mail, query.count",
      details: [
        { field: "headers.x-mail", step: "email", value: "ad••••••••e", reason: "is not an e-mail address" },
        { field: "query.count", step: "expression", value: "••", reason: "does not meet value <= trigger.body.most" },
      ],
    },
  });
  expect(engine.calls).toHaveLength(0);
  expect(await engine.run(saved, { mail: "ada@example.com", count: 2, most: 10 })).toMatchObject({ status: "succeeded" });
  expect(engine.calls).toMatchObject([{ headers: { "x-mail": "ada@example.com" } }]);
});

test("a refused item takes the rejected port when one is connected, and fails with all its problems when none is", async () => {
  const document = (connected: boolean) => ({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      {
        id: "check",
        type: "validate-transform",
        name: "Check",
        config: {
          fields: [
            { target: "email", source: "{{ trigger.body.email }}", required: true, steps: [{ type: "email", disposable: "allow" }] },
            {
              target: "at",
              source: "{{ trigger.body.at }}",
              required: true,
              steps: [{ type: "parse-date", formats: ["MM/dd/yyyy"], zone: "UTC", to: "iso-date" }],
            },
          ],
        },
      },
      { id: "bad", type: "set", name: "Bad", config: { values: {} } },
    ],
    edges: [
      { id: "e1", source: "start", target: "check" },
      { id: "e2", source: "check", sourcePort: connected ? "rejected" : "out", target: "bad" },
    ],
  });
  const body = { email: "nobody", at: "2026-13-45" };
  const connected = await engine.run(await engine.saveDocument(document(true)), body);
  expect(connected.status).toBe("succeeded");
  expect((await statuses(connected.runId)).bad).toBe("succeeded");
  const alone = await engine.run(await engine.saveDocument(document(false)), body);
  expect(alone).toMatchObject({ status: "failed", error: { class: "validation" } });
  expect(JSON.stringify(alone.error)).toContain("email");
  expect(JSON.stringify(alone.error)).toContain('"at"');
});

test("a respond node answers the waiting caller while the run goes on", async () => {
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "answer", type: "respond", name: "Answer", config: { status: 201, body: { hello: "{{ trigger.body.name }}" } } },
    ],
    edges: [{ id: "e1", source: "start", target: "answer" }],
  });
  const ended = await engine.run(saved, { name: "Ada" });
  expect(ended.answer).toMatchObject({ status: 201, body: '{"hello":"Ada"}' });
});

test("branches run in parallel and both outcomes count", async () => {
  const call = (id: string) => ({ id, type: "http-request", name: id, config: { method: "GET", url: `https://api.test/${id}` } });
  const saved = await engine.saveDocument({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      call("good"),
      call("bad"),
      { id: "behind", type: "set", name: "b", config: { values: {} } },
    ],
    edges: [
      { id: "e1", source: "start", target: "good" },
      { id: "e2", source: "start", target: "bad" },
      { id: "e3", source: "good", target: "behind" },
    ],
  });
  engine.onCall((request) => answer(request.url.endsWith("bad") ? 404 : 200, {}));
  const ended = await engine.run(saved, {});
  expect(ended).toMatchObject({ status: "failed", error: { nodeId: "bad" } });
  expect(await statuses(ended.runId)).toEqual({ start: "succeeded", good: "succeeded", bad: "failed", behind: "succeeded" });
});

test("a payload of 300 KB goes through by reference", async () => {
  const saved = await engine.saveDocument(callDocument({ method: "POST", config: { body: "{{ trigger.body.text }}" } }));
  const text = "ä".repeat(300_000);
  const ended = await engine.run(saved, { text });
  expect(ended.status).toBe("succeeded");
  const { rows } = await engine.db.pool.query(
    "SELECT input, input_ref IS NOT NULL AS by_ref FROM step WHERE run_id = $1 AND node_id = 'call'",
    [ended.runId],
  );
  expect(rows).toEqual([{ input: null, by_ref: true }]);
  expect(engine.calls[0]?.body).toContain("ää");
});

test("an expression that walks a large list is worked out in a process that can be killed, and one that takes too long fails its step", async () => {
  const document = (value: string) => ({
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "walk", type: "set", name: "Walk", config: { values: { got: value } } },
    ],
    edges: [{ id: "e1", source: "start", target: "walk" }],
  });
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const honest = await engine.run(await engine.saveDocument(document("{{ size(trigger.body.numbers.filter(n, n > 10)) }}")), { numbers });
  expect(honest.status).toBe("succeeded");
  const endless = "{{ trigger.body.numbers.all(a, trigger.body.numbers.all(b, a + b >= 0)) }}";
  expect(await engine.run(await engine.saveDocument(document(endless)), { numbers })).toMatchObject({
    status: "failed",
    error: { nodeId: "walk" },
  });
}, 30_000);

test.each([
  ["whose answer was lost had done it", new NodeError("timeout", "connection_lost", "lost", { mayHaveApplied: true }), "succeeded"],
  ["that never left had not", new NodeError("unavailable", "connect_failed", "no connection"), "failed"],
])("a DELETE that is made again and finds nothing: the one %s", async (_, first, status) => {
  const saved = await engine.saveDocument(callDocument({ method: "DELETE" }));
  engine.onCall(() => {
    if (engine.calls.length === 1) throw first;
    return answer(404, {});
  });
  expect((await engine.run(saved, {})).status).toBe(status);
  expect(engine.calls).toHaveLength(2);
});
